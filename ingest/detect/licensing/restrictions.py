"""Words that take back what a license gives: the residue that no template covers.

Permissive texts hold none of these phrases, apart from the sentences in `_INNOCENT`. They are
looked for in notices and license texts alone, never in plain code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.detect.licensing.evidence import NO_TRAINING, RESTRICTION, UNKNOWN, Evidence
from ingest.detect.licensing.limits import LIMITED_PURPOSE, REFUSED
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression
from ingest.detect.licensing.plain_limits import find_plain_limits
from ingest.detect.licensing.residue import (
    MAX_SIGNS,
    SOFT_SCORE,
    added_terms,
    adjacent,
    bounded,
    outside_terms,
    sign_of,
    touches,
)
from ingest.detect.licensing.texts import Texts, is_within

_TRAINING = Expression(
    phrase(
        r"\b(?:pre-?~?)?train(?:ing|ed|s)?\b|\bfine-?~?tun\w{1,4}\b|\bdata mining\b|\bno-?~?ai\b"
        r"|\b(?:includ(?:e|ed|ing) in|us(?:e|ed|ing) (?:for|in|by|with|as|to)|inputs? (?:to"
        r"|for|of|into)"
        r"|fed|ingest\w{0,4})[^\x00]{0,50}?\b(?:language models?|machine learning"
        r"|artificial intelligence"
        r"|ai|neural networks?|llms?|generative)\b"
        r"|\bdata ?~?sets? for[^\x00]{0,30}?\bmodels?\b"
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
_HARD = Expression(
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
        r"|\bused for (?:\w{1,12} )?(?:research|evaluation|academic) purposes?\b"
        r"|\bcommons clause\b|\bright to sell\b|\bfor good~ not evil\b"
    )
)
"""What no permissive license says, wherever it stands."""
_PURPOSE = Expression(
    phrase(
        r"\bnon-? ?commercial(?:ly)? (?:use|usage|purposes?|only|basis|applications?|projects?)"
        r"|\bnot (?:to )?(?:be )?used (?:for|in) (?:any )?commercial (?:use|purposes?|products?)"
        r"|\b(?:evaluation|academic|educational|personal|internal)(?: or [\w-]{1,16})? (?:use "
        r"|purposes? )?only\b"
        r"|\bnot (?:to )?be sold\b|\bno commercial use\b"
        r"|\bused for (?:\w{1,12} )?(?:research|evaluation|academic) purposes?\b"
        r"|\b(?:not|never) (?:to )?be (?:disclosed|redistributed|distributed|shared)\b"
    )
)
"""What limits the use of a file though no legal word stands beside it."""
_NOT_USED = Expression(phrase(r"\b(?:may|must|shall)(?: not|not) be (?:used|included)\b"))
_SOFT = Expression(
    phrase(
        r"\bcan(?: not|not) be used (?:to|for|in|by)\b"
        r"|\bcan(?: not|not) be (?:sold|resold|redistributed|distributed|disclosed|licensed)\b"
        r"|\b(?:(?:may|must|shall)(?: not|not)|(?:is|are) not to) (?:be )?(?:used|copied|modified"
        r"|sold|redistributed|distributed|disclosed|reproduced|shared|published|licensed"
        r"|made available)\b"
        r"|\b(?:may|must|shall|can)(?: not|not) (?:use|copy|modify|sell|redistribute|distribute"
        r"|disclose|reproduce|share|publish|sublicense|host)\b"
        r"|\b(?:redistribution|distribution|copying|modification|use|reproduction|resale)"
        r"[^\x00]{0,100}?\b(?:is|are) (?:strictly |expressly )?"
        r"(?:prohibited|forbidden|not (?:allowed|permitted))"
        r"|\bdo not (?:distribute|redistribute|copy|share|disclose|publish)\b"
        r"|\b(?:military|weapons?|nuclear facilit\w{1,3}|warfare)\b"
        r"|\bconfidential\b|\btrade secrets?\b"
    )
)
"""What permissive licenses say too, in some sentence of theirs: counts beside their texts."""
_COMMERCIAL_TOO = Expression(
    phrase(
        r"commercial(?:ly)?~(?:and|or|and/or|/|as well as)~non-? ?commercial(?:ly)?"
        r"|non-? ?commercial(?:ly)?~(?:and|or|and/or|/|as well as)~commercial(?:ly)?"
    )
)
_INNOCENT = Expression(
    phrase(
        r"not (?:copy or )?use[^\x00]{0,90}? except in(?: \w{1,12})? compliance"
        r"|not (?:be )?used?(?: in advertising| to endorse| to promote| or to endorse)"
        r"|(?:names?|trademarks?|logos?)[^\x00]{0,200}?not be used"
        r"(?:[^\x00]{0,80}?(?:endorse|advertis|promote|publicity)"
        r"(?:[^.\x00]{0,200}?\bwritten \w{7,13})?)?"
        r"|not be used[^\x00]{0,80}?(?:endorse|advertis|promote|publicity)"
        r"(?:[^.\x00]{0,200}?\bwritten \w{7,13})?"
        r"|(?:must|may|shall)(?: not|not) (?:be )?(?:misrepresented|removed|altered|deleted"
        r"|modified or removed)"
        r"|(?:may|can|must)(?: not|not) be (?:used )?copied[^\x00]{0,60}?(?:without this notice|"
        r" except )"
        r"|(?:users?|you) must comply (?:to|with) (?:its|their) licen[cs]es?\b"
        # The summary of a Creative Commons license.
        r"|cannot revoke these freedoms|must give appropriate credit"
        r"|may not apply legal terms or technological measures|may not give you all of the"
        r" permissions"
        r"|\b(?:notices?|headers?|copyrights?|disclaimers?|comments?|statements?|credits?)\b"
        r"[^.\x00]{0,60}?\b(?:must|may|shall|can|should)(?: not|not) be (?:modified|changed"
        r"|altered)"
    )
)
_MARGIN: Final = 8
_MANY: Final = 3
_WHOLE_TEXT: Final = 400
"""Bytes of a license text; beside a shorter notice stands what the file is about."""
HARD_SCORE: Final = 1.0
"""Score of what no open license says: limits of purpose and of training."""
_SUBJECT = re.compile(
    phrase(
        r"\b(?:software|code|file|document|program|package|material|source|copy|copies|work|product"
        r"|licen[cs]ed?|company|confidential|proprietary|inc\.?|corp\.?|corporation|ltd\.?|gmbh|llc"
        r"|distribut\w{1,4}|intended solely)\b"
    )
)
"""What people put under "internal use only", unlike functions."""
_MARK = re.compile(r"\b(?:copyright|confidential|proprietary|distribut\w{1,4})\b")
_INTERNAL: Final = "internal"
_HEAD_BYTES: Final = 400
_OPENING: Final = 250
"""Bytes at the start of a text where people tell whose it is, before the grant."""


def find_restrictions(
    folded: str,
    texts: Texts,
    *,
    permissive: Sequence[tuple[int, int]],
    strict: Sequence[tuple[int, int]],
    is_license_file: bool,
) -> list[Evidence]:
    """Return signs of restriction in folded text, those against training among them.

    `permissive` and `strict` are spans of matched license texts. A strict text has its own
    category and is not searched. In a permissive one the words that the known text holds too say
    nothing new. Where only the template engine saw the text, soft words are the text's own except
    at its start: a span may begin at the copyright line, with anything up to 50 words between.
    """
    loose = [span for span in permissive if not any(_meets(span, known) for known in texts.own)]
    own = [(start + _HEAD_BYTES, end) for start, end in loose]
    innocent = [match.span() for match in _INNOCENT.finditer(folded)]
    free = [match.span() for match in _COMMERCIAL_TOO.finditer(folded)]
    found = _training_signs(folded)
    found += [
        sign_of(m, RESTRICTION)
        for m in (
            *bounded(_HARD, folded),
            *bounded(LIMITED_PURPOSE, folded),
            *find_plain_limits(folded),
        )
        if not touches(m, free) and (is_license_file or _has_subject(m, folded))
    ]
    soft = [
        replace(sign_of(match, RESTRICTION), score=SOFT_SCORE)
        for match in (*bounded(_SOFT, folded), *bounded(REFUSED, folded))
        # A match that only begins in the text reaches into what was added to it.
        if not touches(match, innocent) and not _lies_in(match, own)
    ]
    if is_license_file and not permissive and len(soft) < _MANY:
        # Nearly every license says once or twice what one may not do: nobody knows this one.
        soft = [replace(sign, spdx=UNKNOWN) for sign in soft]
    found = [sign for sign in (*found, *soft) if not _is_known(sign, texts)]
    heads = [(a, b) for a, b in texts.added if _opens(a, permissive)]
    found += added_terms(folded, heads, is_inside=False)
    inside = [span for span in texts.added if span not in heads]
    found += added_terms(folded, inside, is_inside=True)
    found += added_terms(folded, adjacent(folded, permissive), is_inside=False)
    if (
        permissive
        and not strict
        and (is_license_file or any(b - a >= _WHOLE_TEXT for a, b in permissive))
    ):
        found += outside_terms(folded, permissive, innocent, is_code=not is_license_file)
    return sorted(s for s in found if not any(a <= s.start < b for a, b in strict))[:MAX_SIGNS]


def find_purposes(folded: str) -> list[Evidence]:
    """Return limits of purpose in a comment that has no other legal word."""
    free = [match.span() for match in _COMMERCIAL_TOO.finditer(folded)]
    found = [
        sign_of(m, RESTRICTION)
        for m in (*bounded(_PURPOSE, folded), *find_plain_limits(folded))
        if not touches(m, free) and _has_subject(m, folded)
    ]
    # Code is about training too; only what forbids a use is a term.
    return sorted([*found, *(_training_signs(folded) if _NOT_USED.search(folded) else [])])


def _is_known(sign: Evidence, texts: Texts) -> bool:
    """Tell whether the words stand so in a known text, with some words to either side."""
    return is_within(sign.start - _MARGIN, sign.end + _MARGIN, texts.own)


def _meets(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def _training_signs(folded: str) -> list[Evidence]:
    """Return words of training of models that stand near words of refusal."""
    found = []
    for match in bounded(_TRAINING, folded):
        before = folded[max(0, match.start() - _REACH) : match.start()]
        after = folded[match.end() : match.end() + _REACH]
        about_models = _MODEL.search(match[0] + after) or _MODEL.search(before[-_REACH // 2 :])
        if about_models and (_NOT.search(before + match[0]) or _FORBIDDEN.search(after)):
            found.append(sign_of(match, NO_TRAINING))
    return found


def _has_subject(match: re.Match[str], folded: str) -> bool:
    """Tell whether an "internal use only" speaks of a work; functions are for that too."""
    before = folded[max(0, match.start() - _REACH // 2) : match.start()]
    after = folded[match.end() : match.end() + _REACH // 2]
    is_marked = _SUBJECT.search(before) or _MARK.search(after)
    return _INTERNAL not in match[0] or bool(is_marked)


def _opens(position: int, texts: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a place lies at the start of a whole text, before its grant."""
    return any(
        0 <= position - start < _OPENING and end - start >= _WHOLE_TEXT for start, end in texts
    )


def _lies_in(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)
