"""Rights that somebody struck out of a permissive text: what it lists, and what it no longer does.

A text that is like a known one may lack words, which adds nothing that could be read as a term. So
the list of what is given is looked at: without a right that all texts of its kind give, nobody
knows what the file is under. Patterns are in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import phrase

_LISTS: Final = (
    # MIT, X11, ICU
    (
        r"\brights? to ((?:use|copy)\b[^.\x00]{3,200}?) copies of\b",
        "use copy modify distribut sell",
    ),
    # ISC, 0BSD; W3C's gives no use of its own
    (
        (
            r"\bpermission to ((?:use|copy|modify)\b[^.\x00]{0,120}?)"
            r" (?:this|the) software\b[^.\x00]{0,60}? for any\b"
        ),
        "copy modify distribut",
    ),
    # BSD
    (r"((?:redistribution|use)\b[^.\x00]{0,160}?) (?:is|are) permitted\b", "redistribution use"),
    # Apache, section 2
    (
        (
            r"\bcopyright licen[cs]e to ((?:reproduce|prepare|publicly|use)\b[^.\x00]{3,240}?)"
            r" the work\b"
        ),
        "reproduce derivative sublicense distribute",
    ),
)
_RIGHTS: Final = tuple((re.compile(phrase(p)), tuple(w.split())) for p, w in _LISTS)
_UNCHANGED = re.compile(phrase(r"(?<!or\s)\bwithout modifications?\b"))


def struck_rights(
    folded: str, texts: Iterable[Evidence], algebra: LicenseAlgebra
) -> list[Evidence]:
    """Return doubt about permissive texts, changed ones, that give less than their kind does."""
    found = []
    for text in texts:
        is_changed = text.kind is Kind.TEXT and text.score < 1
        if not is_changed or algebra.read(text.spdx).category != "permissive":
            continue
        for pattern, rights in _RIGHTS:
            given = pattern.search(folded, text.start, text.end)
            if given is None:
                continue
            if any(right not in given[1] for right in rights) or _UNCHANGED.search(given[1]):
                found.append(
                    Evidence(
                        start=given.start(1),
                        end=given.end(1),
                        kind=Kind.RESTRICTION,
                        spdx=UNKNOWN,
                        score=0.7,
                    )
                )
    return found
