"""What can be read of bytes that are no text: their printable runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from ingest.detect.views.model import GAP_SCALE, SpanMap, View

_MIN_RUN: Final = 6
"""Shorter runs hold no value that an engine would know."""
_SHOWN: Final = rb"[\x20-\x7e\t\r\n]"
_RUNS: Final = re.compile(
    rb"(?P<wide>%(c)s(?:\x00%(c)s){%(n)d,}\x00?)|%(c)s{%(n)d,}" % {b"c": _SHOWN, b"n": _MIN_RUN}
)
"""Wide runs of either byte order: what differs is on which side of the first character NUL is."""
_MAX_RUNS: Final = 200_000
_SHOWN_SHARE: Final = 0.8
"""Where so much is printable, the bytes are a text with separators rather than a program."""

OPAQUE_MAGIC: Final = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"wOFF",
    b"wOF2",
    b"OTTO",
    b"\0\x01\0\0",
    b"\0asm",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"%PDF-",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\1\0",
    b"ID3",
    b"OggS",
    b"fLaC",
)
"""First bytes of media, fonts and programs."""


def printable_view(data: bytes, chain: tuple[str, ...] = ("strings",)) -> View | None:
    """Return the printable runs of binary bytes, one a line; UTF-16 runs of ASCII among them.

    None where there is none.
    """
    pieces: list[bytes] = []
    way = SpanMap()
    shown = 0
    for start, end, run, scale in _runs(data):
        pieces += (run, b"\n")
        way.add(len(run), start, end, scale)
        way.add(1, end, end, GAP_SCALE)
        shown += end - start
    if not pieces:
        return None
    return View(
        data=b"".join(pieces),
        chain=chain,
        maps=(way,),
        is_plausible=shown >= _SHOWN_SHARE * len(data),
    )


def _runs(data: bytes) -> Iterator[tuple[int, int, bytes, int]]:
    """Yield (start, end, characters, bytes a character) of each run."""
    for match in islice(_RUNS.finditer(data), _MAX_RUNS):
        scale = 1 if match["wide"] is None else 2
        yield match.start(), match.end(), match[0][::scale], scale
