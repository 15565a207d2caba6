"""Arithmetic on rows of words: what stands in a template, and the stretch that is most like it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.detect.licensing.shingles import Numbers

BARRIER: Final = -2
"""Row of words that are explained already."""
_HIT: Final = 5
_MISS: Final = 6
_WALL: Final = 500_000
"""In whole numbers, so that a stretch is the same one wherever in a text it stands."""
_MAX_ADDED: Final = 60
"""Other words in a row that a passage may hold; more part two passages."""

Span = tuple[int, int]
Covered = NDArray[np.bool_]
"""Whether something holds of each word."""


def distinct_rows(rows: Numbers) -> Numbers:
    """Return what `np.unique` does, which is slow on few numbers."""
    ordered = np.sort(rows)
    is_new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]


def where_held(rows: Numbers, known: Numbers) -> Covered:
    """Return which rows stand among known, ascending ones."""
    if not len(known):
        return np.zeros(len(rows), np.bool_)
    places = np.searchsorted(known, rows)
    places[places == len(known)] = 0
    held: Covered = known[places] == rows
    return held


def covered_words(matched: Covered) -> Covered:
    """Return for each word whether it stands in three words that a template holds.

    `matched` says so of the three words that begin at each place, for one template or for each
    of several.
    """
    size = matched.shape[-1]
    covered = np.zeros((*matched.shape[:-1], size + 2), np.bool_)
    for shift in range(3):
        covered[..., shift : shift + size] |= matched
    return covered


def best_runs(covered: Covered, rows: Numbers) -> list[Span]:
    """Return the stretch with most covered and fewest other words, for each template (Kadane).

    It never reaches over a passage that is explained already, nor over a long run of other words:
    a second text of the same license is a passage of its own.
    """
    count, size = covered.shape
    values = np.where(covered, _HIT, -_MISS)
    values[:, :-2][:, rows == BARRIER] = -_WALL
    for row in range(count):
        for start, end in runs(~covered[row], 0, least=_MAX_ADDED + 1):
            values[row, start:end] = -_WALL
    sums = np.zeros((count, size + 1), np.int64)
    np.cumsum(values, axis=1, out=sums[:, 1:])
    lows = np.minimum.accumulate(sums, axis=1)
    lasts = np.argmax(sums - lows, axis=1).tolist()
    return [
        (int(np.flatnonzero(sums[row, : last + 1] == lows[row, last])[-1]), last)
        for row, last in enumerate(lasts)
    ]


def runs(flags: Covered, offset: int, *, least: int = 1) -> list[Span]:
    """Return the runs of set flags that are long enough."""
    padded = np.zeros(len(flags) + 2, np.bool_)
    padded[1:-1] = flags
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    pairs = edges.reshape(-1, 2)
    if least > 1:
        pairs = pairs[pairs[:, 1] - pairs[:, 0] >= least]
    return [(a + offset, b + offset) for a, b in pairs.tolist()]
