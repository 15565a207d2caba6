"""From stored bytes to the text that detectors and builders see.

Detection and redaction must count the same bytes, so there is one normal form: UTF-8. A blob
that is valid UTF-8 is its own normal form and its spans are spans of the stored blob; other
encodings are transcoded and their spans are spans of the transcoded text.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "cp1252"
_SNIFF_BYTES = 8192
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b\x08")


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

    Decides by bytes alone, in the order: byte order mark, NUL in the first 8 KiB (git's own
    test for binary), UTF-8, and Windows-1252 where every byte maps to a character and no
    control character occurs.

    Raises:
        NotText: the blob is binary, or fits no supported encoding.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _transcode(data, encoding)
    if b"\0" in data[:_SNIFF_BYTES]:
        raise NotText("binary")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if len(data) != len(data.translate(None, _CONTROL)):
            raise NotText("binary") from None
        return _transcode(data, _FALLBACK)
    return data, "utf-8"


def _transcode(data: bytes, encoding: str) -> tuple[bytes, str]:
    try:
        return data.decode(encoding).encode("utf-8"), encoding
    except UnicodeError:
        raise NotText("undecodable") from None
