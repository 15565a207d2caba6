"""Notices that leave the license to something else: a file beside them, the package, nobody.

``See COPYING`` or ``the same license as this package`` names no license, and a disclaimer of
warranty gives nothing; yet each says that some license holds. What stands above the file answers
it; where nothing does, nobody knows the license.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ingest.detect.licensing.evidence import UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_USE = Expression(
    phrase(
        r"\b(?:see|in|by|refer to|read)\b[^\x00]{0,60}?"
        r"\b(?:copying\b|licen[cs]e(?:\.\w{2,8}| file)\b"
        r"|copyright (?:notice )?in\b)"
    )
)
REFERENCE: Final = Expression(
    phrase(
        r"\b(?:see|in|read|found|accompanying|included|refer to|at|check|by|study|consult|terms of"
        r"|set out in|contained in|view)\b[^\x00]{0,60}?"
        r"\b(?:copying\b|licen[cs]es?(?:\.\w{2,8}| file|(?: in| at) the (?:root|top|project"
        r"|source|repository)| for (?:details|more|licen|terms|the)| included| distributed| that))"
    )
)
"""Points at the file that holds the license."""
SAME: Final = Expression(
    phrase(
        r"\bsame (?:licen[cs]e|terms|licensing terms|conditions)(?: and conditions)? as (?:the "
        r"|this "
        r"|its |that of )*(?:(?:rest|remainder) of|main|parent|package|project|program|software"
        r"|library"
        r"|module|distribution|(?:[\w.+-]{2,30} ){1,4}(?:package|project|program|library|software"
        r"|source|distribution|itself)\b)"
    )
)
"""Leaves the license to the package that the file is part of, whatever that is."""
DISCLAIMER: Final = Expression(
    phrase(
        r"\bwarrant(?:y|ies)\b[^\x00]{0,90}?\b(?:merchantability|fitness)\b"
        r"|\b(?:distributed|provided|supplied|comes?)\b[^.\x00]{0,60}?\b(?:without|with no|with"
        r" absolutely no)(?: any)? warrant(?:y|ies)\b"
    )
)
"""The words of a license's disclaimer: alone they are what is left of a license."""
_DISCLAIMED = Expression(
    phrase(
        r"\bwarrant(?:y|ies)\b[^\x00]{0,90}?\b(?:any kind|express\w{0,2}|non-?~?infringement)\b"
        r"|\b(?:without|no|any|absolutely|disclaims?)(?: all| any| express(?:ed)?| implied| or)*"
        r" warrant(?:y|ies)\b"
        r"|\bno liability\b|\bin no event shall\b"
    )
)
_FREE: Final = Expression(
    phrase(
        r"\b(?:used|released|distributed|licensed|provided|available) (?:to you )?under (?:an? "
        r"|the "
        r"|its )?(?:own |open[ -]source |free |separate )?licen[cs]e\b"
        r"|\bfree for public use\b|\bfull copyright and licen[cs]"
        r"|\bfor (?:terms|conditions) of (?:use|redistribution)\b"
        r"|\b(?:licen[cs]e|licensing|copyright) (?:details|terms|information|conditions) "
        r"|\b(?:information|details) (?:on|about) (?:the )?(?:usage|redistribution|copyright"
        r"|licen[cs])"
        r"|\blicen[cs]e status\b|\bno statement of licen[cs]e\b|\bnot? in the public domain\b"
    )
)


def points_elsewhere(folded: str) -> bool:
    """Tell whether a text refers to the file that holds the license."""
    return _names_files(folded) and bool(REFERENCE.search(folded))


def leaves_the_rest(folded: str) -> bool:
    """Tell whether "all rights reserved" in the text stands beside a license file's name."""
    return _names_files(folded) and bool(_USE.search(folded))


def _names_files(folded: str) -> bool:
    # Most comments hold no such name, and many of the words before one.
    return "licen" in folded or "copy" in folded


def find_references(folded: str) -> Iterator[Evidence]:
    """Yield the first sign that a license holds which the text does not tell."""
    for pattern in (REFERENCE, SAME, _FREE, _DISCLAIMED):
        if match := pattern.search(folded):
            yield Evidence(
                start=match.start(), end=match.end(), kind=Kind.REFERENCE, spdx=UNKNOWN, score=0.5
            )
            return
