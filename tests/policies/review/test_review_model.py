from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from policies.database import open_database
from policies.decision import Lane
from policies.document import default_policy_text, load_policy
from policies.review import (
    ReviewKind,
    ReviewRefused,
    ReviewState,
    Target,
    check_binding,
    clearing_lane,
    in_force,
    is_bound,
    rule_version,
)
from policies.review.paths import check_pattern, glob_regex
from tests.strategies.reviews import NOW, POLICY, active, bound, review, waiver

DAY = timedelta(days=1)
FINDING = Target(fingerprint="a" * 32, category="PASSWORD")


@pytest.mark.parametrize(
    ("recorded", "offset", "state"),
    [
        (ReviewState.PROPOSED, 0, ReviewState.PROPOSED),
        (ReviewState.APPROVED, 0, ReviewState.APPROVED),
        (ReviewState.APPROVED, 2, ReviewState.ACTIVE),
        (ReviewState.APPROVED, 30, ReviewState.EXPIRED),
        (ReviewState.PROPOSED, 30, ReviewState.EXPIRED),
        (ReviewState.REJECTED, 30, ReviewState.REJECTED),
        (ReviewState.WITHDRAWN, 30, ReviewState.WITHDRAWN),
    ],
)
def test_the_clock_moves_a_review_without_anyone_acting(
    recorded: ReviewState, offset: int, state: ReviewState
) -> None:
    asked = replace(waiver("LICENSE_UNKNOWN", "1"), state=recorded, starts_at=NOW + 2 * DAY)
    assert asked.state_at(NOW + offset * DAY) is state


def test_a_waiver_ends_at_the_very_moment_of_its_expiry() -> None:
    asked = waiver("LICENSE_UNKNOWN", "1")
    assert asked.expires_at is not None
    assert in_force([asked], asked.expires_at - timedelta(microseconds=1)).items == (asked,)
    assert in_force([asked], asked.expires_at).items == ()


