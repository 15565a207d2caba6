"""Private keys: the whole armoured block, wherever and however it is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"
HEADER_EXPRESSION: Final = rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----"
PUTTY_EXPRESSION: Final = rb"PuTTY-User-Key-File-[0-9]"
"""Header of PuTTY's format (PuTTY manual, appendix C)."""

_FOOTER: Final = re.compile(rb"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PUTTY_FOOTER: Final = re.compile(rb"Private-(?:MAC|Hash): ?[0-9a-fA-F]+")
_BODY: Final = re.compile(rb"[A-Za-z0-9+/=]{24}")
_BODY_RUN: Final = re.compile(rb"[A-Za-z0-9+/=\s\\\"',:+.-]{24,16384}")
_REACH: Final = 64 * 1024
"""Longest block looked for, in bytes; a 16384-bit RSA key takes 13 KB."""


_OPENING: Final = b"-----BEGIN"
_ARMOUR_RUN: Final = re.compile(rb"[A-Za-z0-9+/=]{16,}")
_ELIDED: Final = re.compile(rb"[A-Za-z0-9+/=](?:\.{1,3}|\xe2\x80\xa6)[\s\\]")
_LEAST_ELIDED: Final = 200
"""Bytes of armour behind which dots are no elision; a drawn key shows less."""


def has_armour(value: bytes) -> bool:
    """Say whether a block holds more than its header, code, or the begin of a key and dots."""
    if not value.startswith(_OPENING):
        return True
    runs = [run for run in _ARMOUR_RUN.findall(value) if not run.isalpha()]
    is_elided = _ELIDED.search(value) is not None
    return sum(map(len, runs)) >= (_LEAST_ELIDED if is_elided else 1)


def is_key_behind(data: bytes, end: int) -> bool:
    """Say whether armour follows a header that ends at `end`."""
    return has_armour(_OPENING + data[end : end + 2 * _LEAST_ELIDED])


def private_keys(
    data: bytes, header_ends: Iterable[int], putty_ends: Iterable[int]
) -> Iterator[Match]:
    """Yield the blocks that begin at the headers found by the funnel.

    A header with no key material behind it, as in code that looks for keys, is no key.
    """
    for end in header_ends:
        start = data.rfind(b"-----BEGIN", 0, end)
        stop = _block_end(data, end, _FOOTER)
        if start >= 0 and stop is not None:
            yield _key_match(start, stop, "private-key-block")
    for end in putty_ends:
        stop = _block_end(data, end, _PUTTY_FOOTER)
        if stop is not None:
            yield _key_match(end - len(b"PuTTY-User-Key-File-2"), stop, "putty-private-key")


def _block_end(data: bytes, begin: int, footer: re.Pattern[bytes]) -> int | None:
    """Return where the block ends, or None where there is no key material.

    Without a footer (a cut-off file, or one footer built at run time) the block is as long as
    its text looks like armour.
    """
    closing = footer.search(data, begin, begin + _REACH)
    if closing is not None:
        return closing.end() if _BODY.search(data, begin, closing.start()) else None
    body = _BODY_RUN.match(data, begin)
    if body is None or not _BODY.search(data, begin, body.end()):
        return None
    return begin + len(body.group().rstrip())


def _key_match(start: int, end: int, rule_id: str) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id=rule_id,
        category=Category.PRIVATE_KEY,
        confidence=Confidence.HIGH,
        evidence="armour",
    )
