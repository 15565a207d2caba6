"""What follows from a name that a text has told: its further places, and who is listed behind it.

Whoever stands in the list of authors also stands in the notes below it, where nothing but the name
itself says so. A name is looked for whole, as it was written, and only where it was told by a
field, a mark or a list of people, and has two words or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import NameJudge, read_name
from ingest.domain.finding import Category

_MIN_BYTES: Final = 6
_MAX_BETWEEN: Final = 40
_BETWEEN_CELLS: Final = re.compile(rb"[\"'` ]*[|,;\t][\"'` ]*")
_MAX_BYTES_READ: Final = 64_000_000
"""Of a long text with many names only the first names are looked for again."""
_SURE: Final = frozenset(
    {"person.marked", "person.field", "person.roster", "person.column", "person.hinted"}
)


def echo_hits(data: bytes, people: Iterable[tuple[str, int, int]]) -> Iterator[Hit]:
    """Yield the other places of names; `people` are rule and span in bytes."""
    told = list(people)
    known = {(start, end) for _, start, end in told}
    names = {
        data[start:end]: None
        for rule, start, end in told
        if rule in _SURE and end - start >= _MIN_BYTES and b" " in data[start:end]
    }
    names |= dict.fromkeys(_joined(data, told))
    for name in list(names)[: _MAX_BYTES_READ // (len(data) + 1) + 1]:
        for start in _places(data, name):
            if (start, start + len(name)) not in known:
                yield Hit(Category.PERSON, "person.echo", start, start + len(name))


def _joined(data: bytes, told: list[tuple[str, int, int]]) -> Iterator[bytes]:
    """Yield first name and surname that a table has in columns side by side, as one name."""
    cells = sorted((start, end) for rule, start, end in told if rule == "person.column")
    for (start, end), (start_2, end_2) in pairwise(cells):
        between = data[end:start_2]
        if len(between) <= _MAX_BETWEEN and _BETWEEN_CELLS.fullmatch(between):
            yield data[start:end] + b" " + data[start_2:end_2]


def _places(data: bytes, name: bytes) -> Iterator[int]:
    start = data.find(name)
    while start >= 0:
        end = start + len(name)
        if not _is_letter(data[start - 1 : start]) and not _is_letter(data[end : end + 1]):
            yield start
        start = data.find(name, end)


def _is_letter(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_" or byte >= b"\x80"


_NEXT: Final = re.compile(
    r"[*_\])\"']{0,3}(?:,(?: and| &)?|,? and| &)(?:[ \t]+|[ \t]*\r?\n[ \t]*(?:[*#/;]{1,3}[ \t]+)?)"
    r"[*_\[(\"']{0,3}(?=[^\W\d_a-z])"
)
_MAX_CHAIN: Final = 64
_AHEAD: Final = 200


def neighbour_hits(
    data: bytes, people: Iterable[tuple[str, int, int]], judge: NameJudge
) -> Iterator[Hit]:
    """Yield the names that follow a name behind a comma or *and*, where half of each is listed."""
    told = {end for _, start, end in people if b" " in data[start:end]}
    for first in sorted(told):
        end = first
        for _ in range(_MAX_CHAIN):
            ahead = data[end : end + _AHEAD].decode("utf-8", "surrogateescape")
            follows = _NEXT.match(ahead)
            run = read_name(ahead, follows.end()) if follows else None
            if run is None or not judge.is_likely_person(run.words):
                break
            if judge.reason_against(run.words):
                break
            start = end + len(ahead[: run.start].encode("utf-8", "surrogateescape"))
            end = end + len(ahead[: run.end].encode("utf-8", "surrogateescape"))
            if end in told:
                break
            yield Hit(Category.PERSON, "person.hinted", start, end)
