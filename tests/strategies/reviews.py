"""Reviews in force over the default policy, made by hand and by hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from policies.decision import Lane
from policies.document import load_default_policy
from policies.model import ENGINE_REASONS
from policies.review import (
    Review,
    ReviewKind,
    ReviewReason,
    ReviewRefused,
    Reviews,
    ReviewState,
    Target,
    clearing_lane,
    in_force,
    lane_of_category,
    rule_version,
)

POLICY = load_default_policy()
NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
BLOBS = "0123"


def _clearable() -> dict[str, Lane]:
    lanes = {}
    for name in [rule.id for rule in POLICY.rules] + sorted(ENGINE_REASONS):
        try:
            lanes[name] = clearing_lane(POLICY, name)
        except ReviewRefused:
            continue
    return lanes


CLEARABLE = _clearable()
"""Rules and reasons that can be waived, with the lane that does."""


def review(name: str, kind: ReviewKind, target: Target, **given: object) -> Review:
    """A review that was agreed to a day ago, in the lane that its target asks for."""
    lane = Lane.LEGAL
    if target.rule_id:
        lane = CLEARABLE.get(target.rule_id, lane)
    if target.category:
        lane = lane_of_category(target.category)
    values: dict[str, object] = {
        "id": name,
        "kind": kind,
        "target": target,
        "lane": lane,
        "reason": ReviewReason.OTHER,
        "comment": "looked at it",
        "requested_by": "ada",
        "requested_at": NOW - timedelta(days=1),
        "expires_at": NOW + timedelta(days=30) if kind.clears_a_rule else None,
        "state": ReviewState.APPROVED,
        "version": 2,
    }
    return Review(**(values | given))  # type: ignore[arg-type]


def bound(rule: str, blobs: str = "", **given: str) -> Target:
    """A rule at contents (each one hexadecimal digit), or at a pattern."""
    return Target(
        rule_id=rule,
        rule_version=rule_version(POLICY, rule),
        blob_ids=tuple(sorted(digit * 40 for digit in blobs)),
        **given,
    )


def waiver(rule: str, blobs: str = "", name: str = "rvw_w", **given: str) -> Review:
    """A waiver of a rule."""
    return review(name, ReviewKind.WAIVE, bound(rule, blobs, **given))


def active(*reviews: Review) -> Reviews:
    """Those in force now."""
    return in_force(reviews, NOW)


def restrictions(first: int = 0) -> st.SearchStrategy[Review]:
    """A review that keeps something internal, or leaves it out; its number is `first` or more."""
    return st.builds(
        lambda number, kind, blob: review(
            f"rvw_r{number}", kind, Target(blob_ids=(blob * 40,), repo_id="r")
        ),
        st.integers(first, first + 99),
        st.sampled_from([ReviewKind.KEEP_INTERNAL, ReviewKind.EXCLUDE]),
        st.sampled_from(BLOBS),
    )


def waivers() -> st.SearchStrategy[Review]:
    """A waiver of some rule, for a content or for all paths of the repository."""
    numbers = st.integers(0, 99)
    rules = sorted(set(CLEARABLE) - set(ENGINE_REASONS))
    by_content = st.builds(
        lambda number, rule, blob: waiver(rule, blob, f"rvw_w{number}"),
        numbers,
        st.sampled_from(sorted(CLEARABLE)),
        st.sampled_from(BLOBS),
    )
    by_path = st.builds(
        lambda number, rule: waiver(rule, "", f"rvw_p{number}", repo_id="r", pattern="**"),
        numbers,
        st.sampled_from(rules),
    )
    return by_content | by_path


def review_sets() -> st.SearchStrategy[list[Review]]:
    """Some reviews of any kind, with ids of their own, of numbers below 100."""
    return st.lists(restrictions() | waivers(), max_size=6, unique_by=lambda r: r.id)
