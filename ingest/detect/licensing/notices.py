"""Short notices: names in words, stated choices, references, and notices nobody can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import find_names, phrase

_CHOICE = re.compile(
    phrase(
        r"\bdual[ -]licen[cs]ed (?:under|as|with)\b(?=[^\x00]{1,200}?\bor\b)"
        r"|\b(?:licen[cs]ed|available|released|distributed|used|redistributed) under"
        r" (?:the )?(?:terms of )?either\b"
        r"|\bunder (?:the )?(?:terms of )?either (?:of )?"
        r"|\bat your (?:option|choice|discretion) (?:under )?(?:either|the|any of|one of)\b"
        r"|\balternatively (?:this|you|the|it|these)\b"
        r"|\byou (?:may|can) choose (?:either|one|between|to)\b"
    )
)
"""Words by which somebody states a choice. "At your option any later version" is none: it chooses
a version, and the license id holds that already."""

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
    choices: tuple[int, ...]
    """Where a choice is stated."""
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
        choices=tuple(m.start() for m in _CHOICE.finditer(folded)),
        reserved=reserved,
        unread=tuple(_unread(folded, (*texts, *named))),
    )


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
