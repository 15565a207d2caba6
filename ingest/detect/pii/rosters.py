"""Lists of people: what stands under a heading such as ``Contributors``, one line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.detect.pii.cue_names import is_wide_name, wide_run
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.given_names import is_given
from ingest.detect.pii.names import WORD, NameJudge, NameRun, read_name
from ingest.domain.finding import Category

ROSTER_SUFFIXES: Final = frozenset({"authors", "contributors", "maintainers", "credits", "thanks"})
"""Name hints of files that are such a list from the first line."""
HEADING: Final = (
    r"^[ \t]*(?:#{1,6}|=+|\*\*|[/*#;-]{1,3})?[ \t]*(?:[A-Za-z'&/-]{1,16}[ \t]+){0,3}"
    r"(?:authors?|contributors?|maintainers?|committers?|credits|acknowledge?ments|thanks"
    r"|patches|translators|developers|members|team|tsc|triagers|emeriti|attendees|attendance|present"
    r"|participants|apologies|absent|regrets|invited|teilnehmer|anwesend|pr\xc3\xa9sents|asistentes"
    r"|presenti|aanwezig|obecni)\b[^\n]{0,40}$"
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
_AFTER_WIDE: Final = re.compile(r"[ \t]*(?:$|<|\(@?[A-Za-z]|[,;]|[-\u2013] |@)")
_REVERSED: Final = re.compile(
    r"(?P<name>(?P<last>[^\W\d_a-z][\w'\u2019-]{1,24}), (?P<first>[^\W\d_a-z][\w'\u2019-]{2,24})"
    r"(?: [A-Z]\.)?)[ \t]*(?:$|[<(\[;|]|[-\u2013] )"
)
_AFTER_GIVEN: Final = re.compile(r"[ \t]*(?:$|\r|\([^()\n]{1,40}\)|@[\w-]+)[ \t\r]*$")
_NEXT: Final = re.compile(r"(?:,| and| &|,? and)[ \t]+(?=[^\W\d_])")
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
        hits = _item(line, start, judge, is_sure=people >= _SURE_PEOPLE)
        yield from ((stop, hit) for hit in hits or (None,))
        if hits:
            strange, people = 0, people + len(hits)
        elif line.strip():
            strange += 1
        is_other = not hits and number > 1 and _OTHER_HEADING.match(line) is not None
        if strange > _MAX_STRANGE or stop >= len(data) or is_other:
            return
        start = stop + 1


def _item(line: bytes, offset: int, judge: NameJudge, *, is_sure: bool) -> list[Hit]:
    """Return the name that begins a line, and those that follow it behind commas."""
    if not 0 < len(line) <= _MAX_LINE_BYTES:
        return []
    text = line.decode("utf-8", "surrogateescape")
    head = _ITEM.match(text)
    at = head.end() if head else 0
    run = read_name(text, at)
    if run is None:
        other = _reversed_item(text, at, offset, judge) or _given_item(text, at, offset, judge)
        return [other] if other else list(_wide_item(text, at, offset, judge))
    hits: list[Hit] = []
    while run is not None and _is_person(text, run, judge, is_sure=is_sure):
        hits.append(_hit(text, (run.start, run.end), offset))
        follows = _NEXT.match(text, run.end)
        run = read_name(text, follows.end()) if follows else None
    return hits


def _is_person(text: str, run: NameRun, judge: NameJudge, *, is_sure: bool) -> bool:
    if judge.reason_against(run.words) or not _AFTER.match(text, run.end):
        return False
    return is_sure or judge.is_half_listed(run.words) or _has_handle(text[run.end :])


def _wide_item(text: str, at: int, offset: int, judge: NameJudge) -> Iterator[Hit]:
    """Yield the name in a script without capitals that fills a line, or stands before a mark.

    What follows it in brackets may be the same name in Latin letters.
    """
    run = None if text.isascii() else wide_run(text, at)
    if run is None or not is_wide_name(run.group()):
        return
    if not _AFTER_WIDE.match(text, run.end()):
        return
    yield _hit(text, run.span(), offset)
    latin = read_name(text, run.end() + 2) if text.startswith(" (", run.end()) else None
    if latin and text.startswith(")", latin.end) and not judge.reason_against(latin.words):
        yield _hit(text, (latin.start, latin.end), offset)


def _hit(text: str, span: tuple[int, int], offset: int) -> Hit:
    start = offset + len(text[: span[0]].encode("utf-8", "surrogateescape"))
    size = len(text[span[0] : span[1]].encode("utf-8", "surrogateescape"))
    return Hit(Category.PERSON, "person.roster", start, start + size)


def _reversed_item(text: str, at: int, offset: int, judge: NameJudge) -> Hit | None:
    """Return the name of a line such as ``Quux, Jane`` whose first name is listed."""
    match = _REVERSED.match(text, at)
    if match is None or judge.reason_against((match["last"], match["first"])):
        return None
    words = (match["first"], match["last"])
    if not judge.gazetteer.is_first(words[0]) or any(map(judge.gazetteer.is_ordinary, words)):
        return None
    return _hit(text, match.span("name"), offset)


def _given_item(text: str, at: int, offset: int, judge: NameJudge) -> Hit | None:
    """Return the first name that is all that stands in an item, but for a remark on it."""
    word = WORD.match(text, at)
    if at == 0 or word is None or not _AFTER_GIVEN.match(text, word.end()):
        return None
    return _hit(text, word.span(), offset) if is_given(judge, word.group()) else None


def _has_handle(rest: str) -> bool:
    """Tell whether a mail address, login or link follows: what follows a person."""
    return (
        re.match(r"[ \t]*[*_`\]]{0,2}[ \t]*(?:<|[(\[]?[ \t]*[`\"]?(?:@|https?:|[\w.+-]+@))", rest)
        is not None
    )
