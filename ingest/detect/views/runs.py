"""Runs that stand for bytes: Base64, hexadecimal digits, lists of numbers."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ingest.detect.views.gate import (
    BASE64_MAGIC,
    GROUPS_BYTES,
    MAGIC_BYTES,
    WIDE_BYTES,
    Kind,
)

_BASE64_RUN: Final = re.compile(rb"[A-Za-z0-9+/_-]+")
_BASE64_PADDING: Final = re.compile(rb"={1,2}|(?:%3[Dd]){1,2}")
_HEX_RUN: Final = re.compile(rb"[0-9A-Fa-f]+")
_NO_PADDING: Final = re.compile(rb"(?!)")
_NEXT_LINE: Final = re.compile(rb"[ \t]*\r?\n[ \t]*(?:(?://|[#>*;|])[ \t]*)?")
"""A run may be wrapped inside a comment or a quoted mail."""
_MAGIC: Final = re.compile(BASE64_MAGIC)
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_WRAP_MIN: Final = 24
"""A line of a wrapped run is at least this long: words in a column are no run."""
_HEX_DIGITS: Final = b"0123456789abcdefABCDEF"
_HEX_APART: Final = re.compile(rb"[0-9A-Fa-f]{2}(?:[: ][0-9A-Fa-f]{2})+(?![0-9A-Fa-f])")
_NUMBERS: Final = re.compile(
    rb"(?:0[xX][0-9A-Fa-f]{1,2}|[0-9]{1,3})(?:\s*,\s*(?:0[xX][0-9A-Fa-f]{1,2}|[0-9]{1,3})\b)+"
)
_NUMBER: Final = re.compile(rb"[0-9A-Za-z]+")
_NUMBER_CHARACTERS: Final = b"0123456789abcdefxABCDEFX, \t\r\n"
_BACK_BYTES: Final = 4096
_HEAD_BYTES: Final = 256
"""How far from its beginning Base64 must show that it stands for text."""
_MAX_BYTE: Final = 255


class Run(NamedTuple):
    """A run and the bytes it stands for."""

    start: int
    end: int
    payload: bytes


def base64_runs(data: bytes, hits: dict[int, list[int]]) -> Iterator[Run]:
    """Yield the Base64 runs at the hits, sorted and disjoint; RFC 4648, both alphabets.

    Wrapped at any width, indented or not, padded or not.
    """
    done = 0
    for first in _base64_starts(data, hits):
        if first < done:
            continue
        start = _aligned(data, first, done)
        body, end = _wrapped(data, start, _BASE64_RUN, _BASE64_PADDING)
        body = body.translate(_STANDARD)
        body = body[: len(body) - (len(body) % 4 == 1)]
        payload = binascii.a2b_base64(body + b"=" * (-len(body) % 4))
        done = end
        yield Run(start, end, payload)


def _base64_starts(data: bytes, hits: dict[int, list[int]]) -> list[int]:
    starts = [*_run_starts(data, hits.get(Kind.BASE64, ()), GROUPS_BYTES)]
    starts += _run_starts(data, hits.get(Kind.BASE64_WIDE, ()), WIDE_BYTES)
    for end in hits.get(Kind.BASE64_MAGIC, ()):
        match = _MAGIC.search(data, max(0, end - MAGIC_BYTES), end)
        starts += [match.start()] if match else []
    return sorted(starts)


def _run_starts(data: bytes, ends: Sequence[int], width: int) -> Iterator[int]:
    """Yield where the runs begin in which such a hit stands after whole groups.

    A slash or dash before them may belong to a path.
    """
    for end in ends:
        piece = data[max(0, end - width - _HEAD_BYTES) : end - width]
        if len(piece) == _HEAD_BYTES and not piece.rstrip(_ALPHABET):
            continue
        for characters in (_LETTERS, _ALPHABET):
            left = len(piece) - len(piece.rstrip(characters))
            if left % 4 == 0:
                yield end - width - left
                break


def _aligned(data: bytes, first: int, done: int) -> int:
    """Return where the run of a hit starts: further left if whole groups stand there."""
    piece = data[max(done, first - _BACK_BYTES) : first]
    left = len(piece) - len(piece.rstrip(_ALPHABET))
    return first - left if left % 4 == 0 else first


_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
_ALPHABET: Final = _LETTERS + b"/-_"


def _wrapped(
    data: bytes, start: int, run: re.Pattern[bytes], padding: re.Pattern[bytes]
) -> tuple[bytes, int]:
    """Return the characters of a run over all its lines, and where it ends.

    It goes on in a line that is nothing but such characters, as long as the one before; only its
    last line may be shorter.
    """
    match = run.match(data, start)
    if match is None:
        return b"", start
    pieces = [match[0]]
    width = 0
    while (closing := padding.match(data, match.end())) is None:
        gap = _NEXT_LINE.match(data, match.end())
        following = run.match(data, gap.end()) if gap else None
        if following is None or not _goes_on(data, following, padding):
            break
        size = len(following[0])
        if size > (width or max(size, _WRAP_MIN)) or (not width and len(pieces[0]) < _WRAP_MIN):
            break
        pieces.append(following[0])
        match = following
        if width and size < width:
            break
        width = width or max(size, len(pieces[0]))
    end = closing.end() if closing else match.end()
    if closing is None and (late := padding.match(data, match.end())):
        end = late.end()
    return b"".join(pieces), end


def _goes_on(data: bytes, line: re.Match[bytes], padding: re.Pattern[bytes]) -> bool:
    """Tell whether nothing but a run and its padding stands in a line, or its quotes close."""
    end = line.end()
    closing = padding.match(data, end)
    end = closing.end() if closing else end
    return end == len(data) or data[end : end + 1] in b" \t\r\n\"'`<;,)"


def hex_runs(data: bytes, hits: dict[int, list[int]]) -> Iterator[Run]:
    """Yield runs of hexadecimal digits, two a byte; wrapped, or apart by colons or blanks."""
    done = 0
    for end in hits.get(Kind.HEX, ()):
        if end <= done:
            continue
        piece = data[max(done, end - _BACK_BYTES) : end]
        start = end - (len(piece) - len(piece.rstrip(_HEX_DIGITS)))
        start += (end - start) % 2
        head = start - 2 if data[start - 2 : start] in (b"0x", b"0X") else start
        digits, done = _wrapped(data, start, _HEX_RUN, _NO_PADDING)
        digits = digits[: len(digits) // 2 * 2]
        if digits:
            yield Run(head, done, binascii.unhexlify(digits))


def apart_runs(data: bytes, hits: dict[int, list[int]]) -> Iterator[Run]:
    """Yield runs of two hexadecimal digits a byte with a colon or blank between bytes."""
    done = 0
    for end in hits.get(Kind.HEX_APART, ()):
        if end <= done:
            continue
        piece = data[max(done, end - _BACK_BYTES) : end]
        match = _HEX_APART.search(data, end - (len(piece) - len(piece.rstrip(_HEX_DIGITS + b": "))))
        if match and match.end() >= end - 1:
            done = match.end()
            yield Run(match.start(), done, binascii.unhexlify(match[0].translate(None, b": ")))


def number_runs(data: bytes, hits: dict[int, list[int]]) -> Iterator[Run]:
    """Yield lists of numbers that are bytes, as arrays in source code hold them."""
    done = 0
    for end in hits.get(Kind.BYTES, ()):
        if end <= done:
            continue
        piece = data[max(done, end - _BACK_BYTES) : end]
        first = end - (len(piece) - len(piece.rstrip(_NUMBER_CHARACTERS)))
        match = _NUMBERS.search(data, first)
        if match is None or match.end() < end - 1:
            continue
        done = match.end()
        values = [_number(text) for text in _NUMBER.findall(match[0])]
        if max(values) <= _MAX_BYTE:
            yield Run(match.start(), done, bytes(values))


def _number(text: bytes) -> int:
    return int(text, 16 if text[:2].lower() == b"0x" else 10)
