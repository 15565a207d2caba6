"""In which order rows are read, and who reads which: pure functions, the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Rows ``[start, stop)`` of a shard."""

    shard: int
    """Index in the order of the epoch."""
    start: int
    stop: int


def shuffled(names: Sequence[str], seed: int | None, epoch: int) -> list[str]:
    """Return names in the order of an epoch; without a seed they keep theirs.

    A digest and no generator of random numbers: the order is the same with every version of
    Python, and nothing that others seed changes it.
    """
    if seed is None:
        return list(names)
    return sorted(names, key=lambda n: hashlib.sha256(f"{seed}\0{epoch}\0{n}".encode()).digest())


def share_of(total: int, place: int, places: int) -> range:
    """Return which of `total` rows are read at a place; shares differ by one row at most.

    Raises:
        ValueError: there is no such place.
    """
    if not 0 <= place < places:
        msg = f"there is no place {place} of {places}"
        raise ValueError(msg)
    return range(total * place // places, total * (place + 1) // places)


def stretches(sizes: Sequence[int], rows: range) -> Iterator[Stretch]:
    """Yield the parts of shards of these sizes that hold a range of all their rows."""
    first = 0
    for shard, size in enumerate(sizes):
        start, stop = max(rows.start - first, 0), min(rows.stop - first, size)
        if start < stop:
            yield Stretch(shard=shard, start=start, stop=stop)
        first += size
