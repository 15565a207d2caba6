from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.detect import pace


class Notes:
    def __init__(self) -> None:
        self.said: list[str] = []

    def enter_window(self) -> None:
        self.said.append("in")

    def leave_window(self) -> None:
        self.said.append("out")


@pytest.fixture
def notes() -> Iterator[Notes]:
    before = pace.window.watcher
    notes = Notes()
    pace.watch(notes)
    yield notes
    pace.watch(before)


def test_a_watcher_hears_of_every_window_even_of_one_that_fails(notes: Notes) -> None:
    with pace.window:
        assert notes.said == ["in"]
    with pytest.raises(ValueError, match="x"), pace.window:
        raise ValueError("x")
    assert notes.said == ["in", "out", "in", "out"]


def test_without_a_watcher_a_window_is_nothing() -> None:
    with pace.window:
        pass
