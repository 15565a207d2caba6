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
from ingest.detect.pii.names import NameJudge, NameRun, read_name
from ingest.domain.finding import Category

_MIN_BYTES: Final = 6
_MAX_BETWEEN: Final = 40
_BETWEEN_CELLS: Final = re.compile(rb"[\"'` ]*[|,;\t][\"'` ]*")
_BETWEEN_FIELDS: Final = re.compile(
    rb"[\"'`]?\)?[,;.]?\s{0,20}(?:\w{1,12}\.)?[\"']?[A-Za-z_]{4,24}[\"']?\s{0,2}(?:[:=(]|=>|:=)\s{0,2}[\"'`]?"
)
"""From the value of a field to that of the next: ``", last_name: "``, ``").lastName("``."""
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
    """Yield first name and surname that stand in columns or fields side by side, as one name."""
    for rule, form in (("person.column", _BETWEEN_CELLS), ("person.field", _BETWEEN_FIELDS)):
        cells = sorted((start, end) for told_by, start, end in told if told_by == rule)
        for (start, end), (start_2, end_2) in pairwise(cells):
            between = data[end:start_2]
            if len(between) <= _MAX_BETWEEN and form.fullmatch(between):
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
    r"(?:[*_\])\"']{0,3}(?:,(?: and| &)?|,? and| &)"
    r"(?:[ \t]+|[ \t]*\r?\n[ \t]*(?:[*#/;]{1,3}[ \t]+)?)"
    r"|[ \t]@tab[ \t])(?:@?\w[\w.-]{1,30},[ \t]+(?:and[ \t]+)?){0,3}"
    r"[*_\[(\"']{0,3}(?=[^\W\d_a-z])"
)
"""What parts a name from the next of a list; logins and single names may stand between."""
_PREVIOUS: Final = re.compile(
    r"(?<![\w.'\u2019-])(?P<name>[^\W\d_a-z][\w.'\u2019-]*(?: [\w.'\u2019-]+){1,3})"
    r"[*_\])\"']{0,3}(?:,(?: and| &)?|,? and| &)[ \t]+[*_\[(\"']{0,3}$"
)
_ENDS_BRACKET: Final = re.compile(r"\)[.,;]?[ \t]*(?:\r?\n|$)")
_MAX_CHAIN: Final = 64
_AHEAD: Final = 200
_BEHIND: Final = 100
_SURE_CHAIN: Final = 2
"""Behind so many names of a list one that no list knows is a name too."""


def neighbour_hits(
    data: bytes, people: Iterable[tuple[str, int, int]], judge: NameJudge
) -> Iterator[Hit]:
    """Yield the names that stand before or behind a name in a list, most of them half listed."""
    spans = sorted((end, start) for _, start, end in people if b" " in data[start:end])
    depths = dict.fromkeys((end for end, _ in spans), 1)
    begins = {start for _, start in spans}
    for first, start in spans:
        yield from _behind(data, first, depths, begins, judge)
        yield from _before(data, start, depths, judge)


def _behind(
    data: bytes, end: int, depths: dict[int, int], begins: set[int], judge: NameJudge
) -> Iterator[Hit]:
    depth = depths[end]
    for _ in range(_MAX_CHAIN):
        ahead = data[end : end + _AHEAD].decode("utf-8", "surrogateescape")
        follows = _NEXT.match(ahead)
        run = read_name(ahead, follows.end()) if follows else None
        if run is None or judge.reason_against(run.words):
            return
        is_sure = depth >= _SURE_CHAIN or _ends_credit(end, ahead, run, begins)
        if not (judge.is_likely_person(run.words) or (is_sure and judge.is_plain(run.words))):
            return
        start = end + len(ahead[: run.start].encode("utf-8", "surrogateescape"))
        end = end + len(ahead[: run.end].encode("utf-8", "surrogateescape"))
        depth += 1
        if end in depths:
            depths[end] = max(depth, depths[end])
            return
        yield Hit(Category.PERSON, "person.hinted", start, end)


def _ends_credit(end: int, ahead: str, run: NameRun, begins: set[int]) -> bool:
    """Tell whether a run ends a bracket and its line, or a further name follows it."""
    if _ENDS_BRACKET.match(ahead, run.end):
        return True
    follows = _NEXT.match(ahead, run.end)
    if follows is None:
        return False
    return end + len(ahead[: follows.end()].encode("utf-8", "surrogateescape")) in begins


def _before(data: bytes, start: int, depths: dict[int, int], judge: NameJudge) -> Iterator[Hit]:
    for _ in range(_MAX_CHAIN):
        text = data[max(0, start - _BEHIND) : start].decode("utf-8", "surrogateescape")
        before = _PREVIOUS.search(text)
        run = read_name(text, before.start()) if before else None
        if before is None or run is None or run.end != before.end("name"):
            return
        end = start - len(text[run.end :].encode("utf-8", "surrogateescape"))
        start = start - len(text[run.start :].encode("utf-8", "surrogateescape"))
        if end in depths or judge.reason_against(run.words):
            return
        if not judge.is_likely_person(run.words):
            return
        yield Hit(Category.PERSON, "person.hinted", start, end)
