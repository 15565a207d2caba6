"""Files of the samples that a program writes in real life too: a bundle and an image."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping

_FUNCTIONS = 160
_SIDE_PIXELS = 16


def minified_bundle() -> bytes:
    """Return a script of one long line, as a bundler squeezes it."""
    parts = [
        f"function a{n}(t,e){{return t>{n}?a{max(n - 1, 0)}(t-1,e+{n % 7}):e*{n % 5 + 1}}}"
        for n in range(_FUNCTIONS)
    ]
    return ('!function(){"use strict";' + "".join(parts) + "window.hg=a9}();\n").encode()


def beacon_png() -> bytes:
    """Return a grey image of 16 by 16 pixels (PNG, third edition; RFC 1950 and 1951).

    The pixels are stored, not compressed: compressors differ between machines.
    """
    rows = b"".join(
        b"\0" + bytes(16 * (x ^ y) for x in range(_SIDE_PIXELS)) for y in range(_SIDE_PIXELS)
    )
    stored = struct.pack("<BHH", 1, len(rows), len(rows) ^ 0xFFFF) + rows
    stream = b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(rows))
    header = struct.pack(">IIBBBBB", _SIDE_PIXELS, _SIDE_PIXELS, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", stream), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checksum


GENERATORS: Mapping[str, Callable[[], bytes]] = {
    "minified_bundle": minified_bundle,
    "beacon_png": beacon_png,
}
"""Generators by the name under which a sample's YAML asks for them."""
