"""Every further place in the blob where a found value stands: redaction needs all of them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ingest.detect.funnel import Funnel, Pattern
from ingest.detect.secrets.matches import Match, rank
from ingest.domain.finding import Category

_MIN_LENGTH: Final = 8
_MIN_QUOTED: Final = 5
_MANY_BYTES: Final = 64 * 1024 * 1024
"""Above this product of values and blob size one compiled pass is cheaper than many searches."""
_WORD: Final = re.compile(rb"[A-Za-z0-9_]")
_QUOTES: Final = b"'\"`"
_DIGIT: Final = ord("0")
_NO_KIND: Final = frozenset(b"_")
_KIND_OF: Final = re.sub(
    rb"[^\w]",
    b".",
    bytes.maketrans(
        f"{string.ascii_lowercase}{string.ascii_uppercase}{string.digits}".encode(),
        b"a" * 26 + b"A" * 26 + b"0" * 10,
    ),
)
"""A letter for each kind of byte, so that one call tells of which kinds a value is made."""
_GUESSABLE: Final = frozenset((Category.PASSWORD, Category.GENERIC_SECRET, Category.URI_CREDENTIAL))


def further_occurrences(data: bytes, matches: Sequence[Match]) -> list[Match]:
    """Return matches for the other places of each value, under its most specific rule.

    A value that somebody chose is taken elsewhere as a whole word when it is odd enough to
    stand for nothing else, only as a whole quoted string when it is weaker, and not at all when
    it is plain letters: ``password = "string"`` must not black out every *string*.
    """
    by_value: dict[bytes, Match] = {}
    for match in sorted(matches, key=rank):
        by_value.setdefault(data[match.start : match.end], match)
    known = {(match.start, match.end) for match in matches}
    found = []
    for value, start in _places(data, [v for v, m in by_value.items() if _is_sought(v, m)]):
        end = start + len(value)
        match = by_value[value]
        if (start, end) not in known and _stands_alone(data, start, end, match):
            found.append(replace(match, start=start, end=end, evidence="occurrence"))
    return found


def _places(data: bytes, values: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    if len(values) * len(data) > _MANY_BYTES:
        patterns = [Pattern(id=n, expression=value) for n, value in enumerate(values)]
        for end, identifier, _start in Funnel(patterns, literal=True).matches(data):
            yield values[identifier], end - len(values[identifier])
        return
    for value in values:
        yield from ((value, start) for start in _starts(data, value))


def _starts(data: bytes, value: bytes) -> Iterable[int]:
    start = data.find(value)
    while start >= 0:
        yield start
        start = data.find(value, start + 1)


def _is_sought(value: bytes, match: Match) -> bool:
    if match.category not in _GUESSABLE:
        return len(value) >= _MIN_LENGTH
    return len(value) >= _MIN_QUOTED and not value.isalpha()


def _stands_alone(data: bytes, start: int, end: int, match: Match) -> bool:
    if match.category not in _GUESSABLE:
        return True
    before, after = data[start - 1 : start], data[end : end + 1]
    if is_unguessable(data[start:end]):
        return not (_WORD.match(before) and _WORD.match(data, start)) and not (
            _WORD.match(after) and _WORD.match(data, end - 1)
        )
    return bool(before) and before == after and before in _QUOTES


def is_unguessable(value: bytes) -> bool:
    """Say whether a value is too odd to stand for anything but itself."""
    kinds = set(value.translate(_KIND_OF))
    return len(value) >= _MIN_LENGTH and _DIGIT in kinds and len(kinds - _NO_KIND) > 1
