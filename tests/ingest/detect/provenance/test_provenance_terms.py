"""Reading expressions in normal form, in agreement with the licensing family."""

from __future__ import annotations

import pytest

from ingest.detect.licensing import algebra
from ingest.detect.licensing.evidence import NO_TRAINING, PROPRIETARY, RESTRICTION, UNKNOWN
from ingest.detect.provenance import facts
from ingest.detect.provenance.terms import (
    OWN_IDS,
    RANKS,
    all_of,
    ids_of,
    is_choice,
    is_within,
    registered_ids,
    worst_of,
)


def test_the_two_families_use_the_same_words() -> None:
    # They may not import one another, so this is what holds them together.
    assert RANKS == algebra.RANKS
    assert frozenset({PROPRIETARY, RESTRICTION, NO_TRAINING}) == OWN_IDS
    assert facts.UNKNOWN_LICENSE == UNKNOWN


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("MIT", {"MIT"}),
        ("(GPL-2.0-only WITH Classpath-exception-2.0 OR MIT) AND ISC",
         {"GPL-2.0-only", "MIT", "ISC"}),
        (None, set()),
    ],
)  # fmt: skip
def test_ids(expression: str | None, ids: set[str]) -> None:
    assert ids_of(expression) == ids


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("A OR B", True),
        ("A", False),
        ("(A OR B) AND C", False),
        ("(A AND B) OR C", True),
    ],
)
def test_choices(expression: str, *, expected: bool) -> None:
    assert is_choice(expression) is expected


def test_registered_licenses_are_compared_in_any_case_and_age() -> None:
    registered = registered_ids("apache-2.0 OR GPL-2.0+")

    assert is_within("Apache-2.0", registered)
    assert is_within("GPL-2.0-or-later AND Apache-2.0", registered)
    assert not is_within("MIT", registered)


def test_joining_keeps_choices_apart() -> None:
    assert all_of(["C", "A OR B", "C"]) == "(A OR B) AND C"
    assert all_of(["A OR B"]) == "A OR B"


def test_an_unheard_category_is_unknown() -> None:
    assert worst_of(["permissive", "surprise"]) == "unknown"
    assert worst_of([]) == "none"
