"""What people say when life is too much: words of not wanting to live, of being a burden, of plans and means."""

from __future__ import annotations

from handlers.signposts.phrases import compiled

TOLD = compiled(
    """
    want|wants|wanted|wish|wishes|wishing|ready|hope|hoping|prefer|rather to? (just|only|really)? (die|be dead|
        i was dead|i were dead|be gone|i was gone|disappear forever|sleep and not wake)
    want|wants to end it|everything|things
    wish|wishes {i} (was|were|had) (dead|never born|never been born|not here|not alive|died)
    wish i|she|he (would|could|can)? (just)? (die|not wake up)
    hope|hoping|wish|pray .. (i|she|he)? (dont|not|never) wake up
    (dont|not|never|no longer) (really|even)? (want|wanting|care|wish) to (be here|be alive|be around|go on|carry on|
        live|exist|wake up)
    (no|nothing) (left)? (point|reason) (in|to|of)? (me|us|my)? (living|live|going on|go on|carrying on|carry on|
        being here|being alive|waking up|life)
    (whats|what s|what is|what|wheres|see) .. (point|use|good) (in|of|to) .. (living|going on|being here|carrying on|
        being alive|it all|life|waking up)
    (dont|cant) see .. (point|reason) (in|of|to) .. (living|live|going|go|being|carrying|carry|keep|life|anything|
        any of it)
    want .. (it|this) all to? (be over|stop|end)
    wish .. (never|not) (woken|woke|survived|been born|come round)
    wish .. had (never|not) (woken|woke|survived|been born|come round)
    (better|happier|easier|relieved) .. (if|once|when) (i|she|he) (was|were|am|is)? (gone|dead|not here|not around)
    (better|happier|easier) without me
    nothing (left|more)? to live for
    (no|not|dont|isnt|aint|cant|hardly) .. worth (living|it anymore|going on|being here|carrying on)
    (life|living|it) .. (not|isnt|no longer) worth (it|living|anything)
    tired|sick|done|fed|had|finished|weary .. (of|up|with|enough of) (with)? (living|life|being alive|existing|
        being here)
    (cant|unsure how) .. (go on|carry on|keep going|do this|take|live|face|cope|bear) .. (anymore|any more|any longer|
        much longer|no more|like this)
    cant (go|carry) on (living|with|like|at)
    cant go|carry on
    cant cope (anymore|any more|with life|with living|any longer)
    dont think i can (go on|carry on|do this|cope|keep going)
    better off (without|wi out|if i|dead|wout) {me}? (me|gone|dead|died|was|were|wasnt|not|here)?
    {i} {is} .. (a|nothing but|such|just|only|too) .. burden
    burden (to|on|for) (my|everyone|them|him|her|you|the|all|people|us|others|society|mum|dad|husband|wife)
    feel|feeling|feels|felt like|such a? burden
    kill|killing|killed|hang|hanging|drown|drowning|harm|harming|hurts|hurting|cut|cutting|cuts|top|topping|off|
        offing|end|ending|shoot|stab|poison|starve|overdose|doing|do .. {myself}
    do|doing {myself} in|harm|over
    end|ending|ended|finish|finishing (it all|my life|her life|his life|their life|my own life|her own life|
        his own life|my days)
    take (my|her|his|their) own? life
    end|ending|finish it tonight|now|today|soon|once|myself
    going to end it
    throw*|jump*|chuck* .. {myself}? .. (off a|off the|off that|in front of|under a|under the|into the|in the river|
        in the sea|in the road|the bridge|out the window|out of the window) .. (bridge|train|trains|car|cars|bus|
        lorry|traffic|roof|building|cliff|sea|river|road|window|platform|it all)?
    {is} .. suicidal
    suicidal (thoughts|thots|feelings|ideas|ideation|plan*|urges|tendencies|intentions|again|and|today|tonight|now|
        since)
    thinking|think|thinks|thought|thoughts|talking|talked|talks|considering|considered|planning|planned|attempted|
        tried|feeling|contemplating|commit|committing .. (of|about|to)? .. (suicide|ending it|ending things|killing|
        not being here|not waking up)
    suicide note|attempt|pact|plan
    (saved|saving|saving up|stockpil*|hoarding|hoarded|hiding|hidden|collecting|enough|stash*|stashed|counted|
        counting|got) .. (my|all|the|enough)? (pills|tablets|meds|paracetamol*|morphine|insulin|sleeping) .. (to|for|
        so|ready|up|do|just|under)
    enough pills|tablets|morphine|meds .. (to|for) (end|do|finish|kill|go|me)
    have enough morphine|pills|tablets here|now|saved|left|hidden
    (swallow|takes|take|neck|down|overdose|od|overdosed) (on|of|all|the|every|a load of|loads of|
        a bottle of) .. (pills|tablets|meds|morphine|paracetamol|oramorph|insulin)
    (an|of|took|taken|takes|take) overdose
    od|overdosing on|myself|tonight
    self harm*|harmed|harming|injur*
    kms|unalive|unaliving
    (go|going|been) to dignitas
    (end|over|stop) .. (my|her|his) (suffering|misery|pain) (myself|for good|forever|tonight)
    rather|hope|hoping|wish|wishing|pray|want (to|i|she|he)? (could|would|just)? not|never wake up
    how many|much paracetamol|morphine|tablets|pills|insulin .. (takes|to|would|before|kill|is)
    if|when|once|wish i|she|he (was|were|am|is)? (dead|gone|out of the way)
    (slit|slitting) {my} wrists|wrist|throat
    keep|keeps|been|started|started cutting|burning|scratching {my} (arms|arm|wrists|wrist|legs|thighs|skin)
    (ways|way|how) to (die|end it|kill myself|end my life|not be here)
    (no|not any|lost all) (hope|future) (left|for me|anymore|any more)
    (noose|ligature)
    (enough|life) .. want out
    sleep forever
    driv*|crash* .. (into|off|under) (a|the) (tree|wall|bridge|cliff|river|sea|lorry)
    (bought|got|has|have|found|tied) .. rope
    cant (face|take|bear|stand|cope with) .. (another day|tomorrow|living|waking up)
    (give|giving|given) up on (life|living)
    (cba|cant be bothered|bored) (with|of) (life|living)
    (no|any|one|see) reason .. (be alive|be here|live|living|carry on|wake up|go on)
    (way|no) out .. (dying|die|dead|death)
    (step|stepping|walk|walking|run) in front of
    (stockpil*|hoarding|saving|hiding) .. (tablets|pills|painkillers|killers|meds|morphine)
    how|when i would do it
    (just|only|such|am|being|become|becoming) a? burden
    hate|hates (being alive|living|life|my life|myself)
    (point|use) (of|in) (me|myself)
    (started|been|keep|keeps|am) cutting (again|my|myself|lately)
    why (am|are|is|should) {i} .. (alive|living|still here)
    (dont|cant) see (myself|herself|himself) (being|living) (here|to)
    lived .. (long enough|too long)
    (edge|top|side) of .. (bridge|cliff|roof|building|platform)
    ready|wants to (go|die) (now|to god|to heaven)
    nearly (did it|ended it|jumped|went through with it)
    done with (life|living|everything|this life|it all)
    enough of (life|living|this life|being alive)
    worthless|pointless and|i|without|now|living
    goodbye (to)? (everyone|all|world|letters|letter|note)
    (written|writing|wrote|left|leaving) .. (goodbye|suicide|farewell|final) (letters|letter|note|notes)
    (everyone|they|family|kids|husband|wife|mum|world|you|all) .. (be|is|are) better off .. (dead|gone|without me|
        without her|without him|if i)
    (would|ll|will)? nobody|noone|no|who (one)? .. (miss|care|notice|cares) .. if (i|she|he) (died|was gone|
        wasnt here|not here|were gone|dead|were dead|disappeared|died tomorrow)
    (go to sleep|fall asleep|sleep) and (not|never|no) wake|waking
    (fed up|scunnered|sick|tired|had enough) (of|with) (living|life|it all|being alive)
    {i} (want|wants|need) out of (life|this life|this world)
    (bring|hurry) .. death
    lost the will to live (and|i|since|completely|these)
    lost .. (will|reason) to live
    dark|darkest thoughts
    hopeless (and|i) .. (alone|point|end|die)
    """
)

# None of these says it alone; two of them in one sentence do.
HINTS = compiled(
    """
    die|dying|dead|burden|pointless|worthless|hopeless|goodbye|anymore|alive|overdose|pills|ending|end it|end things
    no (use|good) to (anyone|anybody|no one|them)
    had enough
    give|giving|gave up
    cant (cope|go on|carry on|face|take)
    hate (myself|my life|this life|it all)
    (no|the|any|see) point
    want (out|it over|it to stop)
    better off
    wrote|written|left (a|me a)? note
    all alone
    disappear|vanish
    """
)

NAMED = compiled(
    """
    suicide|suicidal
    """
)
