"""Short notices: names in words, stated choices, references, and notices nobody can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Choice, Evidence, Kind
from ingest.detect.licensing.names import find_names, phrase

_CHOICE = re.compile(
    phrase(
        r"\bdual[ -]licen[cs]ed (?:under|as|with)\b(?=[^\x00]{1,200}?\bor\b)"
        r"|\b(?:licen[cs]ed|available|released|distributed|used|redistributed) under"
        r" (?:the )?(?:terms of )?either\b"
        r"|\bunder (?:the )?(?:terms of )?either (?:of )?"
        r"|\byou (?:may|can) choose (?:either|between)\b"
    )
)
"""Words that open a choice between the licenses which follow in the sentence."""
_ALTERNATIVE = re.compile(phrase(r"\balternatively (?:this|you|the|it|these)\b"))
"""Sets what follows against the license before it."""
_OPTION = re.compile(phrase(r"\bat your (?:option|choice|discretion)\b(?!\)?~any)"))
"""Closes a choice. "At your option any later version" is none: it chooses a version, and the
license id holds that already."""
_OR = re.compile(r"\bor\b")
_SENTENCE_END = re.compile(r"\.\s")
_SENTENCE: Final = 400
_BEFORE: Final = 4000
_UNREAD = re.compile(
    phrase(
        r"\b(?:is|are|be|file|code|software|program|library|work|module|rights? reserved|package) "
        r"(?:\w{1,20} )?licen[cs]ed (?:\w{1,20} )?(?:under|to you|for use)\b"
        r"|\b(?:under|to) the (?:terms|conditions) (?:and conditions )?of (?:the|a|an|this)\b"
        r"|\bsubject to (?:the )?(?:terms|license|licence|following)\b"
        r"|\bgoverned by (?:the|a|an)\b"
        r"|\byour (?:use|rights?)[^\x00]{0,60}\bagreement\b"
    )
)
_REFERENCE = re.compile(
    phrase(
        r"\b(?:see|in|read|found|accompanying|included|refer to|at|check|by)\b[^\x00]{0,60}?"
        r"\b(?:copying\b|licen[cs]es?(?:\.\w{2,8}| file|(?: in| at) the (?:root|top|project"
        r"|source|repository)| for (?:details|more|licen|terms|the)| included| distributed| that))"
    )
)
_RESERVED = re.compile(phrase(r"\ball rights? (?:are )?reserved\b"))
_REACH: Final = 320
_BACK: Final = 160
_LICENSE_REACH: Final = 120
_MAX_NAMES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What the words of one region say."""

    named: tuple[Evidence, ...]
    choices: tuple[Choice, ...]
    reserved: tuple[Evidence, ...]
    """"All rights reserved": counts only in a file that grants nothing."""
    unread: tuple[Evidence, ...]
    """Says that a license holds, in words that no rule reads."""


def read_notices(folded: str, texts: tuple[Evidence, ...], algebra: LicenseAlgebra) -> Notices:
    """Return the short notices of a region in folded text, spans relative to it.

    Names inside a matched text are part of that text (the MPL names the GPL without being it).
    """
    named = tuple(
        Evidence(
            start=name.start,
            end=name.end,
            kind=Kind.NOTICE,
            spdx=algebra.read(name.spdx).expression,
            score=name.score,
        )
        for name in find_names(folded)[:_MAX_NAMES]
        if not _is_inside(name.start, texts)
    )
    reserved = tuple(
        Evidence(start=m.start(), end=m.end(), kind=Kind.NOTICE, spdx=PROPRIETARY, score=0.5)
        for m in _RESERVED.finditer(folded)
    )[:1]
    return Notices(
        named=named,
        choices=tuple(_choices(folded)),
        reserved=reserved,
        unread=tuple(_unread(folded, (*texts, *named))),
    )


def _choices(folded: str) -> Iterator[Choice]:
    """Yield the sentences that state a choice.

    A license in another sentence is no part of it: that would free code which is only bundled.
    """
    alternatives = [
        (match.start(), _sentence_end(folded, match.end()))
        for match in _ALTERNATIVE.finditer(folded)
    ]
    for start, end in alternatives:
        yield Choice(start=start, end=end, floor=max(0, start - _BEFORE))
    for match in _CHOICE.finditer(folded):
        # "Alternatively … under either" is one choice, of which "either" is the shorter part.
        if not any(start <= match.start() < end for start, end in alternatives):
            end = _sentence_end(folded, match.end())
            yield Choice(start=match.start(), end=end, floor=match.start())
    for match in _OPTION.finditer(folded):
        low = max(0, match.start() - _SENTENCE)
        ends = [m.end() for m in _SENTENCE_END.finditer(folded, low, match.start())]
        start = ends[-1] if ends else low
        if _OR.search(folded, start, match.start()):
            yield Choice(start=start, end=match.end(), floor=start)


def _sentence_end(folded: str, start: int) -> int:
    stop = min(len(folded), start + _SENTENCE)
    found = _SENTENCE_END.search(folded, start, stop)
    return found.start() if found else stop


def points_elsewhere(folded: str) -> bool:
    """Tell whether a text refers to the file that holds the license."""
    return bool(_REFERENCE.search(folded))


def _unread(folded: str, known: tuple[Evidence, ...]) -> list[Evidence]:
    """Return statements of license that stand near no license name and point at no file."""
    found = []
    for match in _UNREAD.finditer(folded):
        low, high = match.start() - _BACK, match.end() + _REACH
        if any(sign.start < high and low < sign.end for sign in known):
            continue
        after = folded[match.start() : match.end() + _LICENSE_REACH]
        if "licen" not in after and "agreement" not in after:
            continue
        if _REFERENCE.search(folded[match.start() : high]):
            continue
        found.append(
            Evidence(
                start=match.start(), end=match.end(), kind=Kind.NOTICE, spdx=UNKNOWN, score=0.5
            )
        )
    return found[:5]


def _is_inside(position: int, texts: tuple[Evidence, ...]) -> bool:
    return any(sign.start <= position < sign.end for sign in texts)
