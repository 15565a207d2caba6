"""Expressions behind whole words."""

from __future__ import annotations

from ingest.detect.licensing.names import fold
from ingest.detect.licensing.worded import Worded

_ROWS = (("pump valve", r"\b(?:pump|valve) house\b"), ("old+town", r"\bold town\b"), ("old", "old"))


def test_rows_are_tried_where_their_words_stand() -> None:
    worded = Worded(_ROWS)
    found = worded.matches(b"The Old\nvalve house", fold(b"The Old\nvalve house"))
    assert [(row, match[0]) for row, match in found] == [(0, "valve house"), (2, "old")]


def test_two_words_with_a_plus_stand_both() -> None:
    worded = Worded(_ROWS)
    assert [row for row, _match in worded.matches(b"old town", "old town")] == [1, 2]
    assert [row for row, _match in worded.matches(b"old", "old")] == [2]


def test_a_word_is_whole() -> None:
    assert not list(Worded(_ROWS).matches(b"pumps housed", "pump house"))
