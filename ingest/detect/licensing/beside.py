"""What the words around the signs of one region make of them.

Rules that look at a sentence, a quote or a neighbour after names and texts are known: a qualified
name is unknown, a value of the code is a mention, a refusal beside a grant governs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.borrowed import find_alone, find_anything, find_borrowed
from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.languages import read_foreign
from ingest.detect.licensing.mentions import (
    is_change_log,
    is_listed,
    is_option,
    is_quoted,
    is_talk,
    is_value,
)
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.notices import Notices
from ingest.detect.licensing.qualifiers import is_qualified, qualified_bare_names
from ingest.detect.licensing.refusals import find_narrowing, find_refusals
from ingest.detect.licensing.regions import Shape
from ingest.detect.licensing.remarks import find_remarks
from ingest.detect.licensing.texts import Texts, is_within

_CC: Final = re.compile(r"[ /(-]{0,4}v?(\d\.\d)(?!\d)")
_PLATFORMS: Final = frozenset({"Python-2.0", "PHP-3.01", "Ruby", "PostgreSQL"})
"""Licenses that are called by a platform's name: "under Python 3" is no license."""
_COPYLEFT: Final = frozenset({"weak_copyleft", "copyleft"})
_SALE = re.compile(phrase(r"\b(?:buy|purchase\w?|commercial|pay|paid|sold)\b"))
_BACK: Final = 80
_UNDER = re.compile(
    phrase(r"\b(?:licensed|released|distributed|available|covered) (?:\w{2,9} )?under\b")
)
_ORDINARY = re.compile(
    phrase(
        r"\bconfidential (?:computing|vms?|transport|clients?|containers?|transactions?|mode"
        r"|workloads?|nodes?|identifiers?|terms?|words?|names?|findings?|detectors?|famil(?:y|ies)"
        r"|fields?|flags?|scores?|records?|values?|issues?|labels?|class\w*|columns?|cells?)\b"
        r"|\b(?:tokens?|passwords?|secrets?|keys?|credentials?|values?|objects?|instances?"
        r"|buffers?|locks?"
        r"|connections?|sessions?|threads?|state|handles?|pointers?|contexts?|events?|messages?"
        r"|requests?"
        r"|variables?|clients?|cursors?|caches?|ids?)(?: \w{2,9})? (?:must|may|should|can"
        r"|shall)(?: not|not) (?:be )?"
        r"(?:shared|distributed|disclosed|copied|modified|used|published)"
        r"|\b(?:your|their|user|patient|customer|client|personal)(?: \w{2,14}){0,3}"
        r" (?:is|are|remains?|will be|stays?) (?:kept )?(?:strictly |highly |completely"
        r" )?confidential\b"
        r"|\bpermission is (?:granted|given) (?:when|if|to (?:the )?(?:user|process|caller|role"
        r"|group)|by (?:the )?(?:user|admin\w*))\b"
    )
)
"""Sentences about what code does, in the words of notices."""
_HEADING = re.compile(
    r"(?:^|\n)[ \t]{0,6}licen[cs]e(?: and use)?[ \t:]{0,4}\n\s{0,20}"
    r"(?:this (?:project|repository) is )?(?:private|proprietary|unlicensed|closed|internal)\b"
)
"""A section of a manual that says in one word that nothing is given."""
_COMMENTS: Final = (b'"', b"<")
"""What a comment of Vim and an element of markup begin with: lines that people write prose in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region: its bytes, the folded text of the same length, and its shape."""

    piece: bytes
    folded: str
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Signs of a region after what stands beside them was read."""

    notices: Notices
    restrictions: tuple[Evidence, ...]
    """Hold by themselves, however far from a notice."""


def read_beside(place: Place, known: Texts, notices: Notices, algebra: LicenseAlgebra) -> Beside:
    """Return the notices as the words around them have it, and the refusals of the region."""
    piece, folded, shape = place.piece, place.folded, place.shape
    foreign = read_foreign(piece, algebra)
    inside = tuple(sorted((s.start, s.end) for s in known.found))
    named = [_read_name(place, sign, algebra) for sign in notices.named]
    if shape is Shape.LINE and piece.lstrip()[:1] not in _COMMENTS:
        unread = [s for s in notices.unread if not is_value(piece, s.start)]
        return Beside(
            notices=replace(
                notices, named=tuple(named), unread=tuple(unread), reserved=_kept(piece, notices)
            ),
            restrictions=(),
        )
    # The name in English reads no "or later" of another language.
    named = [s for s in named if not any(_meets(s, other) for other in foreign.named)]
    short = [*foreign.named, *find_borrowed(folded)]
    if shape is Shape.COMMENT:
        alone = find_alone(folded)
        short += [s for s in alone if not is_listed(piece, folded, s.end - 1)]
    # What a known text says is part of that text.
    named += [s for s in short if not is_within(s.start, s.end, inside)]
    unread = [
        s
        for s in notices.unread
        if not _is_ordinary(folded, s) and not any(_is_told(s, other) for other in foreign.named)
    ]
    unread += [
        Evidence(start=start, end=end, kind=Kind.NOTICE, spdx=UNKNOWN, score=0.6)
        for start, end in qualified_bare_names(folded)
    ]
    if not known.found and not any(s.kind is Kind.NOTICE for s in named):
        unread += foreign.unread
    refusals = _refusals(folded, known, notices, algebra)
    reserved = [s for s in notices.reserved if not is_option(piece, s.start)]
    if shape is Shape.PROSE and "licen" in folded:
        reserved += _kept_sections(folded)
    granted = [
        s
        for s in (*known.found, *named)
        if s.kind in {Kind.TEXT, Kind.NOTICE} and algebra.read(s.spdx).category == "permissive"
    ]
    own = list(known.own) or [(s.start, s.end) for s in known.found]
    unread += find_narrowing(folded, granted, own)
    remarks = list(find_remarks(piece, folded, own)) if granted else []
    if (
        not any(s.kind is Kind.NOTICE for s in (*named, *unread))
        and not known.found
        and not refusals
    ):
        unread += list(find_anything(folded))
    return Beside(
        notices=replace(
            notices,
            named=tuple(named),
            unread=tuple(unread),
            reserved=(*reserved, *foreign.reserved)[:1],
        ),
        restrictions=(*refusals, *remarks, *foreign.restrictions),
    )


def without_ordinary(folded: str, restrictions: list[Evidence]) -> list[Evidence]:
    """Return restrictions without those that are sentences about what code does."""
    return [sign for sign in restrictions if not _is_ordinary(folded, sign)]


def _refusals(
    folded: str, known: Texts, notices: Notices, algebra: LicenseAlgebra
) -> list[Evidence]:
    """Return the refusals of a region that no known text holds itself."""
    refusals = [
        s
        for s in find_refusals(folded)
        if not is_within(s.start, s.end, known.own) and not _is_strict(s, known, algebra)
    ]
    if any(algebra.read(s.spdx).category in _COPYLEFT for s in (*known.found, *notices.named)):
        # Whoever sells another license beside a copyleft one takes nothing back.
        refusals = [s for s in refusals if not _SALE.search(folded, s.start, s.end)]
    return refusals


def _kept_sections(folded: str) -> list[Evidence]:
    return [
        Evidence(start=m.start(), end=m.end(), kind=Kind.NOTICE, spdx=PROPRIETARY, score=0.5)
        for m in _HEADING.finditer(folded)
    ]


def _meets(one: Evidence, other: Evidence) -> bool:
    return one.start < other.end and other.start < one.end


def _is_told(unread: Evidence, named: Evidence) -> bool:
    """Tell whether what nobody read stands where another language names a license."""
    return unread.start < named.end + _BACK and named.start < unread.end + _BACK


def _kept(piece: bytes, notices: Notices) -> tuple[Evidence, ...]:
    return tuple(s for s in notices.reserved if not is_value(piece, s.start))


def _is_ordinary(folded: str, sign: Evidence) -> bool:
    low = max(0, sign.start - 40)
    near = folded[low : sign.end + 40]
    return any(
        m.start() + low < sign.end and sign.start < m.end() + low for m in _ORDINARY.finditer(near)
    )


def _is_strict(sign: Evidence, known: Texts, algebra: LicenseAlgebra) -> bool:
    """Tell whether a sign lies in a text that is not permissive and so has its own category."""
    return any(
        text.start <= sign.start < text.end
        for text in known.found
        if algebra.read(text.spdx).category != "permissive"
    )


def _read_name(place: Place, sign: Evidence, algebra: LicenseAlgebra) -> Evidence:
    """Return a name as what the words around it make of it."""
    folded = place.folded
    if sign.kind is not Kind.NOTICE:
        return sign
    if _is_mention(place, sign):
        return replace(sign, kind=Kind.MENTION)
    is_free = algebra.read(sign.spdx).category == "permissive" and sign.spdx not in _PLATFORMS
    if is_free and is_qualified(folded, sign.start, sign.end):
        return replace(sign, spdx=UNKNOWN)
    version = _CC.match(folded, sign.end) if sign.spdx.startswith("CC-BY") else None
    exact = f"{sign.spdx.rpartition('-')[0]}-{version[1]}" if version else ""
    return replace(sign, spdx=exact) if version and algebra.is_known(exact) else sign


def _is_mention(place: Place, sign: Evidence) -> bool:
    piece, folded, shape = place.piece, place.folded, place.shape
    if shape is Shape.LINE:
        return is_value(piece, sign.start)
    if shape is Shape.TEXT:
        return False
    if is_talk(folded, sign.start, sign.end) or is_quoted(piece, sign.start, sign.end):
        return True
    if is_listed(piece, folded, sign.start):
        return True
    before = folded[max(0, sign.start - 60) : sign.start]
    return shape is Shape.PROSE and is_change_log(folded) and not _UNDER.search(before)
