"""From stored bytes to the text that detectors and builders see.

Detection and redaction must count the same bytes, so there is one normal form: UTF-8. A blob
that is valid UTF-8 is its own normal form and its spans are spans of the stored blob; other
encodings are transcoded, their spans are spans of the transcoded text, and `stored_span` leads
back to the stored bytes.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MIXED: Final = "utf-8-mixed"
"""UTF-8 with some bytes that are none: each of these stands for its Latin-1 character."""
_BYTES_PER_CHARACTER: Final = {"cp1252": 1, "latin-1": 1, "utf-32": 4, "utf-32-le": 4}
_UTF16_UNIT: Final = 2
_BLOCK_BYTES: Final = 1024
_CONTINUATION: Final = bytes(range(0x80, 0xC0))
_FOUR_BYTE_LEADS: Final = bytes(range(0xF0, 0xF8))
"""First bytes, in UTF-8, of characters that UTF-16 stores in two units."""
_SNIFF_BYTES: Final = 8192
_MARKED: Final = frozenset({"utf-16", "utf-32"})
"""Names that stand for a text with its byte order mark, which is no part of the normal form."""
_CONTROL: Final = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b\x08")
_BYTES_PER_ODD_ONE: Final = 50
"""A text holds at most one control character, or character no one writes, in so many."""
_MIN_UNITS: Final = 4
_MIN_WIDE_CHARACTERS: Final = 32
"""Fewer characters outside ASCII tell nothing of a text without mark."""
_CHARACTERS_PER_SPACE: Final = 100
"""People write a space or a line end at least this often; two random bytes are seldom one."""
_ESCAPED: Final = 0xDC00
_STRAY: Final = re.compile("([\udc80-\udcff])")
"""How Python's ``surrogateescape`` shows a byte that is no UTF-8 (PEP 383)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanText:
    """One blob as detectors see it."""

    blob_id: str
    suffix: str
    """Name hint, see `ingest.domain.tree.suffix_of`."""
    data: bytes
    """UTF-8, line ends as stored."""

    def line_of(self, offset: int) -> int:
        """Return the 1-based line that holds a byte offset."""
        return self.data.count(b"\n", 0, offset) + 1


