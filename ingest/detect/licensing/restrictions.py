"""Words that take back what a license gives: the residue that no template covers.

Permissive texts hold none of these phrases, apart from the sentences in `_INNOCENT`. They are
looked for in notices and license texts alone, never in plain code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ingest.detect.licensing.evidence import NO_TRAINING, RESTRICTION, Evidence, Kind
from ingest.detect.licensing.names import phrase

_TRAINING = re.compile(
    phrase(
        r"\b(?:pre-?~?)?train(?:ing|ed|s)?\b|\bfine-?~?tun\w{1,4}\b|\bdata mining\b|\bno-?~?ai\b"
    )
)
_NOT = re.compile(
    phrase(
        r"\b(?:not|never|no|without|cannot|prohibit\w{0,5}|forbid\w{0,5}|disallow\w{0,3}"
        r"|exclud\w{0,3}|restrict\w{0,4}|opt(?:s|ed)?[ -]out|other than|reserv\w{1,3})\b"
    )
)
_FORBIDDEN = re.compile(
    phrase(
        r"\b(?:prohibited|forbidden|not (?:be )?(?:allowed|permitted|granted)|requires?|reserved"
        r"|only with)\b"
    )
)
_MODEL = re.compile(
    phrase(
        r"\ba\.?i\b|\bmachine[ -]learning\b|\bml\b|\bartificial intelligence\b"
        r"|\blanguage models?\b|\bllms?\b|\bneural networks?\b|\bgenerative\b|\bmodels?\b"
        r"|\balgorithms?\b|\bdata ?sets?\b|\bcorp(?:us|ora)\b|\bdata mining\b|\bno-?~?ai\b"
    )
)
_REACH: Final = 160
_HARD = re.compile(
    phrase(
        r"\bnon-? ?commercial(?:ly)?\b"
        r"|\bnot (?:be used |to be used |for |permitted for |allowed for |used )?(?:for )?(?:any )?"
        r"commercial (?:use|purposes?|gain|advantage)"
        r"|\bcommercial (?:use|usage|distribution|redistribution)[^\x00]{0,60}?"
        r"\b(?:prohibited|forbidden|not (?:allowed|permitted)|requires?|only with|need)"
        r"|\bfor (?:personal|academic|research|educational|evaluation|testing|internal)"
        r"(?:~(?:and|or|/)~(?:personal|academic|research|educational|evaluation|testing))?"
        r" (?:use|purposes?) only\b"
        r"|\b(?:evaluation|research|academic|personal|internal) (?:use )?only\b"
        r"|\bcommons clause\b|\bright to sell\b|\bfor good~ not evil\b"
    )
)
"""What no permissive license says, wherever it stands."""
_SOFT = re.compile(
    phrase(
        r"\b(?:may|must|shall|can|is|are)(?: not|not) (?:to )?(?:be )?(?:used|copied|modified"
        r"|sold|redistributed|distributed|disclosed|reproduced|shared|published|licensed"
        r"|made available)\b"
        r"|\b(?:may|must|shall|can)(?: not|not) (?:use|copy|modify|sell|redistribute|distribute"
        r"|disclose|reproduce|share|publish|sublicense|host)\b"
        r"|\b(?:redistribution|distribution|copying|modification|use|reproduction|resale)"
        r"[^\x00]{0,60}?\b(?:is|are) (?:strictly |expressly )?"
        r"(?:prohibited|forbidden|not (?:allowed|permitted))"
        r"|\bdo not (?:distribute|redistribute|copy|share|disclose|publish)\b"
        r"|\b(?:military|weapons?|nuclear facilit\w{1,3}|warfare)\b"
        r"|\bconfidential\b|\btrade secrets?\b"
    )
)
"""What permissive licenses say too, in some sentence of theirs: counts beside their texts."""
_COMMERCIAL_TOO = re.compile(
    phrase(
        r"commercial(?:ly)?~(?:and|or|and/or|/|as well as)~non-? ?commercial(?:ly)?"
        r"|non-? ?commercial(?:ly)?~(?:and|or|and/or|/|as well as)~commercial(?:ly)?"
    )
)
_INNOCENT = re.compile(
    phrase(
        r"not use[^\x00]{0,60}? except in compliance"
        r"|not (?:be )?used?(?: in advertising| to endorse| to promote| or to endorse)"
        r"|(?:names?|trademarks?|logos?)[^\x00]{0,200}?not be used"
        r"|not be used[^\x00]{0,80}?(?:endorse|advertis|promote|publicity)"
        r"|(?:must|may|shall)(?: not|not) (?:be )?(?:misrepresented|removed|altered|deleted"
        r"|modified or removed)"
        r"|(?:may|can|must)(?: not|not) be copied[^\x00]{0,60}?(?:without this notice| except )"
    )
)
_HEAD_BYTES: Final = 400
_MAX_SIGNS: Final = 100


def find_restrictions(
    folded: str, permissive: Sequence[tuple[int, int]], strict: Sequence[tuple[int, int]]
) -> list[Evidence]:
    """Return signs of restriction in folded text, those against training among them.

    `permissive` and `strict` are spans of matched license texts. A strict text has its own
    category and is not searched. In a permissive one soft words are the text's own, except at
    its start: the template engine lets a span begin at the copyright line, with anything up to
    50 words between that line and the text.
    """
    own = [(start + _HEAD_BYTES, end) for start, end in permissive]
    innocent = [match.span() for match in _INNOCENT.finditer(folded)]
    free = [match.span() for match in _COMMERCIAL_TOO.finditer(folded)]
    found = _training_signs(folded)
    found += [_sign(m, RESTRICTION) for m in _bounded(_HARD, folded) if not _touches(m, free)]
    found += [
        _sign(match, RESTRICTION)
        for match in _bounded(_SOFT, folded)
        # A match that only begins in the text reaches into what was added to it.
        if not _touches(match, innocent) and not _lies_in(match, own)
    ]
    return sorted(s for s in found if not any(a <= s.start < b for a, b in strict))[:_MAX_SIGNS]


def _training_signs(folded: str) -> list[Evidence]:
    """Return words of training of models that stand near words of refusal."""
    found = []
    for match in _bounded(_TRAINING, folded):
        before = folded[max(0, match.start() - _REACH) : match.start()]
        after = folded[match.end() : match.end() + _REACH]
        about_models = _MODEL.search(match[0] + after) or _MODEL.search(before[-_REACH // 2 :])
        if about_models and (_NOT.search(before + match[0]) or _FORBIDDEN.search(after)):
            found.append(_sign(match, NO_TRAINING))
    return found


def _touches(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(match.start() < end and start < match.end() for start, end in spans)


def _lies_in(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)


def _bounded(pattern: re.Pattern[str], folded: str) -> list[re.Match[str]]:
    return [match for match, _ in zip(pattern.finditer(folded), range(_MAX_SIGNS), strict=False)]


def _sign(match: re.Match[str], spdx: str) -> Evidence:
    return Evidence(
        start=match.start(), end=match.end(), kind=Kind.RESTRICTION, spdx=spdx, score=1.0
    )
