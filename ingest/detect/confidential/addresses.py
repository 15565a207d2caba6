"""Private addresses (RFC 1918) and unique local addresses (RFC 4193) in a context of their own."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.confidential.matches import Match
from ingest.domain.finding import Category, Confidence

EXPRESSIONS: Final = (
    rb"\b10\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    rb"\b192\.168\.[0-9]{1,3}\.[0-9]",
    rb"\b172\.(?:1[6-9]|2[0-9]|3[01])\.[0-9]{1,3}\.[0-9]",
    rb"\b[fF][dD][0-9a-fA-F]{2}:[0-9a-fA-F:]",
)
"""Funnel expressions: the end of a hit lies inside the address."""

_REACH: Final = 48
"""Bytes around a hit that hold a whole address and what introduces it."""
_ADDRESS: Final = re.compile(
    rb"(?<![0-9A-Za-z.])(?:10|192\.168|172\.(?:1[6-9]|2[0-9]|3[01]))(?:\.[0-9]{1,3}){2,3}"
    rb"(?![0-9A-Za-z]|\.[0-9])"
    rb"|(?<![0-9A-Za-z:])[fF][dD][0-9a-fA-F]{2}(?::[0-9a-fA-F]{0,4}){2,7}(?![0-9A-Za-z:])"
)
_VERSION_BEFORE: Final = re.compile(
    rb"(?:\bv|\bver|version|release|revision)[\"' \t:=(,>-]{0,6}$"
    rb"|[\w\]](?:[=<>~!]=)$|[\"'](?:[=<>~!]=|[~^<>]) ?$|\^$",
    re.IGNORECASE,
)
"""What stands right before a version: its word, or an operator of a requirement.

A comparison (``address == "10.…"``) has spaces or quotes where a requirement has none.
"""
_VERSION_AFTER: Final = re.compile(
    rb"[-+.](?:alpha|beta|rc|dev|snapshot|preview|post|build)", re.IGNORECASE
)
_RANGES: Final = frozenset((b"10.0.0.0", b"172.16.0.0", b"192.168.0.0"))
"""First addresses of the private ranges: they stand for the ranges themselves, not for a host."""
_COMMON: Final = frozenset(
    (b"10.0.0.1", b"10.0.0.2", b"192.168.0.1", b"192.168.1.1", b"192.168.1.0", b"192.168.0.2")
)
"""Factory settings and textbook examples: still reported, with less confidence."""


def private_addresses(data: bytes, ends: Iterable[int]) -> Iterator[Match]:
    """Yield each private address near the ascending hit ends, once.

    Version numbers of four parts and the bounds of the ranges are left out.
    """
    done = -1
    for end in ends:
        begin = max(0, end - _REACH, done)
        for found in _ADDRESS.finditer(data, begin, end + _REACH):
            start, stop = found.span()
            if not start < end <= stop:
                continue
            done = stop
            if _is_address(found.group()) and not _is_version(data, start, stop):
                yield _match(start, stop, found.group())


def _is_address(value: bytes) -> bool:
    text = value.decode("ascii")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.version == 4:  # noqa: PLR2004 - IP version
        return value not in _RANGES
    return int(address) & ((1 << 64) - 1) != 0


def _is_version(data: bytes, start: int, end: int) -> bool:
    line = data.rfind(b"\n", max(0, start - _REACH), start) + 1
    before = data[max(line, start - _REACH) : start]
    return _VERSION_BEFORE.search(before) is not None or _VERSION_AFTER.match(data, end) is not None


def _match(start: int, end: int, value: bytes) -> Match:
    is_common = value in _COMMON
    return Match(
        start=start,
        end=end,
        rule_id="private-ip",
        category=Category.PRIVATE_IP,
        confidence=Confidence.LOW if is_common else Confidence.HIGH,
        evidence="common" if is_common else "address",
    )
