"""Files that say nothing of licenses but in the comment they begin with.

Such a comment stands at the top of most files of a repository, and tells all there is to tell of
them. What was found for one is true of the next, so nothing but the start is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ingest.detect.licensing.memory import Memory
from ingest.detect.licensing.prefilter import MAX_HITS
from ingest.detect.licensing.regions import Region, Shape, ends_comment, is_balanced

_MAX_BYTES: Final = 4 * 1024
_YEAR_BYTES: Final = 12
"""Bytes behind the first license word by which headers are told apart: most name a year there."""
_MAX_STARTS: Final = 1024
_MAX_ALIKE: Final = 8
"""Headers that are remembered for one start."""

Row = Mapping[str, object]


class Headers:
    """Rows of files by the comment they begin with."""

    def __init__(self) -> None:
        """Know none."""
        self._rows = Memory[bytes, list[tuple[bytes, Row]]](_MAX_STARTS)

    def row_of(self, data: bytes, ends: Sequence[int]) -> Row | None:
        """Return the row of an earlier file that holds for this one too.

        `ends` are the ends of license words. The caller has seen that the file is no manifest,
        and no text that is read as a whole.
        """
        for header, row in self._rows.get(_start(data, ends)) or ():
            if data.startswith(header) and _is_all(data, len(header) - 1, ends):
                return row
        return None

    def keep(self, header: bytes, ends: Sequence[int], row: Row) -> Row:
        """Remember the row of a lone header, and return it."""
        start = _start(header, ends)
        alike = self._rows.get(start) or self._rows.keep(start, [])
        alike.insert(0, (header, row))
        del alike[_MAX_ALIKE:]
        return row


def lone_header(data: bytes, regions: Sequence[Region], ends: Sequence[int]) -> bytes | None:
    """Return the comment at the start of a file with its line end, if nothing else is read.

    Its row has to be made of these bytes alone, so that it cannot depend on one of the files.
    """
    first = regions[0]
    header = data[: first.end + 1]
    if len(regions) > 1 or first.start or first.shape is not Shape.COMMENT:
        return None
    # In a string or comment that stays open, the next file decides where it ends.
    if len(header) > _MAX_BYTES or not is_balanced(header):
        return None
    return header if _is_all(data, first.end, ends) else None


def _start(data: bytes, ends: Sequence[int]) -> bytes:
    """Return the text up to its first license word and some more of that line."""
    end = ends[0] + _YEAR_BYTES
    line_end = data.find(b"\n", ends[0], end)
    return data[: end if line_end < 0 else line_end]


def _is_all(data: bytes, size: int, ends: Sequence[int]) -> bool:
    """Tell whether all words stand in the first bytes, and those end as a comment does.

    A tag is read up to the end of its line, and too many words are a doubt.
    """
    return len(ends) <= MAX_HITS and ends[-1] <= size and ends_comment(data, size)
