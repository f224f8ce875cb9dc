"""What makes the same words weigh less: denials, long ago, talk of how a service or paper should work, idioms."""

from __future__ import annotations

import re

from handlers.signposts.phrases import DENIALS, compiled

_NOT = f"{DENIALS}|hardly|nothing to"
_BREAKS = "but|and|because|so|then|since|just|only"
DENIED = re.compile(rf" (?:{_NOT}) (?:(?!(?:{_BREAKS}) )\S+ ){{0,2}}$")
"""A denial; it ends just before what was found."""

_TELLING = "explained|told|advised|knew|showed|taught|asked"
TAUGHT = re.compile(rf" (?:{_TELLING}) (?:\S+ ){{0,8}}(?:if|when|case) (?:\S+ ){{0,2}}$")
"""Staff said what to do if something happens; it ends just before what they said it of."""

LONG_AGO = compiled(
    """
    (years|months|ages|decades|year) (ago|back|before|earlier)
    last (year|spring|summer|autumn|winter|christmas|january|february|march|april|may|june|july|august|september|
        october|time)
    (in|since|around|during|of) (19*|20*)
    (in|during) (january|february|march|april|may|june|july|august|september|october)
    used to
    (when|while) (i|she|he|we|mum|dad) (was|were|had) (first|younger|little|a|diagnosed|in|having|on|going|at|my|her|
        his|the|being)
    back (then|in)
    (at|by) (the|that) time
    previously|historic|historical|childhood
    (in|during) (the|my|our) past
    (a|long) (long|while|time) (while|time|ago|back) ago?
    (first|previous|old) (time|cycle|round|treatment|course|session|job|surgery)
    {i} once
    (during|throughout) (my|her|his|the) (treatment|chemo|radio|stay)
    all (clear|better|fine|well|over) now
    (better|fine|ok|okay|well|safe|good|recovered|happy|gone|free|divorced) (now|since|again|these days)
    (no|not) longer
    """
)

RIGHT_NOW = compiled(
    """
    i (feel|cant|keep|am being|have been)
    {i} (keeps|feels|wants|cant|is being|are being)
    since|for (last|then|years|months|weeks|19*|20*|january|february|march|april|may|june|july|august|september)
    today|tonight|currently|anymore|yesterday|urgent|urgently|happening
    (right|just|but|and|is|am|are|me|again|feel|feeling|it) now
    now (i|she|he|it|my|mum|am|is|cant|feel)
    (want|need|going) to
    (no|any|without) .. (reply|answer|response)
    (not|never|nobody|havent|nothing) .. (heard|back|replied|answered|since)
    (this|the) (morning|afternoon|evening|minute|weekend|week)
    at the moment
    last (night|few)
    (is|are|am|has|still|keeps) (still|happening|again|continuing|back|come back|coming back)
    still
    """
)

SERVICE = compiled(
    """
    leaflet|leaflets|poster|posters|booklet|booklets|document|documents|policy|policies|agenda|minutes|item|training|
        trained|website|web|page|pages
    wording|guidance|guideline|guidelines|pathway|procedure|procedures|process|processes|protocol|survey|
        questionnaire|draft|paragraph|section
    video|videos|campaign|awareness|workshop|research|study|strategy|template|checklist|faq|presentation|speaker|
        signage|figures|statistics
    rates|numbers|theme|themes|slide|slides|webinar|newsletter|chapter|reports|prevention|lessons|module
    (service|helpline|staff|hospital|trust|nurses|doctors|receptionists|clinic|ward|group|we|it|they|you) should
    invite|inviting|service|services|volunteers
    should (say|tell|include|explain|mention|cover|list|be|have|know|add|get|also|always|make|all|the)
    (could|can|shall|let|lets|let s) (we|us)? (discuss|add|include|talk|cover|change|reword|have|look)
    (people|patients|members|those|anyone|someone|others|everyone|somebody|you) (who|feel|are|feeling|with|get|have|
        may|might|should|could|can|want|need)
    (if|when|whether|where|in case|for) (a|any|some|people|patients|someone|you|anyone|patient|members|somebody|newly|
        families)
    (signs|symptoms|risk|risks|information|info|advice|leaflets|question|questions|examples|effects|line) (of|about|
        on|for|include|like|such)
    side effect|effects
    (how|where) to (make|complain|raise|spot|report|deal)
    (listen|act|learn|respond|responding|reply|handle|handling|deal|dealing|acting|learning) .. (to|from|upon|on|
        with) .. complaint
    number of complaint
    complaint (procedure|process|policy|team|department|handling|manager|form|leaflet|officer|system|data|are|figures)
    """
)

PERSONAL = compiled(
    """
    i (am|feel|felt|have|had|cant|keep|want to|wish|was|get|got|took|just|dont|need help|still|live|do)
    me|myself|he|she|him|her|his|mum|dad|nan|grandad|husband|wife|partner|son|daughter|brother|sister|boyfriend|
        girlfriend|friend
    my (arm|arms|leg|legs|line|picc|port|chest|carer|life|own|family|head|nose|gums|wee|poo|hands|feet|wound|body|
        money|temperature|neighbour)
    """
)

