"""The stretch of a text that is most like a template, and what stands in it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.stretches import (
    BARRIER,
    best_runs,
    covered_words,
    distinct_rows,
    runs,
    where_held,
)

ROWS = st.lists(st.integers(-2, 40), max_size=60)


@given(rows=ROWS)
def test_distinct_rows_are_what_a_set_holds(rows: list[int]) -> None:
    assert distinct_rows(np.array(rows, np.int64)).tolist() == sorted(set(rows))


@given(rows=ROWS, known=ROWS)
def test_a_row_is_held_where_it_is_known(rows: list[int], known: list[int]) -> None:
    found = where_held(np.array(rows, np.int64), np.array(sorted(known), np.int64))

    assert found.tolist() == [row in known for row in rows]


@given(flags=st.lists(st.booleans(), max_size=60), least=st.integers(1, 5))
def test_runs_are_the_stretches_of_set_flags(flags: list[bool], least: int) -> None:
    found = runs(np.array(flags, np.bool_), 0, least=least)

    inside = {place for start, end in found for place in range(start, end)}
    assert all(flags[place] for place in inside)
    assert all(end - start >= least for start, end in found)
    assert least > 1 or len(inside) == sum(flags)


def test_three_words_cover_as_many_places() -> None:
    matched = np.array([True, False, False, False], np.bool_)

    assert covered_words(matched).tolist() == [True, True, True, False, False, False]


def test_the_best_stretch_stops_at_what_is_explained() -> None:
    rows = np.array([1, 2, BARRIER, 5, 6], np.int64)
    covered = covered_words(rows[np.newaxis] > 0)

    assert best_runs(covered, rows) == [(3, 7)]
