"""From candidates to the windows that Presidio reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.pii.gates import Gate
from ingest.detect.syntax import Span

TARGET_WINDOW_BYTES: Final = 2048
"""Neighbouring candidates share a window up to this length; half of what the engine refuses."""


def windows(data: bytes, wanted: Iterable[tuple[Gate, list[int]]]) -> Iterator[Span]:
    """Yield windows that together hold every candidate with its margins, sorted, few and short."""
    size = len(data)
    spans = sorted(
        (max(0, end - gate.before), min(size, end + gate.after))
        for gate, ends in wanted
        for end in ends
    )
    start, stop = -1, -1
    for begin, finish in spans:
        if start >= 0 and begin <= stop and max(finish, stop) - start <= TARGET_WINDOW_BYTES:
            stop = max(stop, finish)
            continue
        if start >= 0:
            yield start, stop
        start, stop = begin, finish
    if start >= 0:
        yield start, stop
