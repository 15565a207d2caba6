"""Names that stand where other names of the same text stand: lists, tables, records, test data.

No list knows every name, but a text writes its people alike: under one key, in one cell of each
row, behind one mark. Where most of what stands between the same bytes are people, the others that
could be names are people too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import NameJudge, read_name
from ingest.domain.finding import Category

Frame = tuple[bytes, bytes]
"""The bytes before and behind a name, digits written as zeros."""

_LEAD_BYTES: Final = 24
_MIN_LEAD: Final = 2
_MIN_PEOPLE: Final = 3
_MAX_FRAMES: Final = 12
_MAX_PLACES: Final = 20_000
_DIGITS: Final = re.compile(rb"[0-9]+")
_TAIL: Final = re.compile(rb"[ \t]?(?:[^\w\s]|\r?\n|\Z)|[ \t]{2}")
_VALUE: Final = rb"(?=[A-Z\xc3-\xd5])([^\n<>\"'`(),;:|@=\[\]{}\\/]{3,48}?)"


def sibling_hits(
    data: bytes, people: Iterable[tuple[str, int, int]], judge: NameJudge
) -> Iterator[Hit]:
    """Yield the names in frames that mostly hold people; `people` are rule and span in bytes."""
    told: dict[Frame, set[bytes]] = defaultdict(set)
    known = set()
    for _, start, end in people:
        known.add(start)
        frame = _frame(data, start, end) if b" " in data[start:end] else None
        if frame:
            told[frame].add(data[start:end])
    busiest = sorted(told, key=lambda frame: (-len(told[frame]), frame))[:_MAX_FRAMES]
    for frame in busiest:
        if len(told[frame]) >= _MIN_PEOPLE:
            yield from _others(data, frame, told[frame], known, judge)


def _frame(data: bytes, start: int, end: int) -> Frame | None:
    """Return what stands around a span on its line, or None where that is nothing of its own."""
    line = data.rfind(b"\n", max(0, start - _LEAD_BYTES), start)
    lead = data[max(0, start - _LEAD_BYTES) : start]
    if line >= 0 or start < _LEAD_BYTES:
        lead = b"\n" + data[line + 1 : start].lstrip(b"\t ")
    tail = _TAIL.match(data, end)
    if tail is None or len(lead) < _MIN_LEAD - (tail[0].strip() == b""):
        return None
    return _DIGITS.sub(b"0", lead), tail[0].strip()


def _others(
    data: bytes, frame: Frame, told: set[bytes], known: set[int], judge: NameJudge
) -> Iterator[Hit]:
    lead, tail = frame
    before = rb"^[ \t]*" + _pattern(lead[1:]) if lead[:1] == b"\n" else _pattern(lead)
    behind = rb"[ \t]?" + _pattern(tail) if tail else rb"[ \t]*\r?$"
    places = re.compile(before + _VALUE + rb"(?=" + behind + rb")", re.MULTILINE)
    strange: list[tuple[int, bytes]] = []
    others: set[bytes] = set()
    for number, place in enumerate(places.finditer(data)):
        if number >= _MAX_PLACES:
            return
        if place.start(1) in known:
            continue
        if _could_be_name(place[1], judge):
            strange.append((place.start(1), place[1]))
        elif place[1] not in told:
            others.add(place[1])
    # what is no name shows that something else stands there too
    if len(others) <= len(told) / 2 and len({name for _, name in strange}) <= 2 * len(told):
        for start, name in strange:
            yield Hit(Category.PERSON, "person.roster", start, start + len(name))


def _pattern(frame: bytes) -> bytes:
    return re.escape(frame).replace(b"0", rb"[0-9]+")


def _could_be_name(value: bytes, judge: NameJudge) -> bool:
    text = value.decode("utf-8", "replace")
    run = read_name(text, 0)
    return (
        run is not None
        and run.end == len(text)
        and not judge.reason_against(run.words)
        and (judge.is_likely_person(run.words) or judge.is_plain(run.words))
    )
