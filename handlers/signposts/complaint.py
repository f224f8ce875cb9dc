"""What people say when they want more than to give feedback: complaint, negligence, solicitor."""

from __future__ import annotations

from handlers.signposts.phrases import compiled

TOLD = compiled(
    """
    (make|making|made|put|putting|raise|raising|raised|lodge|lodging|lodged|file|filed|filing|submit*|start*|take|log|
        logging|register|registering|want|formal|official|serious|written|send|write|writing|my|have|another|got|
        bring|follow|escalat*|pursue|about) (in|up|forward|out|with)? .. complaint
    complaint (against|about|to|form|procedure|in|regarding|has|have|hasnt|is|was|still|never|please|made|ignored|
        not) .. (being|been|nurse|doctor|ward|treatment|consultant|ignored|answered|staff|how|my|the|this|your|care|
        hospital|you|pals|answer|reply|about|against)
    (want|wants|wish|like|need|going|have|got|will|shall|intend|how|can|may|should|might|right|decided|minded|
        about) (to|do|i|we|can)? (i|we)? (to)? (officially|formally)? (complain|complane)
    complaining (formally|officially|to|about) (the|my|that|this|a|you|pals|your|how|him|her)?
    complained (to|about|in|and|but|before|twice|again|already|last|several|three)
    (do|can|should|could|must) i|we|you .. complain
    to complain (about|to|officially|formally|against)
    report (a|this|that|the|my|her|him|them|it|you)? (doctor|nurse|consultant|surgeon|staff|hospital|carer|member|
        ward|gp|him|her|them|porter)
    (want|going|intend|plan|able|decided|like|have|threatening|prepared|ready|gonna) to? sue
    (damages|settlement) .. (for|from|claim|against)
    (suing|sue|sued) (the|you|them|this|my|for|yous|nhs|hospital|yas)
    (takes|take|taking|took) .. (to court|further|legal action|you to court|them to court|the nhs to court|it further|
        this further|legal advice|matter further)
    (it|this|matter|things) taken further
    legal (action|advice|claim|proceedings|team|case|letter)
    (see|seeing|spoke|speak|speaking|get|getting|got|have|talk|talking|contact*|ring|ringing|phone|call|calling|
        instruct*|hear|hearing|my|our|a|the|consult*|involve*|ask*|with|spoken|seen|want|need|hiring|hire|
        from) .. lawyer
    lawyer*
    (clinical|medical|gross|pure|sheer|downright|criminal|complete|total|was|is|their|for|of|your|this|utter|absolute|
        been|due|through|hospital|staff|doctor) .. negligence
    malpractice|ombudsman
    (complain|complaint|report|reported|reporting|spoke|speak|talk|contact*|went|go|going|writing|wrote|rang|ring|
        email*) .. (to|with)? .. pals
    (report|reporting|reported) .. (cqc|nmc|gmc|ombudsman|police|authorities|higher)
    (want|demand|entitled|claim|claiming|get|deserve|sue|seek*) .. compensation
    compensation claim
    (misdiagnos*|missed my cancer|wrong leg|botched) .. (complain*|lawyer|negligence|court|claim|someone must|
        accountable|answers)
    (hold|held|holding|be) .. (accountable|responsible) .. (for|death|this|negl*)
    (formal|official) (complain|complaint|grievance)
    (kick up|making|make|kicking up|put in) .. (formal|stink|complain)
    (killed|died) .. (because|through|due) .. (you|they|hospital|doctor|doctors|staff|nobody|mistake|mistakes|negl*|
        care)
    """
)

NAMED = compiled(
    """
    complaint
    negligence
    """
)
