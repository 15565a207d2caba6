"""The bytes of a zip archive that its directory does not name: before, between and behind.

Structures after APPNOTE.TXT 6.3.10, section 4.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final
from zipfile import ZipInfo

_LOCAL: Final = b"PK\x03\x04"
_LOCAL_BYTES: Final = 30
_LISTED: Final = b"PK\x01\x02"
_LISTED_BYTES: Final = 46
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_WIDE_END: Final = b"PK\x06\x06"
_WIDE_END_BYTES: Final = 56 + 20
"""The two records that archives of the 64 bit form have before their end."""
_DESCRIPTOR: Final = b"PK\x07\x08"


def gaps(data: bytes, entries: Sequence[ZipInfo], directory: int) -> Iterator[bytes]:
    """Yield what lies outside of the entries of an archive, the comment at its end included.

    `directory` is where the directory begins. Offsets that lead nowhere cover nothing.
    """
    covered = [_entry(data, entry) for entry in entries]
    listed = _directory_end(data, directory, len(entries))
    end = data.rfind(_END)
    if data.startswith(_WIDE_END, listed) and 0 <= end - listed <= _WIDE_END_BYTES:
        listed = end
    covered += [(directory, listed), (end, end + _END_BYTES)]
    at = 0
    for start, stop in sorted(covered):
        if start > at:
            yield data[at:start]
        at = max(at, stop)
    yield data[at:]


def _entry(data: bytes, entry: ZipInfo) -> tuple[int, int]:
    """Return the span of an entry with its header, and with its descriptor if it has one."""
    start = entry.header_offset
    if not data.startswith(_LOCAL, max(start, 0)) or start < 0 or start + _LOCAL_BYTES > len(data):
        return 0, 0
    name, extra = struct.unpack_from("<HH", data, start + 26)
    stop = start + _LOCAL_BYTES + name + extra + entry.compress_size
    sizes = (entry.CRC, entry.compress_size, entry.file_size)
    for width in ("<LLL", "<LQQ"):
        try:
            descriptor = struct.pack(width, *sizes)
        except struct.error:
            continue
        for whole in (_DESCRIPTOR + descriptor, descriptor):
            if data.startswith(whole, stop):
                return start, stop + len(whole)
    return start, stop


def _directory_end(data: bytes, start: int, count: int) -> int:
    """Return where a directory of at most so many entries ends."""
    at = start
    while count and data.startswith(_LISTED, at) and at + _LISTED_BYTES <= len(data):
        at += _LISTED_BYTES + sum(struct.unpack_from("<HHH", data, at + 28))
        count -= 1
    return at
