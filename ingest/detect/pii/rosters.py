"""Lists of people: what stands under a heading such as ``Contributors``, one line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import NameJudge, read_name
from ingest.domain.finding import Category

ROSTER_SUFFIXES: Final = frozenset({"authors", "contributors", "maintainers", "credits", "thanks"})
"""Name hints of files that are such a list from the first line."""
HEADING: Final = (
    r"^[ \t]*(?:#{1,6}|=+|\*\*|[/*#;-]{1,3})?[ \t]*(?:[A-Za-z'&/-]{1,16}[ \t]+){0,3}"
    r"(?:authors?|contributors?|maintainers?|committers?|credits|acknowledge?ments|thanks"
    r"|patches|translators|developers|members|team|tsc|triagers|emeriti)\b[^\n]{0,40}$"
)
"""A line that names the people below it; for Hyperscan, caseless and over lines."""
_OTHER_HEADING: Final = re.compile(
    rb"^(?:#{1,6}[ \t]|\[[a-z]|[=~^-]{4,}[ \t]*$|def |class |function )"
)
_ITEM: Final = re.compile(
    r"[ \t]*(?:[#;/*|-]{0,3}[ \t]*)(?:[-*+\u2022][ \t]+|\d{1,3}[.)][ \t]+|\|[ \t]*)?"
    r"(?:\[[\w .-]{1,40}\]\([^)\n]{1,100}\)[ \t]*[-\u2013:|][ \t]*)?(?:\*\*|__|\[|`)?"
)
_AFTER: Final = re.compile(
    r"[ \t]*(?:$|[<(\[,;:@|*_`\]]|[-\u2013\u2014][ \t]|https?:|(?:for|of|who|at)\b)"
)
_REVERSED: Final = re.compile(
    r"(?P<name>(?P<last>[^\W\d_a-z][\w'\u2019-]{1,24}), (?P<first>[^\W\d_a-z][\w'\u2019-]{2,24})"
    r"(?: [A-Z]\.)?)[ \t]*(?:$|[<(\[;|]|[-\u2013] )"
)
_MAX_LINES: Final = 4000
_SURE_PEOPLE: Final = 3
"""After so many people a list is one of people, and names that no list knows count too."""
_MAX_STRANGE: Final = 6
"""So many lines without a name end a list."""
_MAX_LINE_BYTES: Final = 300


def roster_hits(
    data: bytes, suffix: str, headings: Sequence[int], judge: NameJudge
) -> Iterator[Hit]:
    """Yield the name that begins each line of a list of people; spans in bytes.

    `headings`: where the lines that `HEADING` describes end, ascending.
    """
    starts = [0] if suffix in ROSTER_SUFFIXES else []
    starts += [end + 1 for end in headings]
    read_to = 0
    for start in starts:
        if start < read_to:
            continue
        for end, hit in _items(data, start, judge):
            read_to = end
            if hit:
                yield hit


def _items(data: bytes, start: int, judge: NameJudge) -> Iterator[tuple[int, Hit | None]]:
    strange = people = 0
    for number in range(_MAX_LINES):
        stop = data.find(b"\n", start)
        stop = len(data) if stop < 0 else stop
        line = data[start:stop]
        hit = _item(line, start, judge, is_sure=people >= _SURE_PEOPLE)
        yield stop, hit
        if hit:
            strange, people = 0, people + 1
        elif line.strip():
            strange += 1
        is_other = hit is None and number > 1 and _OTHER_HEADING.match(line) is not None
        if strange > _MAX_STRANGE or stop >= len(data) or is_other:
            return
        start = stop + 1


def _item(line: bytes, offset: int, judge: NameJudge, *, is_sure: bool) -> Hit | None:
    if not 0 < len(line) <= _MAX_LINE_BYTES:
        return None
    text = line.decode("utf-8", "surrogateescape")
    head = _ITEM.match(text)
    run = read_name(text, head.end() if head else 0)
    if run is None:
        return _reversed_item(text, head.end() if head else 0, offset, judge)
    if judge.reason_against(run.words) or not _AFTER.match(text, run.end):
        return None
    is_known = is_sure or judge.is_half_listed(run.words) or _has_handle(text[run.end :])
    if not is_known:
        return None
    start = offset + len(text[: run.start].encode("utf-8", "surrogateescape"))
    size = len(text[run.start : run.end].encode("utf-8", "surrogateescape"))
    return Hit(Category.PERSON, "person.roster", start, start + size)


def _reversed_item(text: str, at: int, offset: int, judge: NameJudge) -> Hit | None:
    """Return the name of a line such as ``Quux, Jane`` whose first name is listed."""
    match = _REVERSED.match(text, at)
    if match is None or judge.reason_against((match["last"], match["first"])):
        return None
    words = (match["first"], match["last"])
    if not judge.gazetteer.is_first(words[0]) or any(map(judge.gazetteer.is_ordinary, words)):
        return None
    start = offset + len(text[:at].encode("utf-8", "surrogateescape"))
    size = len(match.group("name").encode("utf-8", "surrogateescape"))
    return Hit(Category.PERSON, "person.roster", start, start + size)


def _has_handle(rest: str) -> bool:
    """Tell whether a mail address, login or link follows: what follows a person."""
    return (
        re.match(r"[ \t]*[*_`\]]{0,2}[ \t]*(?:<|[(\[]?[ \t]*[`\"]?(?:@|https?:|[\w.+-]+@))", rest)
        is not None
    )
