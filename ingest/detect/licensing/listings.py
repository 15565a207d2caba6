"""Documents of data that list other things, each with its license: lock files, bills of material.

What an entry of a list of packages is under says nothing of the document that lists it. The
license of the document itself stands at its top, or in an object that describes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from ingest.detect.licensing.evidence import Evidence, Kind

_SUFFIXES: Final = frozenset({"json", "lock", "jsonl", "ndjson", "cdx", "map"})
_REACH: Final = 4096
"""Bytes before a name in which the objects around it open."""
_DEPTH: Final = 4
_KEY = re.compile(rb"\"([^\"\n]{0,120})\"\s{0,20}:\s{0,20}\Z")
_LISTS = re.compile(
    rb"(?:dev|peer|optional|bundled?|prod|direct|transitive|all)?_?-?(?:dependenc(?:y|ies)"
    rb"|packages?|components?|artifacts?|modules|libraries|libs|plugins|extensions|projects"
    rb"|third_?-?part(?:y|ies)|repositories|repos|items|results|rows|entries|crates|gems|wheels"
    rb"|assets|photos|images|fonts|examples|fixtures|cases|tests)",
    re.IGNORECASE,
)
_LICENSES = re.compile(rb"licen[cs]e", re.IGNORECASE)
_PATH = re.compile(rb"[\w.@-]+/[\w@./-]+|@[\w.-]+|[\w.-]+@\d[\w.+-]*|node_modules\S*")
_BRACKETS = re.compile(rb"[\[\]{}]")


def without_listed(signs: Iterable[Evidence], data: bytes, suffix: str) -> list[Evidence]:
    """Return the signs of a document of data; what its lists say of other things is a mention."""
    if suffix not in _SUFFIXES:
        return list(signs)
    return [
        replace(sign, kind=Kind.MENTION)
        if sign.kind is Kind.NOTICE and _is_listed(data, sign.start)
        else sign
        for sign in signs
    ]


def _is_listed(data: bytes, position: int) -> bool:
    """Tell whether one of the objects around a place is an entry of a list of other things.

    Brackets within strings are counted too: they close what they open, or the place is in doubt
    and the name holds.
    """
    low = max(0, position - _REACH)
    closed = 0
    depth = 0
    for bracket in reversed(list(_BRACKETS.finditer(data, low, position))):
        if bracket[0] in b"]}":
            closed += 1
        elif closed:
            closed -= 1
        else:
            key = _KEY.search(data, max(low, bracket.start() - 160), bracket.start())
            name = key[1] if key else b""
            if _LISTS.fullmatch(name) or _PATH.fullmatch(name):
                return True
            # The objects of a list without a name of its own, which is the whole document.
            is_bare = bracket[0] == b"[" and not key and not data[: bracket.start()].strip()
            if is_bare and not _LICENSES.search(name):
                return True
            depth += 1
            if depth == _DEPTH:
                return False
    return False
