from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.confidential.matches import Match, fold_matches
from ingest.domain.finding import Category, Confidence

matches = st.lists(
    st.builds(
        lambda start, size, category: Match(
            start=start,
            end=start + size,
            rule_id="r",
            category=category,
            confidence=Confidence.HIGH,
        ),
        st.integers(0, 30),
        st.integers(1, 20),
        st.sampled_from((Category.CODENAME, Category.CUSTOMER)),
    ),
    max_size=12,
)


@given(matches)
def test_folding_keeps_every_category_and_byte(found: list[Match]) -> None:
    def covered(some: list[Match]) -> set[tuple[Category, int]]:
        return {(m.category, n) for m in some for n in range(m.start, m.end)}

    assert covered(fold_matches(found)) == covered(found)


@given(matches)
def test_folded_matches_do_not_contain_one_another(found: list[Match]) -> None:
    folded = fold_matches(found)
    assert not [
        (a, b)
        for a in folded
        for b in folded
        if a is not b and a.category == b.category and a.start <= b.start and b.end <= a.end
    ]
    assert fold_matches(folded) == folded
