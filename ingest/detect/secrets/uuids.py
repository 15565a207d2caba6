"""Random UUIDs: identifiers to some, bearer tokens to others.

Only a name tells the two apart, so every UUID of version 4 (RFC 9562, section 5.4: 122 random
bits) is reported, with low confidence unless its own name calls it a key, secret or token. In code
by hand they are rare: one file in three hundred holds one, while people label most of those that
stand in configuration and records as secrets. Files that consist of identifiers by design are left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"
EXPRESSION: Final = (
    rb"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
_LENGTH: Final = 36
_EDGE: Final = re.compile(rb"[0-9a-zA-Z-]")
_STRONG_NAME: Final = re.compile(
    rb"(?i)(?:passw(?:or)?d|passphrase|secret|(?:api|access|auth|secret|private|license|licence"
    rb"|account|service|instrumentation|ingest(?:ion)?|integration|write|master|client)[_. -]?key"
    rb"|(?:access|auth|api|bearer|refresh|bot|deploy|upload|user|security|session|\b)[_. -]?token)"
    rb"(?:_?value)?[\"'`\])]{0,3}[ \t]*(?:=>|:=|[:=]|[ \t])[ \t]*(?i:bearer[ ])?[\"'`]?$"
)
_REACH_BYTES: Final = 80
_FEWEST_DIGITS: Final = 9
"""Different digits that a random one has, but for one in a hundred thousand."""
_MOST: Final = 100
"""Different ones in a text: more are records or fixtures; of up to that many people say secrets."""
_DESIGNED: Final = frozenset(
    (
        *(
            "sln",
            "slnx",
            "csproj",
            "vbproj",
            "fsproj",
            "vcxproj",
            "filters",
            "shproj",
            "idl",
            "wxs",
        ),
        *(
            "lock",
            "resx",
            "xib",
            "storyboard",
            "pbxproj",
            "rc",
            "reg",
            "svg",
            "vbp",
            "manifest",
            "meta",
            "asset",
            "ipynb",
        ),
    )
)


def random_uuids(data: bytes, ends: Iterable[int], suffix: str) -> Iterator[Match]:
    """Yield the UUIDs that end at `ends` and stand alone."""
    if suffix in _DESIGNED:
        return
    places = [end for end in ends if _is_random(data, end)]
    if len({data[end - _LENGTH : end].lower() for end in places}) > _MOST:
        return
    for end in places:
        yield Match(
            start=end - _LENGTH,
            end=end,
            detector_id=DETECTOR_ID,
            rule_id="random-uuid",
            category=Category.GENERIC_SECRET,
            confidence=Confidence.MEDIUM if _is_named(data, end) else Confidence.LOW,
            evidence="uuid",
        )


def _is_named(data: bytes, end: int) -> bool:
    """Say whether a name calls a UUID a secret."""
    start = end - _LENGTH
    line = data.rfind(b"\n", max(0, start - _REACH_BYTES), start) + 1
    return _STRONG_NAME.search(data, max(line, start - _REACH_BYTES), start) is not None


def _is_random(data: bytes, end: int) -> bool:
    """Say whether a UUID stands alone and looks drawn."""
    start = end - _LENGTH
    if _EDGE.match(data, end) or (start and _EDGE.match(data, start - 1)):
        return False
    return len(set(data[start:end].lower())) > _FEWEST_DIGITS
