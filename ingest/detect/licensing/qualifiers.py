"""What stands in one sentence or bracket with a license's name and takes back that it holds.

``MIT for academia``, ``Apache-2.0 to members of X only``, ``MIT (applies to the docs only)``, ``not
MIT licensed``. Such a name is never the plain license: at least nobody knows what holds. The
customary remarks stay harmless: ``unless otherwise noted``, ``except in compliance with the
License``. Patterns are in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_HARMLESS = re.compile(
    phrase(
        r"\b(?:unless|except|where|if)~(?:as |when |where )?(?:otherwise |explicitly |expressly "
        r"|specifically )*"
        r"(?:noted|stated|specified|indicated|mentioned|marked|declared|agreed|permitted"
        r"|provided|required"
        r"|you explicitly|you (?:have )?(?:received|agree)|required by)"
        r"|\bexcept (?:in compliance|some |certain |for (?:the )?(?:files?|parts?|portions?"
        r"|third|content"
        r"|contents|code"
        r"|contributions|directories|images|logos?|vendored|bundled|dependencies|following|where"
        r"|some)|files? |that (?:the |some |certain |these |this )?(?:files?|parts?|portions?"
        r"|logos?|names?|following|directories|code)|as)\b"
        r"|\b(?:or|and) otherwise\b|\botherwise (?:noted|stated|specified|indicated)\b"
        r"|\bwithout (?:limitation|restriction|warrant\w*|any)\b|\bnot only\b|\bonly (?:the"
        r"|one of)\b"
        r"|\bread-only\b|\bgpl\S{0,6}-only\b|\b\S{2,20}-only\b"
    )
)
_AUDIENCE: Final = (
    r"(?:academia|academics?|students?|universit(?:y|ies)|schools?|teachers?|research(?:ers?)?"
    r"|hobby\w*"
    r"|individuals|non-?~?profits?|members|employees|staff|customers|subscribers|licensees|partners"
    r"|contractors|institutions|education(?:al)?|personal|private|internal|non-?~?commercial"
    r"|evaluation"
    r"|testing|open[ -]source (?:projects?|use|work)|charities|government)"
)
_BEHIND = re.compile(
    phrase(
        # "MIT for academia", "to employees of X only"; the bracket may stand between.
        rf"[^\x00]{{0,40}}?\b(?:for|to|by) (?:(?:the|our|any|all|its|use by|use in|use at"
        rf"|use) )*{_AUDIENCE}\b"
        r"(?! (?:and|or|as well as) (?:\w{2,12} )?(?:commercial|business|everyone))"
        r"|~(?:licen[cs]ed? )?until\b|[^\x00]{0,60}?\b(?:except|excluding|otherwise|but not|not"
        r" for|not to|unless)\b"
        r"|[^\x00]{0,40}?\bprovided (?:that )?you (?:are|do|did|have)\b"
        rf"|[^\x00]{{0,40}}?(?:\b|[(,] ?)(?:{_AUDIENCE}) (?:use |purposes? |projects? )?only\b"
        r"|[^\x00]{0,30}?\bno (?:commercial|military|redistribution|resale|saas|derivative|ai)\b"
        r"|[^\x00]{0,12}?\b(?:licen[cs]e )?(?:(?:only )?appl(?:y|ies)(?: only)? to"
        r"|covers?(?: only)?|is for|for)"
        r" (?:only )?(?:the |our |its |all )?(?:\w{2,12} )?(?:docs?|documentation|data|examples?"
        r"|samples?|images"
        r"|icons|fonts|artwork|assets|manual|text|weights|specification|headers?"
        r"|tests?)\b[^.\x00]{0,24}?"
        r"(?:\bonly\b|\balone\b|--|,~not\b)"
        r"|[^\x00]{0,6}?~\(applies to\b"
        r"|[^\x00]{0,12}?\b(?:licen[cs]e )?(?:does|do) not (?:apply|cover|extend)\b"
        r"|[^\x00]{0,60}?\bto [^.\x00]{2,60}?\bonly\b"
        r"|[^\x00]{0,30}?\(?\bnon-?~?commercial\b"
        rf"|~\((?:for )?(?:\w{{2,12}} ){{0,2}}{_AUDIENCE}\b[^()\x00]{{0,40}}\)"
    )
)
_SCOPE = re.compile(phrase(r"~\((?:this |it )?(?:only )?(?:applies|applicable) (?:only )?to\b"))
_BEFORE = re.compile(
    phrase(
        r"\bnot (?:\w{2,9} )?(?:the |an? |under )*$|\b(?:neither|nor|isn t"
        r"|aren t) (?:under )?(?:the )?$"
        r"|\bfree for (?:personal|private|academic|hobby|non)[^.\x00]{0,30}$"
        r"|\b(?:will|shall) (?:become|be|turn)(?: released under| under"
        r"| licensed under)?(?: the)?~$"
    )
)
_BARE = Expression(
    phrase(
        r"(?<![\w/.-])(?:mit|apache|bsd|isc|zlib|expat)(?:[ -]~v?2(?:\.0)?"
        r"|[ -]\d-clause)?(?: licen[cs]ed?)?"
        r"~[,;:(]?~(?:until|except|but not|unless|excluding|only for|for (?:open source|academ\w+"
        r"|research|non-?~?commercial"
        r"|personal|members|students|everyone (?:but|except)"
        rf"|(?:\w{{2,14}} ){{0,2}}{_AUDIENCE}))\b"
    )
)
"""A short name that no verb puts a file under, and the word that takes it back."""
_EDGE = re.compile(r"[.;!](?:\s|$)|\n\s{0,20}\n")
_REACH: Final = 160
_BACK: Final = 60
_NOT_PLAIN = re.compile(
    phrase(
        r"\b(?:for|only|except|excluding|otherwise|unless|without|but|not|no|non-?~?commercial"
        r"|academic"
        r"|commercial|members|students|personal|internal|research|evaluation|restricted|modified by"
        r"|addition(?:al|s)?|plus|commons[ -]clause|nc|limited)\b"
    )
)
_TITLES = re.compile(
    phrase(
        r"\bgpl\S*-only\b|\bnot for profit\b|\bonly \(|\bversion \d\S* only\b"
        r"|\bv?\d(?:\.\d)? only\b|\bno attribution\b"
        r"|\bopen font\b|-only\b|\bno warrant\w+|\bexcept as\b|\bfor (?:details|more"
        r"|the (?:python|software))\b"
        r"|\badditional patent\b|\b(?:personal|non-?~?commercial)\b(?=[^\x00]*creative)"
        r"|-n[cod]\b|\bnc(?=-)"
    )
)


def is_qualified(folded: str, start: int, end: int) -> bool:
    """Tell whether the sentence of a license's name in folded text takes back that it holds."""
    after = folded[end : end + _REACH]
    edge = _EDGE.search(after)
    after = after[: edge.start()] if edge else after
    after = _HARMLESS.sub(lambda m: " " * len(m[0]), after)
    before = folded[max(0, start - _BACK) : start]
    edges = [m.end() for m in _EDGE.finditer(before)]
    before = before[edges[-1] if edges else 0 :]
    is_scoped = _SCOPE.match(folded, end)
    return bool(is_scoped or _BEHIND.match(after) or _BEFORE.search(before))


def qualified_bare_names(folded: str) -> list[tuple[int, int]]:
    """Return the spans of short names of permissive licenses that are taken back at once."""
    return [
        match.span()
        for match in _BARE.finditer(folded)
        if not _HARMLESS.search(folded, match.start(), match.end() + _BACK)
    ]


def is_narrowed(value: str) -> bool:
    """Tell whether a manifest's free text says more than a license's name: whom or what for."""
    folded = value.lower()
    return bool(_NOT_PLAIN.search(_TITLES.sub(" ", folded)))
