"""What people write for the words of the tables: text speech, regional words, other forms, forgivable slips."""

from __future__ import annotations

# Before the colon: the one spelling that is compared. After it: what people write.
_ROWS = """
i: ah
i am: im iam
i have: ive iv
she is: shes
he is: hes
they are: theyre
i will: ill
you: u ya ye yer
are: r
to: 2 tae
for: 4
be: b
and: n nd
with: wi wiv w
want: wnt
want to: wanna
going to: gonna gunna gonnae gan
got to: gotta
cant: cannot cnt carnt canna cannae cany couldnt couldnae cudnt
wont: willnae winnae
dont: dnt dinnae dinna divvent doesnt doesnae didnt didnae
not: nae nah wasnt wasnae isnt isnae arent werent havent hasnt hadnt aint
no: nay
nothing: nowt nuthin nuffin nothin
anything: owt anythin
something: summat sumthin
anymore: nemore nomore anymor anymair
my: mi ma wor
myself: meself miself misen mesen mysen missen masel maself masen mesel
herself: hersen hersel
himself: hissen hissel hisself
mum: mam mom mummy mammy mother mums mams moms
dad: da daddy father dads
nan: nana nanna gran granny grandma grandmother nain
grandad: grandpa grandfather taid bampi
husband: hubby hubbie husbands
wife: missus wifey wifes
son: sons
daughter: daughters dauhter
carer: carers
child: bairn wean
brother: bro bruv
sister: sis
tonight: 2nite tonite 2night
today: 2day tday
yesterday: yday yest yesterdy
tomorrow: tmrw tomoz 2moro
because: cos coz cuz bc
please: pls plz
before: b4
really: rly reyt reet
chemo: chemotherapy kemo chimo keemo
radio: radiotherapy radiation rads
temperature: temp temps tempreture temperture
sick: sik
being sick: vomiting vomitting vomited vomit puking puked spewing spewed boking boaking boak boke
sick: queasy nauseous nausea nauseated
throwing: chucking thrown threw chucked
shivery: shivry shivrin shiverin shivering shivers shiver shivered trembling shuddering rigors rigor rigours
out: oot
on: oan
anymore: anymair
about: aboot
blood: blud bluid
breathe: breath breeth brethe
hits: hit hitting
hits: belts belted lamps lamped thumps thumped clouts clouted skelps skelped leathers leathered slaps slapped slapping
hits: smacks smacked kicks kicked punches punched batters battered beats beating twats
hurts: hurting hurt
threatens: threatened threatening threatnin
money: cash dosh quid savings pension benefits
takes: take taken taking took
steals: steal stole stealing stolen nicks nicked nicking robs robbed robbing pinches pinched thieving
scared: frightened afraid terrified feart feared frit petrified
suicide: suicid sucide suiside sewerside
suicidal: suicidle sucidal suisidal
complaint: complaints complaynt complant
negligence: negligent neglegence neglegent
anyone: any1
someone: some1
everyone: every1
lawyer: solicitor solicitors lawyers soliciter solictor solicitar lawyer barrister
pals: palls
though: tho
poorly: porly badly
unwell: unwel
hospital: hosp hozzie hospitle
"""

# Said without the g: "shakin", "livin".
_CLIPPED = """
    being having getting going coming making taking feeling thinking talking saying living dying ending killing
    cutting hanging hurting hitting threatening shouting screaming stealing nicking controlling shaking
    shivering freezing burning bleeding breathing struggling sweating throwing vomiting passing jumping saving
    planning carrying complaining suing
""".split()

SAME = {
    written: row.partition(": ")[0] for row in _ROWS.strip().splitlines() for written in row.partition(": ")[2].split()
}
"""From what people write to the spelling that is compared."""
SAME |= {verb.removesuffix("g"): SAME.get(verb, verb) for verb in _CLIPPED}

FORGIVEN = frozenset(
    """
    shivery shivering breathless bleeding breathing temperature confused confusion vomiting feverish collapsed
    swollen hallucinating nosebleed diarrhoea unwell suicide suicidal overdose myself burden tablets paracetamol
    morphine living threatened threatens threatening frightened controlling controls controlled violent abused
    abusing abusive neglect neglected bruises strangled assaulted stealing punched slapped husband girlfriend
    boyfriend partner daughter brother complaint complain complaining negligence solicitor ombudsman
    compensation chemotherapy radiotherapy treatment infusion immunotherapy anymore goodbye scared worthless
    hitting
    """.split()
)
"""In these, one slip is forgiven: a letter too many, too few, wrong, or swapped with its neighbour."""

NOT_SLIPS = frozenset(
    """
    breeding blending breaching seething complained complains compliant controller confuse bruised sealing
    steeling tables tablet amusing accusing shared scored scarred loving lining leaving giving hating sitting
    fitting knitting heating bother brothers pattern parter partly treating treatments sacred scare
    scares hidden abusers neglects diving
    """.split()
)
"""Words in their own right that are one slip away from one of those."""
