"""Where else in a file the values stand that are taken out of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ingest.detect.funnel import Funnel, Pattern
from ingest.domain.finding import Category
from release.build.redact import RedactionSpan

KEYS: Final = frozenset((Category.PROVIDER_TOKEN, Category.PRIVATE_KEY))
"""Keys by their form: inside a longer word they are keys all the same."""
_LOOSE: Final = KEYS | {Category.GENERIC_SECRET}
"""What is taken out of the middle of longer text too."""
_MIN_REPEATED: Final = 5
"""Bytes; shorter values are words that stand elsewhere for something else."""
_MIN_REPEATED_SECRET: Final = 8
_FOUND_IN_CODE: Final = frozenset(
    {
        Category.INTERNAL_HOST,
        Category.PRIVATE_IP,
        Category.PACKAGE_SCOPE,
        Category.TICKET_ID,
        Category.EMPLOYEE_LOGIN,
        Category.CODENAME,
        Category.CUSTOMER,
    }
)
"""Found by their own rules wherever they stand, so there is nothing to look for again."""
_SECRETS: Final = frozenset(
    {*_LOOSE, Category.URI_CREDENTIAL, Category.PASSWORD},
)
_MANY_BYTES: Final = 64 * 1024 * 1024
"""Above this product of values and text size one compiled pass is cheaper than many searches."""
_MAX_PATTERN: Final = 4_000
"""Bytes; Hyperscan refuses expressions of 16,000, and so long a value is rare."""
_ESCAPE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\[abfnrtv]\Z")
_MAX_CHARACTER: Final = 4


def sought_values(data: bytes, spans: Iterable[RedactionSpan]) -> dict[bytes, Category]:
    """Return the values of the spans that are to be looked for in the rest of the text."""
    values: dict[bytes, Category] = {}
    for span in spans:
        value = data[span.start : span.end]
        least = _MIN_REPEATED_SECRET if span.category in _SECRETS else _MIN_REPEATED
        if span.category not in _FOUND_IN_CODE and len(value) >= least and b"\n" not in value:
            values.setdefault(value, span.category)
    return values


def find_repeats(
    data: bytes, values: Mapping[bytes, Category], found: Sequence[RedactionSpan] = ()
) -> Iterator[RedactionSpan]:
    """Yield where the values stand outside the found spans, sorted, the longest first at a place.

    Parts of longer words are none, but for keys. `found` is sorted and disjoint.
    """
    starts = [span.start for span in found]
    for start, end in sorted(_places(data, list(values)), key=lambda p: (p[0], -p[1])):
        behind = bisect_left(starts, end)
        if behind and found[behind - 1].end > start:
            continue
        category = values[data[start:end]]
        if category in _LOOSE or is_whole(data, start, end):
            yield RedactionSpan(start=start, end=end, category=category)


def is_whole(data: bytes, start: int, end: int) -> bool:
    """Tell whether no longer word goes on before or behind a place; an escape is no word."""
    before = data[max(0, start - _MAX_CHARACTER) : start].decode("utf-8", "ignore")[-1:]
    after = data[end : end + _MAX_CHARACTER].decode("utf-8", "ignore")[:1]
    first = data[start : start + _MAX_CHARACTER].decode("utf-8", "ignore")[:1]
    last = data[max(start, end - _MAX_CHARACTER) : end].decode("utf-8", "ignore")[-1:]
    if _is_word(before) and _is_word(first) and not _ESCAPE.search(data, max(0, start - 64), start):
        return False
    return not (_is_word(last) and _is_word(after))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _places(data: bytes, values: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    compiled: list[bytes] = []
    if len(values) * len(data) > _MANY_BYTES:
        compiled = [value for value in values if len(value) <= _MAX_PATTERN]
        values = [value for value in values if len(value) > _MAX_PATTERN]
        patterns = [Pattern(id=n, expression=value) for n, value in enumerate(compiled)]
        for end, identifier, _start in Funnel(patterns, literal=True).matches(data):
            yield end - len(compiled[identifier]), end
    for value in values:
        start = data.find(value)
        while start >= 0:
            yield start, start + len(value)
            start = data.find(value, start + 1)