class NotText(ValueError):
    """The bytes are no text; `reason` is ``binary`` or ``undecodable``."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


def normalise(data: bytes) -> tuple[bytes, str]:
    """Return the text as UTF-8 and the name of its source encoding.

    Decides by bytes alone, in the order: byte order mark; NUL in the first 8 KiB (git's own test
    for binary), where the places of the NULs may tell UTF-16 or UTF-32 without a mark; UTF-8;
    UTF-8 with stray bytes; Windows-1252, and Latin-1 where that leaves a byte open.

    Raises:
        NotText: the blob is binary, or does not keep what its byte order mark promises.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _transcode(data, encoding)
    if b"\0" in data[:_SNIFF_BYTES]:
        return _unmarked(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _narrow(data)
    return data, "utf-8"


def stored_span(stored: bytes, encoding: str, start: int, end: int) -> tuple[int, int]:
    """Return the bytes of the stored blob that a span of its normal form came from.

    `encoding` is what `normalise` said. A span that cuts a character grows to hold it.
    """
    return StoredOffsets(stored, encoding).span(start, end)


class StoredOffsets:
    """The way back from the normal form of one blob to its stored bytes; for many spans."""

    def __init__(self, stored: bytes, encoding: str) -> None:
        """Transcode once; nothing is done for UTF-8."""
        self._encoding = encoding
        self._strays: list[int] = []
        self._text = b""
        self._mark = 0
        self._width = 1
        self._units_before: list[int] = [0]
        if encoding == MIXED:
            self._text, strays = _decode_mixed(stored)
            # The n-th stray byte has n bytes of growth before it.
            self._strays = [offset + index for index, offset in enumerate(strays)]
        elif encoding != "utf-8":
            self._text = stored.decode(encoding).encode()
            self._mark = len(codecs.BOM_UTF16 if encoding == "utf-16" else codecs.BOM_UTF32)
            self._mark *= encoding in _MARKED
            self._width = _BYTES_PER_CHARACTER.get(encoding.removesuffix("-be"), _UTF16_UNIT)
            self._count_units()

    def _count_units(self) -> None:
        """Count once, up to each block, what the encoding stores: thousands of spans may ask."""
        blocks = range(0, len(self._text), _BLOCK_BYTES)
        counts = (self._units(start, start + _BLOCK_BYTES) for start in blocks)
        self._units_before = list(accumulate(counts, initial=0))

    def _units(self, start: int, end: int) -> int:
        """Return the characters that begin in a part of the text; in UTF-16 its code units."""
        part = self._text[start:end]
        count = len(part.translate(None, _CONTINUATION))
        if self._width == _UTF16_UNIT:
            count += len(part) - len(part.translate(None, _FOUR_BYTE_LEADS))
        return count

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stored bytes of a span of the normal form."""
        if self._encoding == "utf-8":
            return start, end
        text = self._text
        while start and _continues(text, start):
            start -= 1
        while _continues(text, end):
            end += 1
        return self._offset(start), self._offset(end)

    def _offset(self, offset: int) -> int:
        if self._encoding == MIXED:
            return offset - bisect_right(self._strays, offset - 1)
        block, start = offset // _BLOCK_BYTES, offset // _BLOCK_BYTES * _BLOCK_BYTES
        units = self._units_before[block] + self._units(start, offset)
        return self._mark + self._width * units


def _continues(text: bytes, offset: int) -> bool:
    return offset < len(text) and text[offset] & 0xC0 == 0x80  # noqa: PLR2004 - UTF-8 continuation


def _transcode(data: bytes, encoding: str) -> tuple[bytes, str]:
    try:
        return data.decode(encoding).encode("utf-8"), encoding
    except UnicodeError:
        raise NotText("undecodable") from None


def _unmarked(data: bytes) -> tuple[bytes, str]:
    """Return the normal form of a text with NULs and no mark.

    In UTF-16 of a text with mostly ASCII every second byte is NUL, in UTF-32 of any text at
    least two in four; texts of other scripts are told by holding only what people write. Its
    beginning decides, as with git's test.

    Raises:
        NotText: it is none.
    """
    sample = data[:_SNIFF_BYTES]
    for encoding in _wide_encodings(sample, len(data)):
        if _reads(sample, encoding):
            try:
                return _transcode(data, encoding)
            except NotText:
                continue
    raise NotText("binary")


def _wide_encodings(sample: bytes, size: int) -> Iterator[str]:
    """Yield the encodings that a size and the places of the NULs leave possible."""
    units = len(sample) // 4
    zeros = [sample[i::4].count(0) for i in range(4)]
    if size % 4 == 0:
        for encoding, high in (("utf-32-le", (3, 2)), ("utf-32-be", (0, 1))):
            if zeros[high[0]] == units and zeros[high[1]] * 2 > units:
                yield encoding
    if size % 2 == 0 and size >= 2 * _MIN_UNITS:
        yield from _by_ascii_share(sample)


def _by_ascii_share(sample: bytes) -> tuple[str, ...]:
    """Return both byte orders, the one with more NULs in its high bytes first."""
    both = ("utf-16-le", "utf-16-be")
    return both if sample[1::2].count(0) >= sample[::2].count(0) else both[::-1]


def _reads(sample: bytes, encoding: str) -> bool:
    """Tell whether a text's beginning is what people write: hardly a control, all assigned."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeError:
        return False
    if text.isascii():
        odd = len(text) - len(text.encode().translate(None, _CONTROL))
        return odd * _BYTES_PER_ODD_ONE <= len(text)
    odd = sum(1 for c in text if not (c.isprintable() or c.isspace()))
    if odd * _BYTES_PER_ODD_ONE > len(text):
        return False
    if sum(1 for c in text if c.isascii()) * 2 > len(text):
        return True
    spaces = text.count(" ") + text.count("\n")
    return len(text) >= _MIN_WIDE_CHARACTERS and spaces * _CHARACTERS_PER_SPACE >= len(text)


def _narrow(data: bytes) -> tuple[bytes, str]:
    """Return the normal form of bytes without wide characters that are not all UTF-8.

    Raises:
        NotText: too many of them are control characters.
    """
    control = len(data) - len(data.translate(None, _CONTROL))
    if control * _BYTES_PER_ODD_ONE > len(data):
        raise NotText("binary")
    known = data.decode("utf-8", "ignore")
    kept = len(known.encode())
    if len(known) and kept - len(known) >= len(data) - kept:
        return _decode_mixed(data)[0], MIXED
    try:
        return data.decode("cp1252").encode(), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1").encode(), "latin-1"


def _decode_mixed(data: bytes) -> tuple[bytes, list[int]]:
    """Return the text, and where in the stored bytes each stray one stands."""
    strays: list[int] = []
    pieces: list[bytes] = []
    position = 0
    for index, part in enumerate(_STRAY.split(data.decode("utf-8", "surrogateescape"))):
        if index % 2:
            strays.append(position)
            pieces.append(chr(ord(part) - _ESCAPED).encode())
            position += 1
        else:
            pieces.append(part.encode())
            position += len(pieces[-1])
    return b"".join(pieces), strays
