"""Readers of the authors of works that a text cites, in the styles of journals and manuals.

An initial beside a surname, and a year or a number in brackets around both, is how nothing but
authors are written: no list has to know them. Whole names want a list to know one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import (
    BROKEN_GAP,
    PARTICLE,
    NameJudge,
    parts_of_lines,
    read_name,
)
from ingest.detect.pii.words import split_words

_CAPITAL: Final = r"[A-Z\xc3-\xd5]"
CITATIONS: Final = {
    "numbered": r"^[ \t]{0,24}(?:[*#/;%!|-]{1,3}[ \t]{1,8})?(?:\.\.[ \t]{1,3})?"
    r"\[(?:[0-9]{1,3}|[A-Za-z+-]{1,16}[0-9]{2,4}[a-z]?)\]:?[ \t]{1,4}" + _CAPITAL,
    "dated": r"[A-Za-z\x80-\xff.'],?[ \t\n]{1,4}\(?(?:1[89]|20)[0-9]{2}[a-z]?[).,:;]",
    # of initials with a comma and a quote alone, every text has too many
    "titled": r"[ (][A-Z]\. ?[A-Z][a-z\x80-\xff'-]{2,24},[ \n][\"`][A-Z][a-z]",
}
"""What the readers below read from, for Hyperscan."""

_GAP: Final = BROKEN_GAP.pattern
_LAST: Final = (
    rf"(?:(?:{PARTICLE.pattern}|V[ao]n|D[ei]) ){{0,2}}"
    r"[^\W\d_a-z](?:[^\W\d_]|['\u2019\u2010-](?=[^\W\d_])){1,29}(?:'(?=[ ,]))?"
)
_INITIALS: Final = rf"[^\W\d_a-z]\.(?:(?:-|{_GAP})?[^\W\d_a-z]\.){{0,3}}"
_AUTHOR: Final = re.compile(
    r"(?<![^\W\d_])(?:"
    rf"(?P<last>{_LAST}),(?:{_GAP})?(?P<initials>{_INITIALS})(?![^\W\d_])"
    rf"|(?P<before>{_INITIALS})(?:{_GAP})?(?P<behind>{_LAST}(?: [^\W\d_a-z][^\W\d_]{{2,20}})?)"
    rf"|(?P<short>{_LAST}) (?P<glued>[A-Z]{{1,3}})(?![\w.'-]))"
)
_GIVEN: Final = r"[^\W\d_a-z](?:[^\W\d_]|['\u2019](?=[^\W\d_])){1,20}"
_MLA: Final = re.compile(
    rf"(?P<last>{_LAST}),(?:{_GAP})(?P<given>{_GIVEN}(?:[ -]{_GIVEN})?(?: [A-Z]\.){{0,2}})"
)
"""Surname first and the first name in full, as only the first of the authors is written."""
_AND: Final = rf"(?:,?(?:{_GAP})(?:and|&|und|et|y)(?:{_GAP})|[,;](?:{_GAP})?)"
_NEXT: Final = re.compile(rf"{_AND}(?=[^\W\d_])")
_BETWEEN: Final = re.compile(rf"{_AND}(?:&(?:{_GAP}))?")
_ENDS: Final = re.compile(r"[ \t]*(?:[.,:;(\"\u201c`]|et al|$|\r?\n)")
_GOES_ON: Final = re.compile(rf"{_AND}|[ \t]*\r?\n")
_LAST_BUT_ONE: Final = re.compile(rf",?(?:{_GAP})(?:and|&|und|et|y)(?:{_GAP})")
_YEAR_END: Final = re.compile(r",?\s{1,4}\(?(?:1[89]|20)\d\d[a-z]?[).,:;]$")
_YEAR_BEHIND: Final = re.compile(r"\s{1,4}\((?:1[89]|20)\d\d[a-z]?\)")
_TITLE_END: Final = re.compile(r",\s[\"`][A-Z][a-z]$")
_NO_SURNAMES: Final = frozenset(
    split_words(
        "appendix army august america association chapter congress corollary department edition "
        "equation example exercise figure government institute january june july lemma may note "
        "october part press problem proceedings proposition rev science section series society "
        "states step table technical theorem university version vitamin volume november september "
        "december april march february conference journal report standard annex option group type "
        "introduction background overview summary results discussion conclusion references methods "
        "class level grade phase plan type patent release revision"
    )
)
"""What stands beside a letter and before a year, and is called so by no list of words."""
_REACH: Final = 700
_MAX_AUTHORS: Final = 24
_MIN_IN_LIST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Author:
    start: int
    end: int
    is_sure: bool
    """Whether it is a person even if all beside it are doubtful."""


def numbered(reading: Reading) -> Iterator[Hit]:
    """Read ``.. [1] Quux, J. A., and Joe Bar. "Title"``: the entry of a list of references."""
    reading = replace(reading, reach=_REACH)
    authors: list[_Author] = []
    at = 0
    while len(authors) < _MAX_AUTHORS:
        author = _author(reading, at, len(authors))
        if author is None:
            break
        authors.append(author)
        follows = _BETWEEN.match(reading.ahead, author.end)
        if follows is None:
            break
        at = follows.end()
    if authors and _ENDS.match(reading.ahead, authors[-1].end):
        if _YEAR_BEHIND.match(reading.ahead, authors[-1].end):
            authors[0] = replace(authors[0], is_sure=True)
        yield from _hits(reading, authors, 0)


def dated(reading: Reading) -> Iterator[Hit]:
    """Read ``Quux, J. A., & Bar, B. (2001)`` and ``J. Quux, 2001.``."""
    yield from _before(reading, _YEAR_END)


def titled(reading: Reading) -> Iterator[Hit]:
    """Read ``Quux, J.A., and B. Bar, "Title"``."""
    yield from _before(reading, _TITLE_END)


def _before(reading: Reading, ending: re.Pattern[str]) -> Iterator[Hit]:
    """Yield the authors whose list reaches what ends it."""
    text = reading.behind + reading.ahead[:1]
    end = ending.search(text)
    if end is None:
        return
    chain: list[_Author] = []
    for match in _AUTHOR.finditer(text, 0, end.start()):
        author = _judged(match, reading.judge)
        is_next = chain and _BETWEEN.fullmatch(text, chain[-1].end, match.start())
        if not is_next:
            chain = []
        if author:
            chain.append(author)
    if chain and chain[-1].end == end.start():
        yield from _hits(reading, chain, len(reading.behind))


def _hits(reading: Reading, authors: list[_Author], behind: int) -> Iterator[Hit]:
    if not any(author.is_sure for author in authors):
        return
    text = reading.behind if behind else reading.ahead
    make = reading.hit_behind if behind else reading.hit
    for author in authors:
        for start, end in parts_of_lines(text, author.start, author.end):
            yield make("person.marked", (start, end))


def _author(reading: Reading, at: int, number: int) -> _Author | None:
    """Return who begins at an offset, behind so many others."""
    match = _AUTHOR.match(reading.ahead, at)
    if match:
        return _judged(match, reading.judge)
    first = None if number else _surname_first(reading.ahead, at, reading.judge)
    return first or _in_full(reading.ahead, at, number, reading.judge)


def _surname_first(text: str, at: int, judge: NameJudge) -> _Author | None:
    match = _MLA.match(text, at)
    words = (*match["given"].split(" "), *match["last"].split(" ")) if match else ()
    if match is None or judge.reason_against(words):
        return None
    is_listed = judge.is_likely_person(words)
    if not (is_listed or judge.is_plain(words)):
        return None
    return _Author(start=at, end=match.end(), is_sure=is_listed)


def _in_full(text: str, at: int, number: int, judge: NameJudge) -> _Author | None:
    run = read_name(text, at, BROKEN_GAP)
    if run is None or judge.reason_against(run.words):
        return None
    if judge.exclusions.has("person", "method_or_place", " ".join(run.words).lower()):
        return None
    is_listed = judge.is_likely_person(run.words)
    is_amid = not number or _is_in_list(text, run.end, number)
    if not is_listed and not (is_amid and judge.is_plain(run.words)):
        return None
    return _Author(start=at, end=run.end, is_sure=is_listed)


def _is_in_list(text: str, end: int, number: int) -> bool:
    """Tell whether a strange name stands amid others, and is no title behind the last of them."""
    follows = _GOES_ON if number >= _MIN_IN_LIST else _LAST_BUT_ONE
    return follows.match(text, end) is not None


def _judged(match: re.Match[str], judge: NameJudge) -> _Author | None:
    surname = match["last"] or match["behind"] or match["short"]
    words = (
        tuple(surname.rstrip("'").title().split(" "))
        if surname.isupper()
        else tuple(surname.rstrip("'").split(" "))
    )
    known = judge.gazetteer
    if judge.reason_against(words) or words[-1].lower() in _NO_SURNAMES:
        return None
    is_surname = known.is_last(words[-1])
    if not is_surname and any(map(known.is_word, words)):
        return None
    is_sure = (is_surname and not known.is_word(words[-1])) if match["short"] else True
    return _Author(start=match.start(), end=match.end(), is_sure=is_sure)
