"""Random-looking values near a secret word, quotes not needed.

The gap of the other engines is unquoted values: environment files, logs, prose, command lines.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"
REACH_BYTES: Final = 60
"""How far before the value the word may end."""
_MIN_LENGTH: Final = 16
_MAX_LENGTH: Final = 512
_MIN_DIGITS: Final = 2
_MIN_ENTROPY: Final = 3.3
"""Bits for each byte, over the byte frequencies of the value itself."""
_VALUE: Final = re.compile(rb"[A-Za-z0-9_+/-]{16,512}={0,2}")
_HASH_CONTEXT: Final = re.compile(
    rb"sha[-_]?\d|md5|integrity|revision|etag|checksum|digest|commit|fingerprint|hash",
    re.IGNORECASE,
)
_JOINTS: Final = b"-_/"
_GOES_ON: Final = re.compile(rb"[A-Za-z0-9+]")
_NAME: Final = re.compile(rb"password|secret|token|private_?key|public_?key", re.IGNORECASE)
_BESIDES: Final = (b", ", b" ")
_DIGITS: Final = re.compile(rb"[0-9]")
_STYLE: Final = b'class="token'
"""How highlighted code marks its pieces, whatever they are (prismjs.com)."""
_LISTED: Final = (b", Cookie", b", Origin", b", Accept", b", Content", b", X-", b", x-")
"""A header's name among others, as ``Vary`` and CORS list them (RFC 9110, section 12.5.5)."""


def values_near(data: bytes, word_ends: Iterable[int]) -> Iterator[Match]:
    """Yield values that begin, on the same line, within reach of a secret word's end.

    `word_ends` are ascending. Lines that speak of a hash before the value are left out.
    """
    done = 0
    for end in word_ends:
        if data.startswith(_BESIDES, end) and _is_besides(data, end):
            continue
        limit = data.find(b"\n", end, end + REACH_BYTES + _MAX_LENGTH)
        limit = min(len(data), end + REACH_BYTES + _MAX_LENGTH) if limit < 0 else limit
        if limit - end < _MIN_LENGTH:
            continue
        for found in _VALUE.finditer(data, max(end, done), limit):
            if found.start() > end + REACH_BYTES:
                break
            done = found.end()
            if found.start() == end and _GOES_ON.match(data, end):
                # The word itself goes on, or is three letters of an encoded text.
                continue
            if looks_random(found.group()) and not _is_explained(data, *found.span()):
                yield _match(*_trim(data, *found.span()))


def _trim(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Leave out what joins the value to the word, as in ``token/…`` and ``--token-…``."""
    value = data[start:end]
    return start + len(value) - len(value.lstrip(_JOINTS)), end


def _is_besides(data: bytes, end: int) -> bool:
    """Say whether a word is the style of a piece of code, or a header's name among others."""
    return data.startswith(_LISTED, end) or data.endswith(_STYLE, 0, end)


def looks_random(value: bytes) -> bool:
    """Say whether a value is long and mixed enough to be a token."""
    core = value.lstrip(_JOINTS)
    if len(core) < _MIN_LENGTH or len(_DIGITS.findall(core)) < _MIN_DIGITS:
        return False
    return entropy(core) >= _MIN_ENTROPY


def _is_explained(data: bytes, start: int, end: int) -> bool:
    """Say whether the value is a hash, a call, or a name that speaks of secrets itself."""
    if data[end : end + 1] == b"(" or _NAME.search(data, start, end):
        return True
    line = data.rfind(b"\n", max(0, start - 2 * REACH_BYTES), start) + 1
    return _HASH_CONTEXT.search(data, max(line, start - 2 * REACH_BYTES), start) is not None


def entropy(value: bytes) -> float:
    """Return Shannon entropy in bits for each byte."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


def _match(start: int, end: int) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id="entropy-near-keyword",
        category=Category.GENERIC_SECRET,
        confidence=Confidence.LOW,
        evidence="entropy",
    )
