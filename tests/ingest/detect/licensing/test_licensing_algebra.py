"""The algebra of SPDX expressions."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.detect.licensing.algebra import RANKS, LicenseAlgebra, restricts_training
from ingest.detect.licensing.evidence import NO_TRAINING, UNKNOWN

_IDS = st.sampled_from(
    ["MIT", "Apache-2.0", "MPL-2.0", "GPL-2.0-only", "GPL-3.0-or-later", "Nobody-1.0", NO_TRAINING]
)
_EXPRESSIONS = st.recursive(
    _IDS,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=5,
)
_law = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def _rank(category: str) -> int:
    return RANKS.index(category)


@pytest.mark.parametrize(
    ("text", "expression", "category"),
    [
        ("mit", "MIT", "permissive"),
        ("GPL-2.0", "GPL-2.0-only", "copyleft"),
        ("GPL-2.0+", "GPL-2.0-or-later", "copyleft"),
        ("GPL-2.0-with-classpath-exception",
         "GPL-2.0-only WITH Classpath-exception-2.0", "copyleft"),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0",
         "GPL-2.0-or-later WITH Classpath-exception-2.0", "copyleft"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception", "permissive"),
        ("MPL-2.0 OR mit", "MIT OR MPL-2.0", "permissive"),
        ("(MIT AND ISC) OR Apache-2.0", "(ISC AND MIT) OR Apache-2.0", "permissive"),
        ("MIT AND (ISC AND (Zlib OR MIT))", "(MIT OR Zlib) AND ISC AND MIT", "permissive"),
        ("MIT AND MIT", "MIT", "permissive"),
        ("LGPL-2.1", "LGPL-2.1-only", "weak_copyleft"),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", "proprietary"),
        ("BUSL-1.1", "BUSL-1.1", "proprietary"),
        ("JSON", "JSON", "proprietary"),
        ("BSD-3-Clause-No-Nuclear-Warranty", "BSD-3-Clause-No-Nuclear-Warranty", "proprietary"),
        ("CC0-1.0", "CC0-1.0", "permissive"),
        ("Nobody-1.0", "LicenseRef-Nobody-1.0", "unknown"),
        ("LicenseRef-Widget", "LicenseRef-Widget", "unknown"),
        ("MIT AND", UNKNOWN, "unknown"),
        ("MIT/X11", UNKNOWN, "unknown"),
        ("NONE", UNKNOWN, "unknown"),
        ("NOASSERTION", UNKNOWN, "unknown"),
        ("", UNKNOWN, "unknown"),
        ("(" * 300, UNKNOWN, "unknown"),
    ],
)  # fmt: skip
def test_expressions_are_normalised_and_ranked(
    algebra: LicenseAlgebra, text: str, expression: str, category: str
) -> None:
    terms = algebra.read(text)

    assert (terms.expression, terms.category) == (expression, category)


@_law
@given(text=_EXPRESSIONS)
def test_normal_form_is_stable(algebra: LicenseAlgebra, text: str) -> None:
    terms = algebra.read(text)

    assert algebra.read(terms.expression) == terms


@_law
@given(left=_EXPRESSIONS, right=_EXPRESSIONS)
def test_adding_a_license_never_loosens(algebra: LicenseAlgebra, left: str, right: str) -> None:
    both = algebra.all_of([left, right])

    assert both is not None
    assert _rank(both.category) == max(
        _rank(algebra.read(left).category), _rank(algebra.read(right).category)
    )
    assert both == algebra.all_of([right, left, right])


@_law
@given(left=_EXPRESSIONS, right=_EXPRESSIONS)
def test_a_choice_is_as_free_as_its_best_part(
    algebra: LicenseAlgebra, left: str, right: str
) -> None:
    either = algebra.any_of([left, right])

    assert either is not None
    assert _rank(either.category) == min(
        _rank(algebra.read(left).category), _rank(algebra.read(right).category)
    )


@_law
@given(text=st.text(max_size=60))
def test_no_text_makes_the_parser_raise(algebra: LicenseAlgebra, text: str) -> None:
    assert algebra.read(text).category in RANKS


def test_nothing_has_no_terms(algebra: LicenseAlgebra) -> None:
    assert algebra.all_of([]) is None
    assert algebra.any_of([]) is None


def test_model_licenses_restrict_training() -> None:
    assert restricts_training([NO_TRAINING])
    assert restricts_training(["LicenseRef-scancode-llama-2-license-2023"])
    assert not restricts_training(["MIT", "Apache-2.0"])