@pytest.mark.parametrize(
    ("kind", "target", "given"),
    [
        (ReviewKind.WAIVE, bound("LICENSE_UNKNOWN", "1"), {"expires_at": None}),
        (ReviewKind.REDACT, bound("CUSTOMER_NAMED", "1"), {"expires_at": None}),
        (ReviewKind.EXCLUDE, Target(blob_ids=("1" * 40,)), {"expires_at": NOW}),
        (ReviewKind.WAIVE, bound("LICENSE_UNKNOWN", "1"), {"expires_at": NOW - 2 * DAY}),
        (ReviewKind.WAIVE, bound("LICENSE_UNKNOWN"), {}),
        (ReviewKind.WAIVE, Target(blob_ids=("1" * 40,)), {}),
        (ReviewKind.KEEP_INTERNAL, bound("LICENSE_UNKNOWN", "1"), {}),
        (ReviewKind.FALSE_POSITIVE, Target(blob_ids=("1" * 40,)), {}),
        (ReviewKind.FALSE_POSITIVE, FINDING, {"comment": "two\nlines"}),
        (ReviewKind.FALSE_POSITIVE, FINDING, {"comment": "x" * 501}),
        (ReviewKind.FALSE_POSITIVE, FINDING, {"comment": " "}),
        (ReviewKind.FALSE_POSITIVE, FINDING, {"requested_by": "Ada Lovelace"}),
        (
            ReviewKind.FALSE_POSITIVE,
            FINDING,
            {"requested_at": datetime(2030, 1, 1, tzinfo=timezone(DAY / 24))},
        ),
    ],
)
def test_a_review_that_cannot_be_is_none(
    kind: ReviewKind, target: Target, given: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        review("rvw_x", kind, target, **given)


@pytest.mark.parametrize(
    "given",
    [
        {"fingerprint": "short", "category": "PASSWORD"},
        {"fingerprint": "a" * 32},
        {"blob_ids": ("x",)},
        {"blob_ids": ("2" * 40, "1" * 40)},
        {"pattern": "**"},
        {"pattern": "**", "repo_id": "r", "blob_ids": ("1" * 40,)},
        {"rule_id": "MINIFIED"},
    ],
)
def test_a_target_that_cannot_be_is_none(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Target(**given)  # type: ignore[arg-type]


def test_what_was_asked_for_has_one_digest_whatever_became_of_it() -> None:
    asked = waiver("MINIFIED", "1")
    assert replace(asked, state=ReviewState.WITHDRAWN, version=9).digest == asked.digest
    assert replace(asked, comment="other").digest != asked.digest


@pytest.mark.parametrize("name", ["NOT_SCANNED", "NO_CONSENT", "NO_GRANT", "OWN_ATTESTED"])
def test_nobody_clears_a_grant_a_missing_grant_or_what_is_not_waivable(name: str) -> None:
    with pytest.raises(ReviewRefused, match="cannot be waived"):
        clearing_lane(POLICY, name)


@pytest.mark.parametrize(
    ("name", "lane"),
    [
        ("LEAKED_CREDENTIAL", Lane.SECURITY),
        ("CUSTOMER_NAMED", Lane.PRIVACY),
        ("PATH_FINDING", Lane.PRIVACY),
        ("LICENSE_COPYLEFT", Lane.LEGAL),
        ("COPY_RESTRICTED", Lane.LEGAL),
    ],
)
def test_each_rule_has_the_lane_that_clears_it(name: str, lane: Lane) -> None:
    assert clearing_lane(POLICY, name) is lane


def test_a_waiver_dies_when_its_rule_changes_and_lives_when_only_its_words_do() -> None:
    asked = waiver("MINIFIED", "1")
    words = load_policy(default_policy_text().replace("title: Minified code", "title: Squeezed"))
    rule = load_policy(
        default_policy_text().replace("when: is_minified", "when: is_minified OR false")
    )
    assert is_bound(asked, POLICY)
    assert is_bound(asked, words)
    assert not is_bound(asked, rule)
    with pytest.raises(ReviewRefused, match="has changed"):
        check_binding(asked, rule)
    assert active(asked).judging(rule) == ()


def test_a_rule_that_is_no_longer_waivable_frees_nothing_any_more() -> None:
    text = "title: Minified code"
    closed = load_policy(default_policy_text().replace(text, f"{text}\n    waivable: false"))
    assert not is_bound(waiver("MINIFIED", "1"), closed)


def test_what_a_waiver_may_not_be_is_refused_in_words() -> None:
    long = replace(waiver("MINIFIED", "1"), expires_at=NOW + 400 * DAY)
    with pytest.raises(ReviewRefused, match="365 days"):
        check_binding(long, POLICY)
    with pytest.raises(ReviewRefused, match="lane legal"):
        check_binding(replace(waiver("MINIFIED", "1"), lane=Lane.SECURITY), POLICY)
    pattern = waiver("COPY_RESTRICTED", "", repo_id="r", pattern="**")
    with pytest.raises(ReviewRefused, match="wherever it stands"):
        check_binding(pattern, POLICY)
    with pytest.raises(ReviewRefused, match="no rule"):
        rule_version(POLICY, "UNHEARD_OF")


@pytest.mark.parametrize("name", ["CUSTOMER_NAMED", "CODENAME_USED"])
def test_a_rule_about_values_that_no_release_may_show_is_not_waived(name: str) -> None:
    with pytest.raises(ReviewRefused, match="exit scan"):
        check_binding(review("rvw_x", ReviewKind.WAIVE, bound(name, "1")), POLICY)


@pytest.mark.parametrize("name", ["LICENSE_UNKNOWN", "PATH_FINDING", "NAME_BY_MODEL", "UNDECODED"])
def test_only_what_a_rule_finds_in_the_text_can_be_taken_out_instead(name: str) -> None:
    check_binding(review("rvw_x", ReviewKind.REDACT, bound("CUSTOMER_NAMED", "1")), POLICY)
    with pytest.raises(ReviewRefused, match="Taking values out"):
        check_binding(review("rvw_x", ReviewKind.REDACT, bound(name, "1")), POLICY)


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.md", "README.md", True),
        ("*.md", "docs/README.md", False),
        ("**/*.md", "docs/README.md", True),
        ("**/*.md", "README.md", True),
        ("docs/", "docs/a/b.md", True),
        ("docs/", "docs", False),
        ("docs/**", "docs/a/b", True),
        ("docs/**/b", "docs/b", True),
        ("docs/**/b", "docs/x/y/b", True),
        ("docs/**/b", "docs/xb", False),
        ("**", "any/thing at all", True),
        ("src/a?.py", "src/ab.py", True),
        ("src/a?.py", "src/a/.py", False),
        ("src/[ab].py", "src/a.py", True),
        ("src/[!ab].py", "src/a.py", False),
        ("src/[!ab].py", "src/c.py", True),
        ("a.b", "aXb", False),
        ("a+(b)", "a+(b)", True),
        ("*", "new\nline", True),
        ("src/*", "src/x/y", False),
    ],
)
def test_a_pattern_matches_whole_paths(pattern: str, path: str, *, matches: bool) -> None:
    with open_database() as connection:
        query = "SELECT regexp_full_match($1, $2)"
        given = [path, glob_regex(check_pattern(pattern))]
        assert connection.execute(query, given).fetchall() == [(matches,)]


@pytest.mark.parametrize("pattern", ["", "/etc", "../x", "a//b", "a/./b", "[ab", "x" * 501, "a\nb"])
def test_a_pattern_that_cannot_be_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check_pattern(pattern)


def test_moments_are_kept_in_utc() -> None:
    assert waiver("MINIFIED", "1").asked()["expires_at"] == (NOW + 30 * DAY).isoformat()
    assert NOW.tzinfo is UTC
