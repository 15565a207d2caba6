from __future__ import annotations

import re
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.finding import Category
from release.build import repeats
from release.build.redact import RedactionSpan
from release.build.repeats import find_repeats, is_whole, sought_values

VALUES = st.sets(st.text("ab.", min_size=1, max_size=4).map(str.encode), max_size=4)


def _by_one_expression(data: bytes, values: list[bytes]) -> set[tuple[int, int]]:
    """Find what an alternation of the values finds: no two places overlap."""
    if not values:
        return set()
    longest_first = sorted(values, key=lambda value: (-len(value), value))
    pattern = re.compile(b"|".join(map(re.escape, longest_first)))
    return {m.span() for m in pattern.finditer(data) if is_whole(data, *m.span())}


@pytest.mark.parametrize("many", [0, 10**9])
@given(data=st.text("ab. ", max_size=30).map(str.encode), values=VALUES)
def test_places_are_all_whole_words_and_hold_what_one_expression_finds(
    many: int, data: bytes, values: set[bytes]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "_MANY_BYTES", many)
        found = list(find_repeats(data, dict.fromkeys(values, Category.PERSON)))
    places = {(span.start, span.end) for span in found}
    assert len(places) == len(found)
    assert places == {
        (start, start + len(value))
        for value in values
        for start in range(len(data))
        if data.startswith(value, start) and is_whole(data, start, start + len(value))
    }
    assert _by_one_expression(data, list(values)) <= places
    assert found == sorted(found, key=lambda span: (span.start, -span.end))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Quell", True),
        ("x.Quell-y", True),
        ("\u201cQuell\u201d", True),
        ("\\nQuell", True),
        ("\\\\nQuell", False),
        ("Quelle", False),
        ("_Quell", False),
        ("\u00e4Quell", False),
        ("1Quell", False),
    ],
)
def test_a_longer_word_is_another_word(text: str, *, whole: bool) -> None:
    data = text.encode()
    start = data.index(b"Quell")
    assert is_whole(data, start, start + 5) is whole


def test_places_in_what_is_found_already_are_none() -> None:
    span = RedactionSpan(start=0, end=5, category=Category.PERSON)
    data = b"Quell Quell"
    values = sought_values(data, [span])
    (repeat,) = find_repeats(data, values, [span])
    assert (repeat.start, repeat.end) == (6, 11)


@pytest.mark.parametrize(
    ("value", "category", "is_sought"),
    [
        (b"Quell", Category.PERSON, True),
        (b"Roe", Category.PERSON, False),
        (b"longword", Category.PASSWORD, True),
        (b"word", Category.PASSWORD, False),
        (b"two\nlines", Category.PRIVATE_KEY, False),
        (b"codename", Category.CODENAME, False),
    ],
)
def test_short_values_and_those_of_own_rules_are_not_sought(
    value: bytes, category: Category, *, is_sought: bool
) -> None:
    span = RedactionSpan(start=0, end=len(value), category=category)
    assert bool(sought_values(value, [span])) is is_sought


def test_places_come_one_by_one() -> None:
    places = find_repeats(b"Quell " * 100, {b"Quell": Category.PERSON})
    assert len(list(islice(places, 3))) == 3
