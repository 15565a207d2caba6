"""Remarks beside a permissive name that take back what it gives, in everyday words.

``MIT, but keep it out of your datasets``, ``BSD for humans. Machine learning companies need to
ask``, ``not for use in gambling products``. A grant of everything has no such sentence near it, so
each needs only whom or what it speaks of, and a duty, a price or a refusal. Patterns are in the
notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ingest.detect.licensing.evidence import NO_TRAINING, RESTRICTION, Evidence, Kind
from ingest.detect.licensing.worded import Worded

_SOMEBODY: Final = (
    r"(?:compan(?:y|ies)|business(?:es)?|organi[sz]ations?|corporations?|firms|enterprises?|agenc"
    r"(?:y|ies)|contractors|vendors|manufacturers|start-?~?ups|governments?|institutions|publishers"
    r"|studios|agencies|competitors|crawlers?|scrapers?|professionals|freelancers|(?:every|any)"
    r"(?:one|body) else|all others|(?:all )?other (?:users?|uses|people|parties|projects))"
)
_ASKING: Final = (
    r"(?:ask|contact|write|pay|buy|licen[cs]|permission|register|negotiate|sign|obtain|get|talk"
    r"|apply|request|e-?mail|call|join|sponsor|donate|purchase|agree)"
)
_WORK: Final = (
    r"(?:it|this|them|these|(?:the|this|my|our) (?:\w{2,12} )?(?:code|file|source|software|work"
    r"|library|script|project|module|package))"
)
_MACHINES: Final = (
    r"(?:data ?~?sets?|training (?:data|sets?|corpora|corpus)|corpora|crawlers?|scrapers?"
    r"|language models?|llms?|(?:machine[ -]learning|ai|llm|ml) (?:companies|vendors|labs?"
    r"|crawlers?|bots?|people|firms|trainers?|use|usage|purposes)|code[ -]completion"
    r"|code generators?|generative)"
)

_ROWS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        RESTRICTION,
        (
            "company companies business businesses organization organizations organisation "
            "organisations corporation corporations firms enterprise enterprises agency "
            "agencies contractors vendors manufacturers startup startups government "
            "governments institutions publishers studios competitors crawler crawlers scraper "
            "scrapers professionals freelancers else others other+users other+uses "
            "other+people other+parties other+projects"
        ),
        (
            rf"\b{_SOMEBODY}(?: \w{{2,14}}){{0,2}} (?:needs?(?: to)?|must|ha(?:ve|s) to|should"
            rf"|(?:are|is) (?:kindly )?(?:asked|required|expected) to|please)\b[^.\x00]{{0,24}}?"
            rf"\b{_ASKING}"
            r"|\b(?:every|any)(?:one|body) else (?:writes|asks|pays|needs|buys|contacts|mails)\b"
        ),
    ),
    (
        RESTRICTION,
        "no+rights no+right no+permission no+license no+licence",
        (
            r"\b(?:ha(?:ve|s)|gets?|receives?|with|obtains?) no (?:rights?|permission|licen[cs]e)"
            r"(?=~(?:[.\n]|$)| (?:to|under|in|on|for|at|whatsoever)\b)"
        ),
    ),
    (
        RESTRICTION,
        (
            "product products game games app apps company companies casino casinos gambling "
            "betting advertising industry websites corporation corporations resale customers "
            "clients government governments agency agencies political religious adult crypto "
            "blockchain blockchains nft nfts"
        ),
        (
            r"(?:[.;,\n(:/-]\s{0,4}|\bbut )~(?:but )?(?:not|never) (?:meant |intended |licensed |to"
            r" be |available )?(?:for )?(?:use[ds]?|usage|inclusion|sale|resale)?~(?:in|by|for|as"
            r" part of|within|on) (?:\w{2,14} ){0,2}(?:products?|games?|apps?|compan(?:y"
            r"|ies)|casinos?|gambling|betting|advertising|industry|websites|corporations?|resale"
            r"|customers|clients|governments?|agenc(?:y|ies)|political|religious|adult|crypto\w{0,9}"
            r"|blockchains?|nfts?)\b(?! (?:code|api|side|class|module|library|server|process))"
        ),
    ),
    (
        RESTRICTION,
        "keep",
        (
            rf"\bkeep {_WORK} (?:\w{{2,10}} ){{0,2}}?(?:out of|away from|inside|within|private"
            r"|off|in-house|secret|to yourself|confidential)\b(?! sync)"
        ),
    ),
    (
        RESTRICTION,
        (
            "buy purchase pay ask contact needs requires get+commercial get+client "
            "obtain+commercial obtain+business"
        ),
        (
            r"\b(?:for|in) (?:\w{2,10} )?(?:client|customer|commercial|business|corporate"
            r"|professional|paid|production|enterprise)(?: (?:work|use|usage|projects?|sites?"
            r"|products?|purposes?|settings?|environments?))[^.\x00]{0,30}?\b(?:buy|purchase|get"
            r"|contact|ask|pay|obtain|write to|needs?|requires?)\b"
        ),
    ),
    (
        RESTRICTION,
        "resale reselling selling sale",
        (
            r"\b(?:resale|reselling|re-?~?selling|selling|sale) (?:is |are |of \w{2,12} (?:is )?)?"
            r"(?:forbidden|prohibited|excluded|not (?:allowed|permitted))\b|\bresale forbidden\b"
        ),
    ),
    (
        RESTRICTION,
        "revoked withdrawn terminated longer",
        (
            r"\b(?:licen[cs]e|permission|grant)~[-:(]?~(?:is |was |has been |hereby )?(?:revoked"
            r"|withdrawn|terminated|no longer (?:valid|granted|applies|offered))\b"
        ),
    ),
    (
        RESTRICTION,
        "paid closed proprietary",
        (
            r"\bpaid (?:key|licen[cs]e|version|plan|tier|subscription|support contract)\b"
            r"|\bth(?:is|e) (?:file|code|module|source) is (?:now )?(?:closed|proprietary)\b"
        ),
    ),
    (
        NO_TRAINING,
        (
            "dataset datasets corpus corpora crawler crawlers scraper scrapers llm llms "
            "generative completion generators ai training+data training+set training+sets "
            "data+set data+sets language+model language+models machine+learning"
        ),
        (
            rf"\b(?:not|never|no|without|out of|away from|hands off|except|excluding)"
            rf" (?:\w{{2,12}} ){{0,3}}?{_MACHINES}(?: {_MACHINES})?~(?:$|[.\n])"
            rf"|\b{_MACHINES}\b[^.\x00]{{0,60}}?(?:\bneeds? to ask\b|\bnot {_WORK}\b"
            r"|\bhands off\b|\bkeep out\b|\bstay (?:away|out)\b|\bnot welcome\b|\bask first\b)"
        ),
    ),
)
"""(what it takes back, words as `Worded` has them, what nobody says who gives everything)"""
_REMARKS: Final = Worded([(words, pattern) for _spdx, words, pattern in _ROWS])
_MAX_BYTES: Final = 2000
"""A longer region is a text, whose additions are found by what the known text has not."""


def find_remarks(piece: bytes, folded: str, texts: Sequence[tuple[int, int]]) -> Iterator[Evidence]:
    """Yield remarks of a region in which something permissive is granted.

    `texts` are the spans that known texts hold themselves: their own words add nothing.
    """
    if len(piece) > _MAX_BYTES:
        return
    for row, match in _REMARKS.matches(piece, folded):
        start, end = match.span()
        if not any(low <= start and end <= high for low, high in texts):
            yield Evidence(
                start=start, end=end, kind=Kind.RESTRICTION, spdx=_ROWS[row][0], score=0.8
            )
