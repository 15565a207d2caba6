"""Members of compressed and archived bytes, in memory, by the standard library.

What a container promises is not believed: every member is read through a bound, whatever sizes
its headers name.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from ingest.detect.views.gaps import gaps
from ingest.detect.views.model import Budget, Shut

_LZMA_MEMORY_BYTES: Final = 64 * 2**20
_TAR_MAGIC_AT: Final = 257
_TAR_HEADER_BYTES: Final = 512
_ZIP_ENCRYPTED: Final = 0x1
"""Bit 0 of the general purpose flags: APPNOTE.TXT section 4.4.4."""
_ZIP_ENTRY: Final = b"PK\x03\x04"
_ZIP_LISTED: Final = b"PK\x01\x02"
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_TAIL_BYTES: Final = 2**16 + 22
"""The record that ends an archive, and the longest comment after it: APPNOTE.TXT 4.3.16."""
_MAGIC: Final = (
    (b"\x1f\x8b\x08", "gzip"),
    (_ZIP_ENTRY, "zip"),
    (_ZIP_END, "zip"),
    *((b"BZh%d1AY&SY" % level, "bzip2") for level in range(1, 10)),
    (b"\xfd7zXZ\0", "xz"),
    # What zlib itself writes (RFC 1950); "x^" is left out, texts begin with it.
    *((magic, "zlib") for magic in (b"x\x01", b"x\x9c", b"x\xda")),
)
_CHUNK_BYTES: Final = 2**18
_TRUNCATED: Final = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError)

UNREAD_MAGIC: Final = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",  # Zstandard, RFC 8878
    b"\x04\x22\x4d\x18",  # LZ4 frame
    b"\x1f\x9d",  # compress
    b"MSCF\0\0\0\0",
    b"\xed\xab\xee\xdb",  # rpm
    b"!<arch>\n",
    b"xar!",
)
"""First bytes of containers that are known and not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member, or why it stays shut; both where only its beginning was read."""

    name: str
    """Kind of the container and, in archives, the index of the member: never its file name."""
    data: bytes = field(default=b"", repr=False)
    shut: Shut | None = None


def kind_of(data: bytes) -> str | None:
    """Return which container the bytes are, by their first bytes; None for none that is read."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar" and b"\0" in data[:_TAR_HEADER_BYTES]:
        return "tar"
    # Archives may follow something else: self-extracting programs, zipped applications.
    return "zip" if data.rfind(_ZIP_END, -_ZIP_TAIL_BYTES) >= 0 and _ZIP_ENTRY in data else None


def members_of(data: bytes, kind: str, budget: Budget) -> Iterator[Member]:
    """Yield the members of a container of that kind, each within the budget.

    Whatever the bytes hold, this ends and raises nothing: what cannot be read is a member that
    says why.
    """
    if kind == "zip":
        yield from _zip_members(data, budget)
    elif kind == "tar":
        yield from _tar_members(data, budget)
    else:
        yield from _stream(data, kind, budget)


