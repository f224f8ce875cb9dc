"""What people say when somebody hurts, threatens or controls them, takes their money, or makes them afraid."""

from __future__ import annotations

from handlers.signposts.phrases import compiled

TOLD = compiled(
    """
    {kin} (s|is|are|has|have|been|was|keeps|keep|just|always|who|then|also|will|would|sometimes|used|still|got|and|
        that|often|he|she)? .. (hits|hurts|threatens|bullies|bullied|bullying|abuses|abusing|chokes|choked|strangles|
        strangled|grabs|grabbed|shoves|shoved|scares|frightens|rapes|raped|rape|molested|attacked|attacks|assaulted|
        forces|forced|forcing|controls|controlling|controlled|intimidates|humiliates|hurt|bruised|pinned|burns|burnt|
        spits|bites|drags|dragged|locks|locked|starves|drugs) (on|at|all)? {me}
    {kin} ... (hits|threatens|abuses|strangled|chokes|rapes) .. {me}
    {kin} ... (throws|threw|throwing) .. at {me}
    (kill|hurt|harm|stab|find|finish) (me|us|her|him|mum|dad) (if|when|unless|one day)
    scared (of|by) (my|her|his|the|our|their|me|own|a)? own? {kin}
    scared of .. (lady|man|woman|girl|worker|person|people|one|lad|bloke) (who|that|from|she|he|in)
    steals .. from|off {my}? {me}
    takes from|off {my}? mum|dad|nan|grandad|wife|husband
    takes|steals .. money .. (out of|from|off|out|without)
    (money|cash) .. (out of|from) (my|her|his|mum s|dad s|nan s) .. (account|purse|bank|card|pocket|wallet|
        drawer) .. (without|again|and|by|missing)
    (keeps|keep|keeping) {me} (locked|shut|prisoner|indoors|inside|away|in the house|in the room|in my room|
        in her room)
    {kin} .. steals
    {kin} ... hand* over
    (home|carers|carer|staff|ward|they|he|she) .. (neglecting|neglects|abusing|mistreating|starving) (my|our)? {me}
    (has|have|got) got? hold of .. (bank|card|money|account|purse)
    spends|spending (my|her|his|nan s|mum s|dad s) money
    (pulls|pulled|pulling|yanks|yanked) .. hair
    {kin} ... (violent|knocks|knocked|smashes|smashed|smashing|bullies|bullying|forces|controlling|controls|
        threatening|possessive)
    (he|she|they) .. (knocks|knocked|smashes|smashed|smashing|ties|tied|tie) .. (about|around|things|everything|up|
        plates|doors|phone|house|{me})
    (tie|ties|tied|tying|strap|strapped) (my|our)? {me} (to|down|up|in)
    {kin} ... (asks|asking|pesters|pestering|begs|borrows|borrowing|wants|demands|demanding) ... (money)
    (power|control|hold) over (me|my|us|her|mum|dad|everything)
    (man|woman|lady|lad|bloke|person|one|somebody|someone|people) ... (hurts|hits|frightens|steals|bullies) {me}
    (he|she|they) .. (is|gets|got|was|s|turns|turned) .. violent
    ({kin}|he|she) .. takes (my|her|his) .. (keys|passport|glasses|hearing aids|stick)
    (handle|handles|handled|handling|treats|washes|moves|lifts) .. roughly
    (nurse|carer|staff|worker|hca|porter|doctor) hits .. (lady|man|woman|patient|patients|resident|him|her|me)
    am not allowed (to|any|my)? (leave|see|out|speak|talk|phone|money|visitors|eat)
    (grabbed|grabs|held|pinned|dragged|had) {me} .. (throat|neck|hair|wall|floor|down)
    {kin} .. (shouts|screams|shouting|screaming|yells|swears|kicks off) .. at {me}
    {kin} .. (shouts|screams|yells|swears|shouting|screaming) .. (and|all|every) .. (me|night|day|time|scared|hits|
        throws)
    {kin} ... (takes|steals|spends|spending|controls|controlling|keeps|keeping|withdraws|emptied|emptying|drained|
        draining|drain|holding|holds|withholds|cleared|clears|steals|helps himself to|helps herself to) .. (my|her|
        his|our|mum s|dad s|nan s|me|mums|all|the|everything) .. (money|bank|card|cards|purse|wallet|account|
        jewellery|house|phone|giro|allowance)
    {kin} .. (has|have|got|hidden|hides|hiding|withholds) (my|her|his) .. (money|bank|card|cards|purse|tablets|
        medicine|meds|morphine|painkillers)
    (he|she|they) (s|is|are|has|have|been|keeps|keep|just|always|will|would|sometimes|still|got|even)? (hits|hurts|
        threatens|chokes|choked|strangles|strangled|grabs|grabbed|shoves|shoved|bullies|bullying|abuses|abusing|
        controls|controlling|rapes|raped|locks|locked|frightens|scares) (on|up|at)? (me|us|her|him|mum|dad|nan|
        grandad)
    (he|she|they) .. (hits|threatens|abuses|rapes|raped|strangles|strangled|chokes|choked) (me|us|her|him|mum|dad)
    (he|she|they|someone|somebody|man|lodger|staff|nurse|nurses|porter|doctor|care|worker|workers|driver) .. (hits|
        threatens|abuses|abused|raped|rapes|groped|gropes|strangled|molested|assaulted|attacked|attacking|slammed|
        dragged|manhandled|stalking|stalks|blackmail*) (me|us|her|him|them|mum|dad|nan|grandad|my|patients|people|
        a patient|residents)
    (he|she|they) .. (takes|steals|keeps|controls|spends|emptied|drained|holds|withholds) .. (my|her|his|our|
        all) .. (money|card|bank|purse|wallet|account|phone|tablets|meds|morphine)
    (someone|somebody|they|he|she|neighbour|lodger) .. (takes|steals) .. (money|card|purse|jewellery) .. (from|off|
        without)
    (money|card|jewellery|cheque|tablets|morphine) .. (going|gone|goes|keeps|keep|went|being|been|is|has) .. (missing|
        walkies|takes|disappear*|drained)
    money being? takes|steals
    takes|steals (all|out|out of)? (my|her|his|mum s|mums|dad s|our|me|nan s|from her|from my|off my|off her|
        off me) (pin|bank|money|savings|purse|card|account|wallet|pension)
    makes|made|making|forces|forced|forcing .. {me} .. (sign|sex|sleep with|hand over|give|change .. will|pay)
    ({kin}|he|she|they) .. (wont|not|dont|never|refuses to|wouldnt|cant) (let|allow|letting|allowing) {me} .. (see|
        out|go|leave|talk|speak|phone|ring|have|eat|call|use|take|come|wash|sleep|visit)
    wont let {me} (see my|leave|go out|out of|out the|out alone|use the phone|talk to|speak to|have my money)
    ({kin}|he|she|they) .. (stops|stopped|stopping|prevents) {me} .. (seeing|talking|going|leaving|phoning|eating|
        speaking|using|having|taking|coming|attending|getting)
    (locks|locked|shuts|shut|lock|keeps|trapped) (me|us|her|him|mum|dad|nan) (in|up|out|away)
    (locked|trapped|prisoner) in (my|her|his|the|our|own)? (room|house|home|bedroom|flat|cellar|shed)
    (prisoner|trapped) (in|at) (my|his|her|own|home)
    {is} .. (scared|fear|intimidated|threatens|scary) .. (of|to|by) .. {kin}
    {is} .. scared (of|by) (him|her|them|what he|what she|what they|going home|being home|being alone with)
    {is} .. scared (to|of) (go|going|be|being|come|coming|stay|staying) (home|back home|alone with|at home|
        in the house|in my own home)
    (scared|scares) .. (he|she|they|son|husband|partner|ex|carer|daughter|brother) .. (will|ll|might|going|
        is going) .. (hurts|hits|kill|attack|find|harm|do|come|takes|hurt)
    scared .. (of|what) (he|she|they) (will|might|would|ll) do
    {kin} .. (scares|frightens|terrifies|scared) {me}
    dont feel safe (at home|with|around|in my|in the house|when he|when she|here|anymore|in our|there|at night|near)
    (not|isnt|unsafe|never) (feel|feeling)? safe (at home|with him|with her|with my|around him|around my|in my own)
    feel|feeling|feels|felt unsafe (at home|with|around|in my|when)
    {is} .. (being|been|getting|gets) (abused|neglected|beaten|hits|hurts|threatens|controlled|bullied|exploited|
        groomed|raped|starved|assaulted|stalked|blackmailed|scammed|attacked|mistreated|manhandled|trafficked|
        financially|sexually|physically|emotionally|harassed|robbed|conned)
    (domestic|sexual|physical|financial|emotional|elder|child) (abuse|violence|assault|abuser)
    {kin} (is|was|s|being|been) .. (abusive|violent|controlling|aggressive|neglecting|neglectful|rough|threatening|
        threatens) (to|with|towards|and|again|at|when|he|she)?
    {kin} (neglects|neglecting|abuses|mistreats|is abusing|exploits|exploiting) (me|her|him|mum|dad|nan)
    (touched|touches|touching|groped|gropes|fondled|grabbed) (me|her|him|mum|us|my|us up) .. (up|inappropriate*|
        private|privates|breast*|bum|where|sexual*|without|when|chest|thigh|down)
    (bruises|bruise|bruising|marks|finger|black eye|burns) .. (on|from|all|where|over|her|his) .. (hits|grabbed|carer|
        husband|son|daughter|he|she|them|cant explain|wont say|explain|held|carers|partner|home)
    black eye
    (hits|hurts) {me} .. (again|last night|today|tonight|when|in the|across|round|down|with|at|and)
    threatens (me|us|her|him|mum|dad|nan|my)
    threatens to (hurt|hit|burn|set|smash|come|tell|report|break|get|cut|kill|leave|throw|put|send|kick|stop|lock|
        take)
    (push|pushed|pushes|shove|shoves|shoved|knock|knocks) (my|our)? {me} (over|against|down|into the wall|onto|about|
        around)
    if|unless (i|she|he|we|mum) (tell|tells|told|tells) (anyone|anybody|someone|police|you)
    (he|she|they) .. controls (what|where|who|when|how|my|our|everything|all|me)
    sign* ... (house|inheritance|power of attorney|savings)
    (stalking|stalked|stalks) {me}
    flinch*
    finger marks
    (death|been|being|making|makes|made|getting|get|got|has|had) threats
    (rough|nasty|cruel|violent|aggressive|horrible) (with|to|towards) (me|her|him|mum|dad|nan|us) (when|and|at|again|
        every)? .. (washing|lifting|home|personal|carer|alone|dress*|feeds|hits|scared|bed|shower)
    {kin} .. (rough|nasty|cruel|violent|aggressive|horrible|leaves) (with|to|towards) {me}
    {kin} .. leaves {me} .. (wet|soiled|dirty|hungry|without|on .. own all|in (her|his|my) own)
    (left|leaving|leaves) {me} .. (lying|sitting|in) .. (own|wee|pee|urine|poo|mess|soiled|dirty|filth)
    (wont|dont|not|never) (feed|wash|give|change|bath|feeding|giving) (my|our)? {me} .. (food|tablets|medicine|meds|
        water|eat|painkillers|properly|drink)
    (raped|rape|molested|sexually assaulted|sexually abused)
    (forced|arranged) marriage
    (coercive|controlling) (control|behaviour|partner|relationship|husband|man)
    safeguarding (concern|worry|issue|referral|alert|matter|problem)
    takes|steals (money|cash) (off|from|out) (me|her|him|mum|dad|nan|my|an|old|vulnerable|elderly)
    (after|wants|wanting|demanding|demands|demand|borrowing|pressuring|pressure|pressured) .. (my|her|me for|us for|
        for|mum for|dad for|mum s|mums) (money|house|inheritance|will|savings|my money|my card|pin)
    (changed|change|changing|sign|signed) .. (will|house over|power of attorney)
    (checks|tracks|monitors|follows|reads) .. (my|me|her) .. (phone|messages|everywhere|texts|move|location)
    """
)

# With somebody who could be meant, two of these in one sentence are enough.
HINTS = compiled(
    """
    hurts|hits|shouts|screams|threatens|controls|scared|steals|bruise|bruises|bruised|rough|forces|locked|shove|
        shoves|drags|grabs|violent
    bank|savings|pin|angry|temper|drinks|drunk|hides|hiding
    (takes|my|her|his) .. money
    (wont|not|dont|never) (let|allowed|allow)
    hand* over
    swears|swearing|curses
    grabs (my|her|his|me)
    (tell|tells|telling) (anyone|anybody)
    (makes|forces) {me}
    (smash*|throws|threw)
    """
)
SOMEBODY = compiled(
    """
    {kin}|he|she|they
    """
)

NAMED = compiled(
    """
    abuse|abused|neglect|neglected|abusive (by|from|at|in|since|again|off|tissue) {my}? ({kin}|home|ward|care|husband|
        partner|staff|nurse|nurses|relative|family|son|daughter)
    """
)
