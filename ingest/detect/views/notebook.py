"""Cells of Jupyter notebooks as the text that people wrote.

nbformat 4 keeps a cell's source and text outputs as a JSON list of lines, or as one JSON string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.views.escapes import backslash_rewrites
from ingest.detect.views.rewrite import Rewrite, Window

_FIELD: Final = re.compile(
    rb"\"(?:source|text|traceback|text/[a-z]+|application/(?:json|javascript))\"\s*:\s*(\[\s*)?\""
)
_STRING_END: Final = re.compile(rb"(?:[^\"\\]|\\.)*+\"", re.DOTALL)
_NEXT_STRING: Final = re.compile(rb"\s*,\s*\"")


def cells(data: bytes) -> Iterator[tuple[Window, list[Rewrite]]]:
    """Yield the span of each cell's text, without the outer quotes, and its rewrites.

    They take out the escapes and what stands between the lines of a list.
    """
    position = 0
    while field := _FIELD.search(data, position):
        start = line = field.end()
        rewrites: list[Rewrite] = []
        while closing := _STRING_END.match(data, line):
            end = closing.end() - 1
            rewrites += backslash_rewrites(data, [(line, end)])
            following = _NEXT_STRING.match(data, end + 1) if field[1] else None
            if following is None:
                break
            line = following.end()
            rewrites.append(Rewrite(end, line, b""))
        else:
            # A string that never closes: the file is no notebook from here on.
            return
        position = end + 1
        if end > start:
            yield (start, end), rewrites
