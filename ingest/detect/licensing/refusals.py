"""Short refusals in English: sentences that keep a file from others, whatever stands beside them.

``Do not distribute``, ``under NDA``, ``source-available``, ``one license per domain``. Each names
an act that only a holder of rights can allow, or a mark that only such holders make; what code is
about too (sharing tokens, a paid plan of a service) needs a work as its subject. Patterns are in
the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.detect.licensing.evidence import RESTRICTION, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression, possible

_WORK: Final = (
    r"(?:file|code|source|source code|software|program|module|script|plugin|theme|template|library"
    r"|document|font|package|product|work|material|dataset|model|repository)s?"
)
_THIS: Final = rf"(?:this|the|these) (?:\w{{2,12}} )?{_WORK}"
GROUP: Final = (
    r"(?:members|employees|staff|customers|clients|subscribers|partners|licensees|contractors"
    r"|universities|students|researchers|academics|non-?~?profits|consortium members)"
)
_GROUP_WORDS: Final = (
    "member employee staff customer client subscriber partner licensee contractor universit"
    " student researcher academic profits"
)
_PRICED: Final = r"(?:subscription|licen[cs]e|license key|enterprise plan|agreement)"

_Row = tuple[str, str]

_REFUSAL_ROWS: Final[tuple[_Row, ...]] = (
    # Agreements of secrecy, marks of secrecy, and of export.
    (
        "nda disclosure",
        (
            r"\b(?:under|by|subject to|covered by|bound by|see) (?:an? |the |our "
            r"|your )?(?:\w{2,12} )?"
            r"(?:nda\b|non-?~?disclosure)"
        ),
    ),
    (
        "leak disclose forward",
        (
            r"\b(?:do not|never) (?:leak|disclose|forward)\b"
            r"(?: (?:it|this|outside|to (?:third|anyone|others|people))\b)"
        ),
    ),
    (
        "official distribution itar export unclassified",
        (
            r"\bfor official use only\b|\bcontrolled unclassified information\b"
            r"|\bitar[ -](?:controlled|restricted)\b|\bsubject to (?:the )?itar\b"
            r"|\bitar\b[^.\x00]{0,40}?\btechnical data\b"
            r"|\bdistribution statement [b-f]\b|\bdistribution authori[sz]ed to\b"
            r"|\bexport[ -]controlled\b(?! (?:by|from))"
        ),
    ),
    (
        "breach destroyed returned",
        (
            r"\bbreach of (?:your |the |an? )?(?:\w{2,12} )?(?:contract|agreement|nda)\b"
            r"|\b(?:must|shall) be (?:destroyed|returned) (?:on|upon|to the owner|to us)\b"
            r"|\bcopies (?:must|shall|have to) be (?:destroyed|returned|deleted)\b"
        ),
    ),
    # Distribution and copying.
    (
        "distribution",
        r"\bnot for (?:further |external |public |customer |general |onward )?distribution\b",
    ),
    (
        "resold sold passed welcome ship steal",
        (
            r"\bnot (?:be )?(?:re-?~?sold|passed on to (?:third|other parties|others|anyone))\b"
            r"|\bnot (?:welcome|free) to (?:re-?~?use|copy|distribute)\b"
            r"|\bdo not (?:ship|reuse|re-use|steal) it\b"
        ),
    ),
    (
        "embedded converted passed copied reused re-used resold installed",
        (
            rf"\b{_THIS} (?:may|must|can) (?:not|never) (?:be )?(?:embedded|converted|passed|copied"
            r"|reused"
            r"|re-used|installed|resold)\b(?![^.\x00]{0,60}\bexcept\b)"
            r"|\b(?:it|font|which) may not be (?:copied|embedded|converted|passed on)\b"
        ),
    ),
    # For whom, and for how many.
    (
        _GROUP_WORDS,
        (
            rf"\bto (?:the )?{GROUP} of\b[^.\x00]{{2,80}}?\b(?:who|only|signed|under)\b"
            rf"|\b(?:for|to) (?:\w{{2,16}} ){{0,2}}{GROUP} only\b(?! (?:once|after|when|if)\b)"
            r"|\b(?:licen[cs]ed|available|released|distributed|use[d]?|given"
            rf"|provided)\b[^.\x00]{{0,30}}?"
            rf"\bonly (?:for|to|by) (?:\w{{2,16}} )?{GROUP}\b"
            rf"|\b{GROUP} under [^.\x00]{{2,30}} only\b"
        ),
    ),
    (
        "internal in-house",
        (
            r"\b(?:internal|in-house) use (?:by|of|within|at|inside) [^.\x00]{2,40}?"
            rf"(?:{GROUP}|only|company|inc|gmbh|ltd|ag\b|corp)"
        ),
    ),
    (
        "single one limit installed",
        (
            r"\bsingle[ -](?:site|user|domain|seat|server|developer|machine) licen[cs]e\b"
            r"|\bone licen[cs]e per (?:\w{2,12})\b|\binstalled on (?:up to "
            r"|no more than )\w{1,12} (?:desktop )?"
            r"(?:computers|machines|devices|servers|cpus)\b"
            r"|\blicen[cs]e\b[^.\x00]{0,20}?\blimit(?:ed to)? \d{1,5} (?:users|seats|developers)\b"
        ),
    ),
    # Sale.
    (
        "sold licensed buy bought paid pay purchase illegally pirated",
        (
            r"\b(?:sold|licensed) to (?:one|a single|exactly one) (?:licensee|customer|client"
            r"|company|site)\b"
            r"|\bif you (?:did not|didn t|have not) (?:buy|bought|purchased?|pa(?:y|id))\b"
            rf"|\byou (?:have )?(?:paid|bought|purchased?)(?: for)? (?:one|a|this|the) (?:{_WORK}"
            r"|site|licen[cs]e|copy|seat|use)\b"
            r"|\b(?:second|separate|additional|another) purchase\b"
            r"|\busing it illegally\b|\bpirated (?:copy|copies|version)\b"
            r"|\bbuy (?:a |the |your )?(?:commercial |pro |full )(?:licen[cs]e|version|copy)\b"
            r"|\bpaid for (?:everyone|everybody|anyone|all others|companies|businesses)\b"
        ),
    ),
    (
        "commercial free",
        (
            r"\bcommercial (?:projects?|users?|use|licen[cs]es?|products?)~[:-]~(?:https?:|contact"
            r"|see|ask|buy|mail)"
            r"|\bfree (?:only )?for (?:personal|private|academic|non-?~?profit|hobby|educational"
            r"|student)"
            r"\w{0,4} (?:use|projects?|purposes?|usage)\b(?! (?:and|or) commercial)"
            r"|\bnot for commercial (?:use|usage|purposes?)\b"
        ),
    ),
    (
        "subscription key plan requires without",
        (
            rf"\byou (?:may|must|can) not use\b[^.\x00]{{0,60}}?\bwithout (?:a |an )?(?:valid "
            r"|paid "
            rf"|active )+{_PRICED}\b"
            rf"|\b{_THIS}[^.\x00]{{0,60}}? requires? (?:a |an )?(?:valid |paid |active |current "
            rf"|commercial )+{_PRICED}\b"
        ),
    ),
    # What the source is.
    (
        "source",
        (
            r"\bis closed[ -]source\b|\bsource-available\b|\bis source available(?=[:.])"
            rf"|\b(?:{_THIS}|this) is not (?:free|open)[ -](?:software|source)\b"
            r"|\bnumerical recipes\b|\b(?:functional|fair) source licen[cs]e\b"
        ),
    ),
    (
        "rest else other",
        (
            r"\b(?:the rest|everything else|other files?)\b[^.\x00]{0,60}?[;,. ] ?(?:but )?this "
            rf"(?:{_WORK} )?is not~(?:[.\n]|$)"
        ),
    ),
    (
        "agreement recipes eula fsl",
        (
            r"\bgoverned by (?:a |the |your )?(?:\w{2,12} )?(?:licen[cs]e )?agreement (?:between"
            r"|with)\b"
            r"|\bunder (?:the |an? )?(?:beta|customer|master|partner|evaluation|service"
            r"|subscription"
            r"|supply"
            r"|development|employment|collaboration) agreement\b"
            r"|\bnumerical recipes\b|\bsubject to (?:the |an? |our )?(?:\w{2,14} )?eula\b"
            r"|\bfsl-\d\.\d\b"
        ),
    ),
)
"""(words that gate it, what is restricted by itself in a comment or in prose)"""
_ORDER: Final = r"(?:^|[.\n:/-]\s{0,4})~(?:please )?"
_LED_ROWS: Final[tuple[tuple[str, str, str], ...]] = (
    # Distribution and copying, as an order to people.
    (
        "distribut publish resell",
        _ORDER,
        (
            r"(?:do not|don t|never) (?:(?:re-?~?)?distribute|publish|resell)"
            rf"(?: (?:it|this|further|outside|without|publicly)\b[^.\x00]{{0,60}}?"
            rf"| {_THIS}[^.\x00]{{0,40}}?)?"
            r"[ \t]*(?:\.|\n|$)"
        ),
    ),
    (
        "copy share reuse re-use upload",
        _ORDER,
        (
            r"(?:do not|don t|never) (?:copy|share|reuse|re-use|upload)"
            rf" (?:{_THIS}|without (?:\w{{2,12}} ){{0,3}}(?:permission|consent)"
            rf"|outside (?:of )?(?:the )?(?:company|\w{{2,12}} inc)"
            r"|to third|with (?:third|anyone outside))"
        ),
    ),
    (
        "distribution resale publication release",
        r"(?:^|[.\n:/(-]\s{0,4})~(?:and )?",
        (
            r"not (?:intended )?for (?:\w{2,10} )?(?:re-?~?distribution|resale|publication"
            r"|public release|release outside)\b"
        ),
    ),
    # For whom.
    (
        _GROUP_WORDS,
        r"(?:^|[.\n/]\s{0,4})~",
        rf"{GROUP} only\b(?! (?:see|get|need|have|use|call|read))",
    ),
)
"""(words that gate it, what has to stand before it, the refusal that begins there)"""
_NARROWING_ROWS: Final[tuple[_Row, ...]] = (
    # What is done with it: service, money, products.
    (
        "service saas",
        (
            r"\b(?:host|offer|provid|sell|run)\w{0,4}\b[^.\x00]{0,80}?\bas an? (?:hosted |managed "
            r"|paid )*"
            r"service\b|\bhosted (?:or|and) managed service\b|\bsaas (?:use|usage|offerings?"
            r"|providers?)\b"
        ),
    ),
    ("pay", r"\b(?:must|have to|has to|needs? to|shall) pay\b|\bpay (?:us|me|the authors?)\b"),
    ("paid commerc", r"\b(?:needs?|requires?|buy|obtain) an? (?:paid|commercial) ~licen[cs]es?\b"),
    (
        "only",
        (
            r"\b(?:used?|run|licensed|permitted|allowed|work"
            r"|available)\b[^.\x00]{0,30}?\bonly (?:with|on|in) [^.\x00]{2,40}?\b"
            r"(?:chips?|devices?|hardware|processors?|products?|microcontrollers?|silicon|boards?"
            r"|printers?|gpus?)\b"
        ),
    ),
    # How long it is given, and what it does not cover.
    (
        "end expire lapse revoked withdrawn void valid",
        (
            r"\b(?:permission|licen[cs]e|grant|rights?)\b(?: \w{2,12}){0,3} (?:ends?|expires?"
            r"|lapses?"
            r"|is revoked|are revoked|is withdrawn|is void)\b"
            r"|\bvalid (?:only )?(?:until|till|through|for \d{1,4} (?:days|months|years))\b"
            r"|\brevoked for\b"
        ),
    ),
    (
        "grant permission licen",
        (
            r"\bnot (?:covered|included|permitted|allowed|granted) (?:by|in|under) th(?:is"
            r"|e) (?:grant|permission|licen[cs]e)\b"
        ),
    ),
    (
        "forbidden prohibited allowed permitted excluded",
        (
            r"\b(?:removal|removing|disabling|resale|use|hosting|deployment"
            r"|redistribution)\b[^.\x00]{0,80}?\bis "
            r"(?:strictly |expressly |explicitly )?(?:forbidden|prohibited|not allowed"
            r"|not permitted"
            r"|excluded)\b"
        ),
    ),
    (
        "require need",
        (
            r"\brequires? (?:our |my |prior |written |a written |a separate )+(?:permission|consent"
            r"|agreement|licen[cs]e)\b"
            r"|\b(?:use|uses|usage|commercial use) (?:requires?|needs?) (?:\w{2,10} )?(?:permission"
            r"|consent|agreement)\b"
        ),
    ),
    (
        "contract permission agreement consent",
        r"\bneeds? (?:a |an |our |written |a written )*(?:contract|permission|agreement|consent)\b",
    ),
    (
        "foreseen intended",
        (
            r"\b(?:redistribution|distribution|use|copying)\b[^.\x00]{0,60}?\bis not (?:foreseen"
            r"|intended)\b"
        ),
    ),
    (
        "solely exclusively only",
        r"\b(?:may|must|shall)\b[^.\x00]{0,20}?\b(?:only|solely|exclusively) (?:on|with|by|at)\b",
    ),
    (
        "internal",
        (
            r"\b(?:company|strictly|group) internal\b"
            r"|(?:^|\n)[^\n.]{0,60}\binternal(?:\.(?=\s|$)|[ \t]*\n)"
        ),
    ),
    (
        "ask network internal compet",
        (
            r"\bask (?:us |me |the author )?(?:before|first)\b"
            r"|\b(?:leaving|leave|taken out of|outside) the (?:company|corporate"
            r"|internal) network\b"
            r"|\binternal (?:fork|copy|build)\b|\bcompetitors?\b"
            r"|\binternal to [^.\n\x00]{2,30}\.?\s{0,9}\n"
        ),
    ),
    ("apply extend", rf"\bdoes not (?:apply|extend) to {_THIS}\b"),
)
"""What an open license never adds: beside one it is plain no longer."""
_Gates = tuple[str, ...]
_Compiled = tuple[tuple[_Gates, Expression], ...]


def _compiled(rows: tuple[_Row, ...]) -> _Compiled:
    return tuple((tuple(gates.split()), Expression(phrase(pattern))) for gates, pattern in rows)


_REFUSAL: Final = _compiled(_REFUSAL_ROWS)
_LED: Final[tuple[tuple[_Gates, re.Pattern[str], Expression], ...]] = tuple(
    (tuple(gates.split()), re.compile(phrase(rf"(?:{lead})\Z")), Expression(phrase(pattern)))
    for gates, lead, pattern in _LED_ROWS
)
_LEAD_REACH: Final = 160
"""More characters than a lead may have."""
_NARROWING: Final = _compiled(_NARROWING_ROWS)
_REFUSAL_STARTS: Final = tuple(pattern for _gates, pattern in _REFUSAL)
_NARROWING_STARTS: Final = tuple(pattern for _gates, pattern in _NARROWING)
_MAX: Final = 20


def find_refusals(folded: str) -> list[Evidence]:
    """Return restrictions that hold by themselves in a comment or in prose."""
    matches = _matches(_REFUSAL, _REFUSAL_STARTS, folded)
    found = [_sign(match.span(), RESTRICTION) for match in matches]
    for gates, lead, pattern in _LED:
        if any(gate in folded for gate in gates):
            found += [_sign(span, RESTRICTION) for span in _led(lead, pattern, folded)][:_MAX]
    return found


def find_narrowing(
    folded: str, granted: Sequence[Evidence], texts: Sequence[tuple[int, int]]
) -> list[Evidence]:
    """Return doubt about permissive grants beside which somebody takes something back.

    `texts` are the spans that known texts hold themselves: their own words add nothing.
    """
    if not granted:
        return []
    return [
        _sign(match.span(), UNKNOWN)
        for match in _matches(_NARROWING, _NARROWING_STARTS, folded)
        if not any(start <= match.start() and match.end() <= end for start, end in texts)
    ]


def _matches(
    rows: _Compiled, starts: tuple[Expression, ...], folded: str
) -> Iterator[re.Match[str]]:
    """Yield the first matches of each row that may begin and of which a gate word is there."""
    for number in possible(starts, folded):
        gates, pattern = rows[number]
        if any(gate in folded for gate in gates):
            for match, _ in zip(pattern.finditer(folded), range(_MAX), strict=False):
                yield match


def _led(lead: re.Pattern[str], pattern: Expression, folded: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of matches with the lead that has to stand before each.

    A lead may be the start of the text or any line, so the words behind it are looked for first.
    """
    position = end = 0
    while match := pattern.search(folded, position):
        start = match.start()
        led = lead.search(folded, max(end, start - _LEAD_REACH), start)
        position = match.end() if led else start + 1
        if led:
            end = match.end()
            yield led.start(), end


def _sign(span: tuple[int, int], spdx: str) -> Evidence:
    kind = Kind.RESTRICTION if spdx == RESTRICTION else Kind.NOTICE
    return Evidence(start=span[0], end=span[1], kind=kind, spdx=spdx, score=0.9)
