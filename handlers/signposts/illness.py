"""What people say of feeling ill on or just after treatment: signs that a cancer helpline wants to hear of at once."""

from __future__ import annotations

from handlers.signposts.phrases import compiled

TREATMENT = compiled(
    """
    chemo|radio|treatment|treatments|immunotherapy|immuno|infusion|infusions|transplant|cycle|round|dose|drip|picc|
        hickman
    portacath|cannula|surgery|operation|op|cancer|oncology|tumour|lymphoma|leukaemia|myeloma|herceptin|neutropenic|
        capecitabine
    docetaxel|keytruda|pembro*|steroids|injection|injections|stem|biopsy|mastectomy|brachytherapy|targeted
    """
)

TOLD = compiled(
    """
    {i} {is} .. (hot|cold|freezing|boiling|roasting|nithered) and .. (shivery|shaky|shaking|sweaty|sweating|cold|
        clammy|hot|unwell|sick|poorly|dizzy|weak)
    {i} {is} .. (shivery|feverish|fevery|burning up|clammy|delirious|septic|neutropenic|breathless|wheezing|collapsed|
        unconscious|unresponsive|jaundiced)
    {is} .. (shivery|feverish|breathless|burning up|shaking all over|shaking like|proper poorly)
    cant (stop|get) .. (shivery|shaking|warm|bleeding|being sick|throwing up|sick)
    (wont|cant|not|dont) stop|stopping (being sick|bleeding|sick|shivery|shaking|throwing)
    (cant|struggling|struggle|struggles|hard|trouble|fighting|difficult|difficulty|problems|bother|unable|gasping|
        hardly|barely) .. (to|with|for)? (breathe|breathing|catch my breathe|catch her breathe|catch his breathe|
        get my breathe|get her breathe|get his breathe|get a breathe|get any air)
    (short|shortness|out|loss) of breathe
    gasping for (breathe|air)
    cant get .. breathe
    breathing (is|s|has|getting|got|seems|sounds) .. (bad|worse|funny|difficult|hard|heavy|laboured|shallow|fast|
        quick|noisy|tight|unwell|rattl*|short|trouble)
    (chest|heart) .. (pain|pains|tight|tightness|hurts|crushing|racing|pounding)
    (pain|pains|tightness|pressure) in .. chest
    {is} .. (high|raised|spiked|spiking|running|rising|up) .. temperature
    (got|have|has|running|having|spiked|spiking|with|had|has got) (a|an|got|high|my|the|of)? .. temperature
    temperature (is|s|of|was|has|at|up|going|gone|over|above|keeps|still|wont|came) .. (3*|4*|high|up|over|rising|
        raised|spik*|sky|through)
    temperature (3*|4*)
    (got|have|has|with|spik*) .. fever
    fever (and|since|after|of|tonight|again|is|wont)
    {is} bleeding
    {is} .. (bleeding|haemorrhag*) .. (from|heavily|heavy|lots|loads|again|since|after|and|wont|everywhere|badly|
        a lot|bad|on|when|now|today|tonight|down|out|really|poorly)
    (started|start|starting|keep|keeps|kept|heavy|nose|gums|gum|wound|stoma|scar|bum|mouth|vaginal|site) .. bleeding
    (nosebleed|nosebleeds|nose bleed|nose bleeds) .. (wont|cant|not|again|since|all|every|keep|keeps|today|tonight|
        now|stop*)
    (keep|keeps|having|another) .. (nosebleed|nosebleeds|nose bleeds)
    bleeding (a lot|lots|loads|heavily|badly|wont|since|after|from|poorly|everywhere)
    (coughing|cough|coughed|being sick|throwing|spitting|peeing|pooing|weeing|passing|bringing|pissing|
        sicking) .. blood
    blood in|when .. (wee|weeing|pee|peeing|poo|pooing|urine|stool|stools|sick|spit|phlegm|mucus|vomit|bag|toilet|loo|
        motions)
    (wee|pee|poo|urine|stool|toilet) .. (bloody|full of blood|blood in it|red|black)
    (picc|line|port|hickman|cannula|portacath|stoma|catheter|wound|scar|drain|site) (site|line|arm|area|bit|exit|
        place)? (is|s|has|looks|feels|are|gone|went|looking|got|was|all|feeling|does) .. (sore|red|hot|swollen|
        swelling|oozing|weeping|pus|painful|throbbing|leaking|infected|smelly|burst|unwell|inflamed|puffy|angry|hurts)
    (sore|red|swollen|oozing|infected|inflamed|weeping|painful|throbbing|hot) .. (picc|line|port|hickman|cannula|
        portacath|picc line|around the line|round the line)
    (red|sore|hot|swollen|pus|oozing|puffy) .. (round|around|at|near|where|by|from) .. (line|picc|port|hickman|
        cannula|drain|wound)
    (line|picc|port|hickman) hurts
    (pus|oozing|weeping|discharge|leaking|smell) ... (line|picc|hickman|port|wound|drain|stoma|cannula)
    breathless (just|when|walking|after|going|all|even|since|again|now|today|and|climbing|lying|at|on|doing)
    {is} .. (chills|the shakes|the sweats|palpitations|faint|fainting|blacking out)
    cant wake {my}? .. (up|properly|him|her|mum|dad|husband|wife|nan|partner)
    (cant|hard|difficult|struggling) (to)? wake .. up|properly
    (palpitations|convulsing|convulsions|seizure|fitting)
    (lips|fingers|hands|skin) .. (blue|grey|yellow)
    (came|coming) over .. (shivery|hot|cold|faint|funny|dizzy)
    (face|mouth|eye) .. (drooping|drooped|droopy|dropped|lopsided|slipped)
    (speech|words|talking|speaking) .. (slurred|slurring|slurry|jumbled|muddled|gibberish|nonsense)
    slurring|slurred
    blood (when|every time) {i} (cough|pee|wee|poo|wipe|spit|sneeze|go)
    (bright|red|fresh|dark|clots of|lots of) blood
    (nothing|anything|food|water) (stays|staying|will stay) down
    {i} (is|s|was)? not|dont (make|making|talking) (any|much)? sense
    bled (through|a lot|for|all|again|heavily|since)
    breathing .. (harder|worse|difficult)
    (lost|no|losing) .. (feeling|sensation|movement|strength|use) in|of .. (arm|arms|leg|legs|hand|hands|feet|foot)
    talking (nonsense|gibberish|rubbish|daft|funny|double dutch)
    cant (move|feel|lift|use|stand|walk|hold|wake|rouse|get out of|get off|keep anything|keep food|keep water|
        keep fluids|keep owt|keep nothing|pee|wee) .. (arm|arms|leg|legs|hand|hands|side|up|feet|foot|fingers|her|him|
        mum|dad|down|bed|floor|sofa|in|since|now|today|at)
    (arm|arms|leg|legs|hand|hands|side|feet|foot) .. (gone|going|went|are|is|feel|feels|suddenly|s|got|giving|gave|
        turned) .. (weak|numb|dead|limp|jelly|way|floppy|tingly|useless|swollen|paralysed)
    (weak|numb|weakness|numbness|paralysed) .. (down one side|one side|left side|right side|down my|in my|in her|
        in his|both legs|legs|arm)
    (sudden|suddenly|new) .. (weak|weakness|numb|numbness|confused|confusion|muddled)
    (passed|passing|blacked|blacking|flaked) out
    {i} (just)? (collapsed|fainted|fitted|fitting)
    having|had|has .. (a fit|fits|seizure|seizures|a stroke|sepsis|a heart attack|allergic reaction|bad reaction)
    {i} {is} .. (confused|muddled|disorientated|disoriented) .. (since|today|tonight|now|and|all of a sudden|suddenly|
        this morning|again|after|doesnt)
    {is} (really|very|suddenly|so|proper|quite|getting|all|dead|right) (confused|muddled|disorientated)
    (unsure|cant remember|forgets|forgot) (where|what day|who|what year) (he is|she is|they are|i am|it is|day it is|
        hes|shes)
    (seeing|hearing) things
    hallucinat*
    (could|think|got|have|has|might|is) .. sepsis
    sepsis symptoms
    peely wally .. (since|after|and)
    shaking uncontrollably|violently
    cold sweats
    (rash|swelling|swollen) .. (face|tongue|lips|throat|all over|neck)
    (being sick|throwing up|sick|bringing up) (all|every|since|non|constantly|continuously|loads|again|for) (night|
        day|morning|the|hour|last|stop|yesterday|time|and|treatment|chemo|weekend|hours|few|today|2|3)
    {is} .. (being sick|throwing up|sick everywhere|bringing everything up) .. (and|all|since|after|every|again|non|
        for|now|today|tonight|everything|loads|constantly|4|5|6|cant|with)
    (keep|keeps|kept) (on)? (being sick|throwing up|vomiting|sick|fainting|falling over|collapsing|passing out)
    (dying|dead) (here|on me) (please|help|now)
    """
)

