from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.secrets.matches import Match, fold_matches, rank
from ingest.domain.finding import Category, Confidence

CATEGORIES = (Category.PRIVATE_KEY, Category.PROVIDER_TOKEN, Category.GENERIC_SECRET)


def match(start: int, end: int, category: Category, rule_id: str = "r") -> Match:
    return Match(
        start=start,
        end=end,
        detector_id="d",
        rule_id=rule_id,
        category=category,
        confidence=Confidence.LOW,
    )


matches = st.lists(
    st.builds(
        lambda start, size, category, rule: match(start, start + size, category, rule),
        st.integers(0, 30),
        st.integers(1, 20),
        st.sampled_from(CATEGORIES),
        st.sampled_from("ab"),
    ),
    max_size=12,
)


def test_one_span_keeps_its_most_specific_rule() -> None:
    found = fold_matches(match(3, 9, category) for category in reversed(CATEGORIES))
    assert found == [match(3, 9, Category.PRIVATE_KEY)]


def test_a_token_inside_a_password_stays_and_a_password_inside_a_token_goes() -> None:
    token, wide = match(3, 9, Category.PROVIDER_TOKEN), match(0, 12, Category.GENERIC_SECRET)
    assert fold_matches([token, wide]) == [wide, token]
    inner, outer = match(3, 9, Category.GENERIC_SECRET), match(0, 12, Category.PROVIDER_TOKEN)
    assert fold_matches([inner, outer]) == [outer]


@given(matches)
def test_folding_covers_the_same_bytes_at_least_as_specifically(found: list[Match]) -> None:
    folded = fold_matches(found)
    for one in found:
        assert any(
            k.start <= one.start and one.end <= k.end and rank(k)[:2] <= rank(one)[:2]
            for k in folded
        )


@given(matches, st.randoms(use_true_random=False))
def test_folding_twice_or_in_another_order_changes_nothing(found: list[Match], r: object) -> None:
    folded = fold_matches(found)
    shuffled = list(found)
    r.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold_matches(shuffled) == folded == fold_matches(folded)
