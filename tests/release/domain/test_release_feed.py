from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.feed import (
    FEED_LIFETIME,
    Feed,
    FeedContent,
    FeedRecall,
    FeedRelease,
    ReleaseStanding,
    next_feed,
)
from release.domain.manifest import canonical_json
from tests.strategies.recall import A_DAY, LATER, standing

OLD, MIDDLE, NEW = ("rel_" + letter * 20 for letter in "abc")
ONE = FeedRecall(recall_id="rcl_" + "1" * 24, sha256="1" * 64)
TWO = FeedRecall(recall_id="rcl_" + "2" * 24, sha256="2" * 64)


def _content(*recalls: FeedRecall, **states: str) -> FeedContent:
    releases = standing(**(states or {OLD: MIDDLE, MIDDLE: NEW, NEW: ""}))
    return FeedContent(tier=Tier.RELEASABLE, recalls=recalls or (ONE,), releases=releases)


def _feed() -> Feed:
    return next_feed(None, _content(ONE, TWO), LATER)


def test_a_feed_survives_the_way_through_json() -> None:
    assert Feed.from_json(_feed().to_json()) == _feed()


def test_a_feed_tells_what_replaces_what() -> None:
    assert list(_feed().successors(OLD)) == [MIDDLE, NEW]
    assert list(_feed().successors(NEW)) == []
    assert list(_feed().successors("rel_" + "9" * 20)) == []


def test_a_feed_is_relied_on_until_its_end() -> None:
    assert _feed().is_fresh(LATER + FEED_LIFETIME - timedelta(seconds=1))
    assert not _feed().is_fresh(LATER + FEED_LIFETIME)


@given(st.lists(st.tuples(st.integers(-40, 40), st.booleans()), min_size=1, max_size=8))
def test_numbers_only_grow_whatever_the_clock_does(steps: list[tuple[int, bool]]) -> None:
    last, content = _feed(), _content(ONE, TWO)
    for days, is_changed in steps:
        releases = dict(content.releases)
        if is_changed:
            releases[f"rel_{len(releases):020x}"] = FeedRelease(state=ReleaseStanding.CURRENT)
        content = FeedContent(tier=content.tier, recalls=content.recalls, releases=releases)
        new = next_feed(last, content, LATER + timedelta(days=days))
        assert new.seq > last.seq or new == last
        assert new.releases == releases
        last = new


def test_a_feed_that_says_it_all_is_kept_while_it_is_young() -> None:
    feed = _feed()
    assert next_feed(feed, _content(ONE, TWO), LATER + 14 * A_DAY) is feed
    renewed = next_feed(feed, _content(ONE, TWO), LATER + 15 * A_DAY)
    assert renewed.seq > feed.seq
    assert renewed.not_after > feed.not_after


def test_a_feed_that_was_lost_is_followed_by_one_with_a_higher_number() -> None:
    lost = next_feed(_feed(), _content(ONE, TWO, **{NEW: ""}), LATER + A_DAY)
    assert next_feed(None, _content(ONE, TWO), LATER + 2 * A_DAY).seq > lost.seq


@pytest.mark.parametrize(
    "recalls", [(ONE,), (TWO,), (ONE, FeedRecall(recall_id=TWO.recall_id, sha256="9" * 64))]
)
def test_no_recall_is_ever_undone(recalls: tuple[FeedRecall, ...]) -> None:
    with pytest.raises(ReleaseRefused, match="missing or was changed"):
        next_feed(_feed(), _content(*recalls), LATER)


@pytest.mark.parametrize(
    ("state", "replaced_by"),
    [
        (ReleaseStanding.CURRENT, NEW),
        (ReleaseStanding.RECALLED, "../x"),
    ],
)
def test_a_standing_that_makes_no_sense_is_refused(
    state: ReleaseStanding, replaced_by: str | None
) -> None:
    with pytest.raises(ValueError, match="release"):
        FeedRelease(state=state, replaced_by=replaced_by)


@pytest.mark.parametrize(
    "states", [{OLD: MIDDLE}, {OLD: OLD}, {OLD: MIDDLE, MIDDLE: NEW, NEW: OLD}]
)
def test_replacements_lead_somewhere(states: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="nowhere or in a circle"):
        next_feed(None, _content(**states), LATER)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("feed_version", 2),
        ("tier", "public"),
        ("seq", 0),
        ("seq", "7"),
        ("seq", True),
        ("issued_at", "now"),
        ("not_after", "2024-06-01T00:00:00Z"),
        ("not_after", "2024-07-01T00:00:00+02:00"),
        ("recalls", [{"recall_id": "../x", "sha256": "1" * 64}]),
        ("recalls", [{"recall_id": "rcl_" + "1" * 24, "sha256": "1"}]),
        ("recalls", [{"recall_id": "rcl_" + "1" * 24, "sha256": "1" * 64}] * 2),
        ("releases", {"rel": {"state": "current", "replaced_by": None}}),
        ("releases", {NEW: {"state": "fine", "replaced_by": None}}),
        ("releases", {NEW: {"state": "current"}}),
        ("releases", {NEW: {"state": "current", "replaced_by": None, "path": "a.py"}}),
        ("releases", []),
        ("note", ""),
    ],
)
def test_a_feed_with_any_other_form_is_refused(name: str, value: object) -> None:
    raw: dict[str, Any] = json.loads(_feed().to_json()) | {name: value}
    with pytest.raises(ReleaseRefused, match="feed of recalls is malformed"):
        Feed.from_json(canonical_json(raw))