IDIOMS = compiled(
    """
    blood (test|tests|pressure|count|counts|result|results|taking|form|forms|clinic|room|sample|samples|donor|cells)
    (take|taking|my|give|giving) blood
    antisickness
    (anti|travel|morning) sickness
    sickness (pay|tablets|benefit|leave|medicine|bug)
    (is|was|am|as|trained as|be) (a|an) (retired|former)? lawyer
    (controls|controlling) the (computer|tv|heating|slides|microphone|sound|lights|screen|temperature)
    breathe life
    (go|carry|going|carrying) on with (this|the|my|our|a) (group|meeting|meetings|project|work|role|course|agenda|
        session)
    (die|died|dying|dead) (of|with|from)? (laughing|embarrassment|shame|boredom|curiosity|laughter|for a)
    (dying|dead) (to|keen|set|for|easy|good|right|on|helpful|nice|impressed|pleased) (see|know|hear|get|meet|try|a|on|
        tell|cup|coffee|loo|drink|home|cigarette|the)?
    to die for
    (could|would|i d|id) (have)? (kill|murder|die|died) (for|laughing|of)
    (kill|killing|killed) (for|some|the|time|off)? (time|parking|hour|hours|vibe|mood)
    (parking|wait|waiting|feet|back|knees|knee|stairs|walk|heat|chairs|chair|seats|heels|shoes|suspense|queue|queues|
        commute|paperwork) (is|are|s|was|were|really|nearly)? .. (kill|killing|killed|murder) (me|us|off)?
    (bored|scared|worried|sick|tickled|frozen|starved|freeze|freezing|loved) to death
    over my dead body
    (sick|tired) (and|to)? (tired|death|the back teeth)? of (waiting|being|hearing|the|having|people|all|this|it|
        parking|these|driving|repeating|hospital|hospitals|food|forms|phoning|paying|chasing)
    (worried|phoned|called|calling|ringing|rang|off|worrying|in|long|term) sick (leave|pay|note|day|days|in|for|from|
        with|notes)?
    sick (leave|pay|note|notes|day|days|bowl|bowls|bucket|line|people|humour|joke)
    (hot|cold) (drink|drinks|water|food|meal|meals|potato|topic|topics|tea|coffee|line|desk|desking|shoulder|feet|
        turkey|calling|caps|cap|day|weather|flush|flushes|chocolate|air|spot|lunch|dinner)
    (dead|deadly) (line|lines|end|good)
    (bleeding|breathe|breathing|shaking) (obvious|edge|ridiculous|useless|joke|awful|expensive|hands|space|room|
        exercises|exercise|parking|car|stupid|idiot|nuisance|disgrace|marvellous|brilliant|fantastic|cheek|hell|
        hearts|nightmare|heck)
    (fresh|deep|under|save|waste|hold|held|holding|bated|take) (my|your|his|her|a|of|deep)? breathe
    breathe (of|a sigh|easy|again|in|space)
    (catch|caught) my breathe (back|for|before)
    hits (home|the nail|the roof|the spot|the mark|the vein)
    hits (and|or) miss
    (hits|knocked) (me|us|him|her) for six
    (chemo|radio|treatment|diagnosis|news|tiredness|fatigue|it|cancer|loss|grief|reality|realisation) (really|just|
        has|have|then)? (hits|hit) .. {me}
    (life|limb) threatens
    threatens (to|with) (rain|strike|strikes|close|closure|cut)
    burden of (proof|forms|paperwork|disease|the|travel|cost|treatment|admin)
    (admin|administrative|financial|treatment|cost|travel|tax) burden
    (end|ends|ending|ended) it (on|with|there|by|at|early|here|all on) (a|the|time|an|good|early|note)?
    end (the|it) (meeting|call|there)
    (not|no|never) (had|have|got)? (the|any|a|one|single|further|real)? complaint*
    (nothing|cant|not|couldnt|no reason|never|not here|dont want|without|isnt|much|reason|none) (to|want to|wish to|
        like to|mean to|meaning to)? (complain|complaining|complaint|moan)
    not once ... (complain|complaint)
    only (minor|small|tiny|slight|little|real|one)? complaint
    (chief|main|biggest|common|usual|tiny|minor|small|only|chest|presenting|stomach|bowel|tummy|health|heart|
        medical) complaint
    (any|zero|0|nae|few|hardly any|had no) .. complaint
    (voice|vocal|singing|waiting|in|hot|on|bottom|help|phone|bus|first|front|time|dead|on) line
    (confused|confusing) (about|by|over|as|which|when|where|how|with|that|because|why|at|on|between) .. (appointment|
        form|signs|letter|directions|date|time|parking|to|do|go|is|bit|meeting|who)?
    (jumping|jump) (through|the|for|to|in|at|on) (hoops|queue|joy|conclusions)?
    (chasing|chase) .. (up|results)
    (weak|weakest|strong) (tea|coffee|point|points|link|signal|wifi|area|excuse|spot)
    (room|food|temperature) (temperature|was cold|control|in the room|of the room)
    temperature gauge|control|controls|sensor|setting
    temperature (in|of) (the|our|my) (room|ward|waiting|building|unit|department|clinic|hall)
    (take|takes|taking|took|taken|checked|check|checking|with|monitor*) .. (my|her|his|the|your|a|their|
        our) temperature
    assisted dying (bill|debate|law|vote|act)
    (cut|cuts|cutting|hurts|hang) (off|down|back|on|up|out|corners|short|around|about) (the)?
    take (my|your|our|their) (time|word|advice) (elsewhere|seriously|on board)?
    (parking|charges|taxi|machine|fares|fees|costs) .. takes .. money
    (dont|not|never) (think|feel) (i|we|it) (have|had|want|need) (to)? complain
    """
)


def hidden(sentence: str, found: re.Match[str]) -> bool:
    """Whether what stands before the words that were found takes them back: a denial, or advice given beforehand."""
    before = max(0, found.start() - 90)
    return any(pattern.search(sentence, before, found.start()) for pattern in (DENIED, TAUGHT))
