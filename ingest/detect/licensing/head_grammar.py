"""Wordings by which people keep a file, each as whom, what and under which leave, not as a list.

They are read in the comment that a file opens with alone, where people talk of the whole file:
elsewhere code does the same to its own objects (`Only pass this on after a flush`). A pattern needs
the work itself, an act on it that only people do, or a sentence that begins with the limit.
Patterns are in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

from typing import Final

_WORK: Final = (
    r"(?:th(?:is|e|ese)|our) (?:\w{2,14} ){0,2}(?:software|source(?: code)?|programs?|plugin|theme"
    r"|script|code|files?|document|font|product|package|module|library|work|materials?|listing"
    r"|sample|component|model|macro|sheet|design|rtl|ip|notebook|project|repository|workbook)"
)
_BEGIN: Final = r"(?:^|[.\n:/]\s{0,4})~"
_LEAVE: Final = (
    r"(?:letter|permission|approval|consent|contract|agreement|leave|sign-?~?off|authori[sz]ation"
    r"|licen[cs]e|clearance|waiver)"
)
_PASSING: Final = (
    r"(?:pass(?:ing|ed)?|hand(?:ing|ed)?|(?:give|giving|given)|forward(?:ing|ed)?|circulat(?:e"
    r"|ing|ed)"
    r"|leak(?:ing|ed)?|show(?:ing|n)?|lend(?:ing)?|send(?:ing)?|sent)"
)
_COPYING: Final = (
    r"(?:re-?~?production|duplication|copying|publication|disclosure|re-?~?distribution|re-?~?use"
    r"|transfer|dissemination|circulation|resale|decompilation|re-?~?publication)"
)
_PEOPLE: Final = (
    r"(?:partners|customers|clients|members|employees|staff|personnel|licensees|reviewers|referees"
    r"|students|pupils|contractors|auditors|evaluators|testers|suppliers|owners|researchers"
    r"|recipients|participants|colleagues|universities|schools)"
)
_PURPOSE: Final = (
    r"(?:(?:peer )?review|evaluation|assessment|trial|audit|teaching|study|reference|education"
    r"|research|inspection|demonstration|(?:personal|private|internal|academic|in-house"
    r"|non-?~?commercial) (?:use|purposes?))"
)
_NO: Final = r"(?:not (?:allowed|permitted|ok|okay)|forbidden|prohibited|excluded|punishable)"
_GIVEN: Final = (
    r"(?:released|provided|supplied|handed out|handed over|delivered|shared|distributed|licensed"
    r"|made available|furnished|sent|issued|given|loaned|lent|disclosed|available)"
)

WORDINGS: Final[tuple[tuple[str, str], ...]] = (
    # Whose it is.
    (
        "belongs owned ownership property remains",
        (
            rf"\b{_WORK} (?:belongs to|is (?:solely |exclusively )?owned by|remains with)"
            r" (?!the (?!(?:university|company|city|state|institute|bank|department)\b)|(?:an?"
            r"|this|that|its|each|another|one|some|which|both) )"
            r"|\bownership (?:stays|remains|rests|is retained|lies) (?:with|by) (?!the )"
            r"|\b(?:is|are|as|remains?|program) (?:the )?(?:\w{2,12} ){0,2}property of\b"
            r"(?! (?:the |their |its )?(?:respective|authors?|individual|contributors?))"
            rf"|{_BEGIN}(?:sole |exclusive |program |intellectual )?property of\b"
        ),
    ),
    (
        (
            "client+property customer+property company+property "
            "copy+licensed copy+registered copy+issued"
        ),
        (
            r"\b(?:client|customer|company) property(?=~(?:[.\n]|$)| (?:of|and|return)\b)"
            r"|\bth(?:is|e) copy (?:is|was) (?:licen[cs]ed|registered|issued) to\b"
        ),
    ),
    (
        "other+rights reuse+is re+is copying+is redistribution+is publishing+is",
        (
            r"\bno other rights? (?:is|are) (?:granted|given|implied)\b"
            r"|\b(?:re-?~?use|copying|re-?~?distribution|publishing) is not(?=~(?:[.\n]|$))"
        ),
    ),
    # Who may see it.
    (
        (
            "know eyes viewing authorised authorized secrets revealed disclosed leaked "
            "classification exclusive sole"
        ),
        (
            r"\bneed[ -]to[ -]know\b(?! (?:\w{2,9} )?(?:how|what|that|if|whether|about|the|when"
            r"|where|which|who|why|it|this|its|your)\b)|\beyes only\b|\bfor the eyes of\b"
            r"|\bviewing (?:is )?(?:limited|restricted|reserved|permitted) (?:to|for)\b"
            rf"|\b{_WORK}[^.\x00]{{0,40}}? (?:contains?|embod(?:y|ies)|discloses?|includes?)"
            r" (?:\w{2,14} ){0,3}secrets\b"
            r"|\b(?:must|may|shall) (?:not|never) be (?:revealed|disclosed|leaked|published|shown)"
            r" (?:to|outside|in public|publicly)\b"
            rf"|\b{_WORK} (?:is|are) (?:\w{{2,12}} ){{0,2}}for the (?:exclusive|sole|internal"
            rf"|private) use"
            r" of\b(?! the (?:caller|class|module|driver|kernel|compiler|linker|tests?)\b)"
            r"|\bauthori[sz]ed (?:persons|personnel|people|staff|recipients|users) only\b"
            rf"|{_BEGIN}classification~:?~(?:secret|restricted|confidential|internal)\b"
        ),
    ),
    # Passing on, as an order or as what is refused.
    (
        (
            "pass hand give forward circulate leak show lend send put passed handed given "
            "forwarded circulated leaked shown sent"
        ),
        (
            rf"\b(?:do not|don t|never|(?:must|may|shall)(?: not|not|never)(?: be)?) {_PASSING}"
            r"(?: (?:it|this|them|these|copies|any(?: part)?|(?:the|this) (?:code|file|source)))?"
            r" (?:on(?: to (?:anyone|others|third|people|other))?(?=~(?:[.,;\n]|$))|away|around"
            r"|to (?:anyone|anybody|third|outsiders|friends|people|unauthori[sz]ed"
            r"|competitors|other (?:people|parties|companies|persons))|outside (?:of )?(?:the|our"
            r"|your|this))\b"
            r"|\bdo not put (?:it|this|these|them) (?:on|in) (?:the )?(?:web|internet|github|public"
            r"|a public)\b"
        ),
    ),
    (
        ("allowed permitted ok okay fine forbidden prohibited punishable illegal excluded"),
        (
            r"\b(?:passing|giving|handing|sharing|forwarding|lending|selling|re-?~?uploading"
            r"|uploading|publishing|distributing|re-?~?distributing|posting)"
            rf" (?:on )?(?:copies|it|them|this|{_WORK})\b[^.\x00]{{0,60}}?\b(?:is|are)"
            r" (?:strictly )?(?:not (?:allowed|permitted|ok|okay|fine)|forbidden|prohibited"
            r"|punishable|illegal)\b"
            rf"|\b{_COPYING} (?:in \w{{3,10}} form |of (?:copies|this|the source)[^.\x00]{{0,30}}?"
            r"|outside [^.\x00]{2,30}?|to (?:third|others)[^.\x00]{0,20}?)(?:is|are) (?:strictly )?"
            r"(?:excluded|not (?:allowed|permitted)|forbidden|prohibited|punishable)\b"
            r"|\bunauthori[sz]ed [^.\x00]{2,40}? is punishable\b"
        ),
    ),
    # By whose leave.
    (
        (
            "reproduction production duplication copying publication disclosure "
            "redistribution distribution reuse transfer dissemination circulation resale "
            "decompilation republication else ask"
        ),
        (
            rf"\b{_COPYING}\b[^.\x00]{{0,70}}?\b(?:needs?|requires?) (?:an? |the |our |prior "
            rf"|written |explicit |signed )*{_LEAVE}\b"
            r"|\b(?:every|any)(?:one|body) else (?:writes|asks|pays|needs|buys|contacts|must)\b"
            r"|\bask (?:us|me|them|our \w{3,12}|the authors?)[^.\x00]{0,24}? (?:first|instead)\b"
        ),
    ),
    # For what, for how long, for how many.
    (
        "only solely exclusively strictly",
        (
            rf"{_BEGIN}{_GIVEN} (?:to|for) (?:\w{{2,14}} ){{0,4}}?(?:{_PEOPLE}"
            rf"|{_PURPOSE})\b[^.\x00]{{0,60}}?"
            r"\b(?:only|solely|exclusively)\b"
            rf"|{_BEGIN}(?:only|solely|exclusively|strictly) (?:to be )?(?:used|for use|run"
            r"|installed|viewed) (?:on|by|at|in|within) (?:the )?(?:\w{2,14} ){0,3}(?:of|by|at) "
            rf"|\b{_WORK} (?:is|are) (?:\w{{2,12}} )?{_GIVEN} (?:only|solely|exclusively|strictly)"
            r" (?:to|for|under)\b"
            r"|\b(?:distributed|copied|passed on|shared|re-?~?distributed)\b[^.\x00]{0,24}?\bonly\b"
            r"[^.\x00]{0,30}?\b(?:unchanged|unmodified|original|complete|intact|entirety|whole)\b"
        ),
    ),
    (
        "nda contract agreement order sow msa cda mnda signed statement",
        (
            rf"\b{_GIVEN}\b[^.\x00]{{0,60}}?\b(?:under|on the basis of|pursuant to|in accordance"
            rf" with)"
            r" (?:an? |the |our |your )?(?:(?:\w{2,14} ){0,2}?(?:nda|contract|agreement|order"
            r"|sow|msa|cda"
            r"|statement of work)(?:~(?:no\.?|number|nr\.?|#)?[ -]?\d| (?:with|between|dated)\b)"
            r"|signed \w{3,12}\b)"
            r"|\b(?:subject to|terms of|under (?:the|our|your)) (?:the |our |your )?(?:msa|sow"
            r"|cda|mnda)\b"
        ),
    ),
    (
        "delete destroy erase remove return",
        (
            r"\b(?:please )?(?:delete|destroy|erase|remove|return)(?: (?:it|this|them|these|all"
            r"|your|the|copy|copies|file|code))* (?:after|when|once|upon)(?: (?:the|your|this"
            r"|our))* (?:\d{1,3} (?:days|weeks|months)|review|evaluation|trial|contract|term"
            r"|engagement|test period|demo|course)\b"
        ),
    ),
    (
        (
            "bought purchased purchase paid payment seat holders owners buyers purchasers "
            "registered paying per"
        ),
        (
            rf"\b(?:theme|template|plugin|widget|font|asset|kit|component"
            rf"|{_WORK})\b[^.\x00]{{0,30}}?"
            r"\byou (?:have )?(?:bought|purchased|paid for)\b"
            r"|\bone (?:purchase|licen[cs]e|copy|seat|payment)~,?~(?:for |per |is |means |equals )?"
            r"(?:one|per|1) (?:web ?site|site|domain|project|user|machine|seat|server|developer)\b"
            rf"|{_BEGIN}(?:\w{{2,14}} ){{0,3}}?for (?:the )?(?:holders|owners|buyers|purchasers"
            r"|registered users|paying customers) of\b"
            r"|\bper (?:site|seat|domain|developer|machine)(?: |-)licen[cs]e\b"
        ),
    ),
    (
        "other resell sell upload reupload",
        (
            r"\b(?:all |any )?other uses? (?:is|are) (?:reserved|not (?:licensed|granted|allowed"
            r"|permitted)|excluded|forbidden|prohibited)\b"
            r"|\b(?:can|may|must|do)(?: ?not|n t| t) (?:re-?~?sell|re-?~?upload)\b"
            rf"|\bdo not (?:re-?~?sell|sell) {_WORK}\b"
        ),
    ),
    # What follows.
    (
        "prosecuted prosecution legal punishable criminal",
        (
            r"\b(?:will|shall|may|can) be (?:\w{2,12}ly )?prosecuted\b|\bprosecution\b"
            r"|\blegal action\b(?! (?:against the|by the) (?:author|holder))|\bis punishable\b"
            r"|\bcriminal (?:(?:offence|offense)|penalt\w+)\b"
        ),
    ),
    (
        "freeware ware enterprise pro premium paid",
        (
            r"\b(?:is|as) (?:an? )?free-?~?ware\b"
            rf"|{_BEGIN}(?:an? )?(?:enterprise|pro|premium|paid)(?: edition| version| plan| tier)?"
            r" (?:feature|module|component|only|code)(?=~(?:[.,:\n]|$))"
        ),
    ),
    # What is not to become public, and whose it was.
    (
        "open ours leave escrow licensed+from licenced+from acquired+from purchased+from",
        (
            r"\b(?:do not|don t|never|(?:must|may|shall)(?: not|not|never)(?: be)?|cannot be|not"
            r" to be)"
            r" open[ -]~sourced?\b|\bnot ours to (?:give|share|licen[cs]e|publish|release)\b"
            r"|\b(?:not|never) (?:to )?leave (?:the|our|this) (?:building|company|premises|site"
            r"|office|network|lab|campus|country|house|room)\b|\bsource(?: code)? escrow\b"
            r"|\b(?:third-party |this |the )?(?:code|source|software|portions|parts)(?: of"
            r" \w{2,10})?"
            r"(?: is| are| was| were)? (?:licen[cs]ed|acquired|purchased) from"
            r" (?!(?:the|an?|this|these|its) )(?![^\n\x00]{0,160}?\b(?:mit|bsd|apache|[al]?gpl|isc"
            r"|under|open source)\b)"
        ),
    ),
    # Who may use it.
    (
        "member employee licensee licencee customer subscriber contractor student",
        (
            r"\b(?:unless|only if|except if) you (?:are|work|belong) (?:an? |at |for |to )?"
            r"(?:\w{2,14} ){0,2}?(?:member|employee|licen[cs]ee|customer|subscriber|contractor"
            r"|student)\b"
        ),
    ),
    (
        "only",
        (
            rf"{_BEGIN}only (?:the )?(?:\w{{2,14}} )?{_PEOPLE} (?:of [^.\x00]{{2,40}}? )?(?:may|can"
            r"|are allowed to|are permitted to) (?:use|run|copy|read|see|view|modify) (?:this|it)"
            r"(?:~(?:[.,\n]|$)| (?:code|file|software|script|program|module|library)\b)"
        ),
    ),
    (
        "without+my without+our without+asking without+authors without+consent without+approval",
        (
            r"\b(?:do not|don t|never) (?:use|copy|take|steal|re-?~?use|modify|share|sell)"
            rf" (?:{_WORK}|it|this|my code)\b[^.\x00]{{0,24}}? without (?:my|our|the authors? ?s?"
            r"|written|prior|explicit|express|asking)\b"
        ),
    ),
    (
        "allowed permitted ok okay forbidden prohibited excluded punishable only",
        (
            rf"\b(?:use|usage) of {_WORK}[^.\x00]{{0,60}}? (?:is|are) (?:strictly )?{_NO}\b"
            rf"|{_BEGIN}(?:use|usage) (?:at work|by [^.\x00]{{2,40}}?) is (?:strictly )?{_NO}\b"
            rf"|{_BEGIN}(?:for )?(?:home|household|classroom|hobby|private|personal|student"
            rf"|in-house|non-?~?production)"
            r" use only\b"
        ),
    ),
)
"""(whole words of which one stands in every match, or two with a plus between, the wording)"""