ON_TREATMENT = compiled(
    """
    {i}? {is} .. (shivery|hot|cold|freezing|burning|boiling|roasting|nithered|shaking|shaky|sweaty|sweating|sick|
        poorly|unwell|ill|weak|dizzy|faint|confused|muddled|bleeding|breathless|clammy|awful|terrible|rough|worse|
        ropey|ropy|pale|grey|sleepy|drowsy|numb|funny|dreadful|lethargic|grim|lousy|crap|shite|shit|rotten|woozy|
        floppy|wheezy)
    shivery|feverish|breathless|bleeding|temperature|fever|vomiting|confusion|confused|shaking|nosebleed|nosebleeds|
        sepsis|diarrhoea|chills|sweats|shakes|clammy|drowsy
    blood|sickness
    being|was|been sick
    unwell|poorly since|after|with|from|today|tonight|now|and
    came over all
    throwing up
    hot (and|then|or) (cold|shivery|sweaty)
    cold (and|then|or) (hot|shivery|clammy)
    (dont|not) (feel|feels|look|looks|looking|feeling) .. (well|right|good)
    (peely wally|wabbit|under the weather)
    cant (eat|drink|keep|wake|stand|stay)
    (sore|painful|swollen|red) .. (arm|mouth|throat|leg|calf)
    (arm|leg|calf|hand|neck|throat) .. (swollen|swelling|red)
    """
)

# One alone is everyday talk; two in one sentence are not.
HINTS = compiled(
    """
    shivery|feverish|breathless|bleeding|vomiting|confusion|shaking|clammy|drowsy|faint|fainted|collapsed|chills|
        sweats|floppy|giddy
    (so|very|really|boiling|burning|freezing|feel|feels|feeling|felt) (hot|cold|weak|sick|dizzy|confused|poorly|
        unwell|ill)
    high temperature
    not|dont make|making .. sense
    being|been sick
    throwing up
    """
)

SUPPORT = compiled(
    """
    need|needs|prefer|like .. (breaks|chair|seat|lift|parking|space|room|online|captions|ramp|large|breaks|rest|stop)
    """
)

PLACES = compiled(
    """
    room|rooms|area|corridor|coffee|tea|food|meals|meal|lunch|dinner|soup|drink|drinks|water|weather|gown|scanner|
        machine|building|department
    car|park|bus|taxi|transport|reception|clinic|window|windows|cubicle|bay|toilets|air|conditioning|aircon|lift|
        outside|door|table|plate
    """
)