class _Inflate:
    """`zlib` with the interface that `bz2` and `lzma` have."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail or data, max_length)


def _decompressor(kind: str) -> _Inflate | bz2.BZ2Decompressor | lzma.LZMADecompressor:
    if kind == "gzip":
        return _Inflate(31)
    if kind == "zlib":
        return _Inflate(15)
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES)


def _allowed(stored: int, budget: Budget) -> int:
    """Return how many bytes so many stored ones may become."""
    return min(budget.room, max(budget.limits.free_bytes, stored * budget.limits.ratio))


def _stream(data: bytes, kind: str, budget: Budget) -> Iterator[Member]:
    room = _allowed(len(data), budget)
    pieces: list[bytes] = []
    shut: Shut | None = None
    rest = data
    magic = data[:2]
    # Files made by appending hold several streams, each with its own header.
    while rest.startswith(magic) and shut is None:
        rest, room, shut = _one_stream(rest, kind, pieces, room)
    whole = b"".join(pieces)
    if not budget.take_member(len(whole)):
        yield Member(name=kind, shut=Shut.LIMIT)
        return
    yield Member(name=kind, data=whole, shut=shut)
    yield from _rest(kind, rest, budget)


def _rest(kind: str, data: bytes, budget: Budget, shut: Shut | None = None) -> Iterator[Member]:
    """Yield what a container holds outside of its members, unless it is padding."""
    plain = data.strip(b"\0")
    if not plain:
        return
    name = f"{kind}:rest"
    if budget.take_member(len(plain)):
        yield Member(name=name, data=plain, shut=shut)
    else:
        yield Member(name=name, shut=Shut.LIMIT)


def _one_stream(
    data: bytes, kind: str, pieces: list[bytes], room: int
) -> tuple[bytes, int, Shut | None]:
    """Append what one stream gives; return the bytes after it, the room left, and why it ended."""
    engine = _decompressor(kind)
    feed = data
    try:
        while not engine.eof:
            piece = engine.decompress(feed, min(_CHUNK_BYTES, room + 1))
            feed = b""
            if not piece and engine.needs_input:
                return b"", room, Shut.CORRUPT
            if len(piece) > room:
                pieces.append(piece[:room])
                return b"", 0, Shut.LIMIT
            pieces.append(piece)
            room -= len(piece)
    except MemoryError:
        return b"", room, Shut.LIMIT
    except _TRUNCATED:
        return b"", room, Shut.CORRUPT
    return engine.unused_data, room, None


def _zip_members(data: bytes, budget: Budget) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, *_TRUNCATED):
        yield Member(name="zip", shut=Shut.CORRUPT)
        return
    with archive:
        for index, entry in enumerate(entries):
            # A name ends with a slash whatever its entry holds.
            if entry.is_dir() and not (entry.file_size or entry.compress_size):
                continue
            name = f"zip:{index}"
            if entry.flag_bits & _ZIP_ENCRYPTED:
                yield Member(name=name, shut=Shut.ENCRYPTED)
                continue
            member = _zip_member(archive, entry, name, budget)
            yield member
            if member.shut is Shut.LIMIT and not member.data:
                return
    for gap in gaps(data, entries, archive.start_dir):
        is_hidden = _ZIP_ENTRY in gap or _ZIP_LISTED in gap
        yield from _rest("zip", gap, budget, Shut.CORRUPT if is_hidden else None)


def _zip_member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, budget: Budget
) -> Member:
    # Read to the end of what is stored: the size that the directory names may be smaller.
    room = _allowed(entry.compress_size, budget)
    entry.file_size = max(entry.file_size, room + 1)
    try:
        with archive.open(entry) as source:
            return _bounded(source, name, room, budget)
    except NotImplementedError:
        return Member(name=name, shut=Shut.UNSUPPORTED)
    except RuntimeError:
        # The local header asks for a password that the central directory does not mention.
        return Member(name=name, shut=Shut.ENCRYPTED)
    except (zipfile.BadZipFile, *_TRUNCATED):
        return Member(name=name, shut=Shut.CORRUPT)


def _tar_members(data: bytes, budget: Budget) -> Iterator[Member]:
    end = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for index, entry in enumerate(archive):
                name = f"tar:{index}"
                # The rest of its last block; what a sparse member stores says its own map.
                if not entry.issparse():
                    after = entry.offset_data + entry.size
                    yield from _rest("tar", data[after : archive.offset], budget)
                source = _tar_source(archive, entry)
                if source is None:
                    if entry.size:
                        yield Member(name=name, shut=Shut.UNSUPPORTED)
                    continue
                member = _bounded(source, name, _allowed(len(data), budget), budget)
                yield member
                if member.shut is Shut.LIMIT and not member.data:
                    return
            end = archive.offset
    except (tarfile.TarError, RecursionError, *_TRUNCATED):
        yield Member(name="tar", shut=Shut.CORRUPT)
        return
    # The library stops without a word at a header that it cannot read, and at the end mark.
    rest = data[end:].lstrip(b"\0")
    yield from _rest("tar", rest, budget, None if kind_of(rest) == "tar" else Shut.CORRUPT)


def _tar_source(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes] | None:
    """Return the bytes of a member that has any: a file, or of a type that nobody knows."""
    if entry.isreg() or entry.type not in tarfile.SUPPORTED_TYPES:
        return archive.extractfile(entry)
    return None


def _bounded(source: IO[bytes], name: str, room: int, budget: Budget) -> Member:
    """Read one member up to its room; keep what was read when it breaks off."""
    pieces: list[bytes] = []
    shut: Shut | None = None
    left = room
    try:
        while piece := source.read(min(_CHUNK_BYTES, left + 1)):
            pieces.append(piece[:left])
            if len(piece) > left:
                shut = Shut.LIMIT
                break
            left -= len(piece)
    except (zipfile.BadZipFile, *_TRUNCATED):
        shut = Shut.CORRUPT
    whole = b"".join(pieces)
    if not budget.take_member(len(whole)):
        return Member(name=name, shut=Shut.LIMIT)
    return Member(name=name, data=whole, shut=shut)
