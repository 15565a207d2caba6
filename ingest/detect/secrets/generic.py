r"""When the generic rules of Betterleaks can match at all.

They cost as much as five hundred others, and one text in ten can hold what they want. The gate is
looser than the rules (bounds left open, sets widened to all bytes outside ASCII), so a text that
it turns away has nothing for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ingest.detect.funnel import merge_spans

CERTAIN: Final = 0
KEY: Final = 1
_CERTAIN_EXPRESSIONS: Final = (
    # generic-password: a name, a sign; or the second argument of a call
    rb"(?:passw(?:or)?d|psw|[_.-]pw)[\s'\"\\]{0,3}[=:]",
    rb"(?:login|log_in|authenticate)\s*\([^,()\r\n]+,\s*[\"'`]",
    # generic-credential-uri
    rb"://[^:/@\s'\"`]*:[^/@\s'\"`]+@",
)
_KEY_BYTES: Final = 10
_KEY_EXPRESSION: Final = (
    rb"(?:access|auth|api|credential|creds|key|secret|token)[\s\w.\x80-\xff-]{0,40}"
    rb"[\s\x80-\xff'\"]{0,3}[=>:|?,]{1,4}[`'\"\s=\x80-\xff]{0,9}[\w.=+/\x80-\xff-]{10}"
)
"""generic-api-key, up to the first ten bytes of its value."""
EXPRESSIONS: Final = (*((CERTAIN, e) for e in _CERTAIN_EXPRESSIONS), (KEY, _KEY_EXPRESSION))
"""What the funnel looks for, caseless, and what a hit is."""
_RUN: Final = re.compile(rb"[\w.=+/\x80-\xff-]*")
_NO_LETTER: Final = re.compile(rb"[^a-zA-Z_.-]")
_FEWEST_BYTES: Final = 12
"""Different bytes that a value of more than 3.5 bits a character has: the rule wants as much."""

_REACH_BYTES: Final = 9 * 1024
"""The password rule reads 8 KB to either side of a match, and a match is shorter than 1 KB."""
_KEY_REACH_BYTES: Final = 1024
"""The key rule reads no further than the lines of its match; what is before the value is short."""

RULES: Final = frozenset(("generic-api-key", "generic-credential-uri", "generic-password"))
"""What the gate is for: a pack with other rules must not be kept behind it."""


def windows(
    data: bytes, certain: Iterable[int], possible_keys: Iterable[int]
) -> list[tuple[int, int]]:
    """Return the spans, of whole lines, in which a generic rule could match, sorted.

    They are disjoint and hold all that a rule reads around its match. Given are the ends of what
    the funnel saw.
    """
    spans = [_around(data, end, _REACH_BYTES) for end in certain]
    spans += [_around(data, end, _KEY_REACH_BYTES) for end in possible_keys if _is_key(data, end)]
    return merge_spans(sorted(spans))


def _around(data: bytes, end: int, reach: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, max(0, end - reach)) + 1
    stop = data.find(b"\n", end + reach)
    return start, len(data) if stop < 0 else stop + 1


def _is_key(data: bytes, end: int) -> bool:
    """Say whether the value whose tenth byte ends at `end` can be one the rule takes."""
    run = _RUN.match(data, end - _KEY_BYTES)
    value = run.group() if run else b""
    return len(set(value)) >= _FEWEST_BYTES and _NO_LETTER.search(value) is not None
