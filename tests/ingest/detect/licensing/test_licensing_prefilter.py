"""The prefilter loses nothing that the rules behind it would read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.detect.licensing.prefilter import MAX_HITS, Prefilter


@pytest.fixture(scope="module")
def prefilter() -> Prefilter:
    return Prefilter(None)


@pytest.mark.parametrize(
    "text",
    [
        "Licence: MIT",
        "SPDX-" + "License-Identifier: MIT",
        "(c) 2020 Widget",
        "© 2020 Widget",
        "covered by the GPL",
        "ALL RIGHTS RESERVED",
        "Proprietary",
        "in the Public Domain",
        "redistribution and use",
        "may not be used to train AI",
        "Non-Commercial",
        "for evaluation only",
    ],
)
def test_license_words_are_hits(prefilter: Prefilter, text: str) -> None:
    assert prefilter.hit_ends(text.encode())


def test_plain_code_has_no_hit(prefilter: Prefilter) -> None:
    assert prefilter.hit_ends(b"def add(a, b):\n    return a + b  # sum\n") == []


def test_hits_are_capped_and_ascending(prefilter: Prefilter) -> None:
    ends = prefilter.hit_ends(b"license " * (MAX_HITS + 50))

    assert len(ends) == MAX_HITS + 1
    assert ends == sorted(ends)


def test_compiled_words_are_kept_and_loaded(tmp_path: Path) -> None:
    first, second = Prefilter(tmp_path), Prefilter(tmp_path)

    assert list(tmp_path.iterdir())
    assert first.hit_ends(b"a license") == second.hit_ends(b"a license") != []


@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("Please do not ship it.", "a relationship item"),
        ("ITAR controlled", "music for guitar solo"),
        ("Copies must be returned on request.", "an error may be returned on timeout"),
        ("May be freely redistributed", "columns can be freely mixed"),
        ("You can use it freely.", "runs freely in the background"),
    ],
)
def test_words_that_code_is_full_of_count_beside_others(
    prefilter: Prefilter, term: str, code: str
) -> None:
    assert prefilter.hit_ends(term.encode())
    assert not prefilter.hit_ends(code.encode())
