"""The messages of a scanning child to its parent: a kind, a size, and so many bytes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, Protocol

import pyarrow as pa

from ingest.detect.detector import BlobDetector

TABLE: Final = b"T"
"""Facts of one stretch and family, as an Arrow stream."""
DIGESTS: Final = b"D"
"""SHA-256 of each text of the stretch that is begun, one behind the other."""
ERROR: Final = b"E"
"""Why nothing more can be read."""
_HEADER: Final = struct.Struct("<cQ")
_DIGEST_BYTES: Final = 32


class Listener(Protocol):
    """Told what detectors say, and of which bytes."""

    def keep(self, detector: BlobDetector, digests: Sequence[bytes], facts: pa.Table) -> None:
        """Note what a detector said of texts with these SHA-256, row by row."""
        ...


def send(out: BinaryIO, kind: bytes, body: bytes | memoryview) -> None:
    """Write one message."""
    out.write(_HEADER.pack(kind, len(body)))
    out.write(body)
    out.flush()


def send_table(out: BinaryIO, table: pa.Table) -> None:
    """Write a table as a message."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    send(out, TABLE, memoryview(sink.getvalue()))


def messages(pending: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Take whole messages off the front of what was read."""
    while len(pending) >= _HEADER.size:
        kind, size = _HEADER.unpack_from(pending)
        end = _HEADER.size + size
        if len(pending) < end:
            return
        body = bytes(pending[_HEADER.size : end])
        del pending[:end]
        yield kind, body


def join_digests(texts: Sequence[bytes]) -> bytes:
    """Return the body of a message about texts."""
    return b"".join(hashlib.sha256(text).digest() for text in texts)


def split_digests(body: bytes) -> list[bytes]:
    """Return the digest of each text."""
    return [body[at : at + _DIGEST_BYTES] for at in range(0, len(body), _DIGEST_BYTES)]
