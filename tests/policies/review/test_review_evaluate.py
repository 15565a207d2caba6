"""What reviews do to verdicts, and what they can never do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.effective import explain
from policies.evaluate import decide
from policies.model import Effect
from policies.review import NO_REVIEWS, Review, ReviewKind, Reviews, Target, in_force
from policies.verdict import Verdict, judge, judge_reviewed
from tests.policies.test_policies_copies import content, edited, signature
from tests.strategies.policies import (
    RESTRICTIVE_CHANGES,
    Row,
    as_dossier,
    dossier_rows,
    occurrence,
)
from tests.strategies.reviews import (
    BLOBS,
    NOW,
    POLICY,
    active,
    bound,
    restrictions,
    review,
    review_sets,
    waiver,
)

RANK = {"releasable": 0, "internal-only": 1, "excluded": 2, "skipped": 3}
few = settings(max_examples=5)
"""Each example is two evaluations of a corpus; the laws of one row are tried often, below."""


def run(rows: list[Row], reviews: Reviews = NO_REVIEWS, **signatures: np.ndarray) -> list[Any]:
    table = decide(
        as_dossier(rows), POLICY, content=content(**signatures), input_digest="i", reviews=reviews
    )
    return list(table.to_pylist())


def placed(rows: list[Row]) -> list[Row]:
    return [
        {**row, "repo_id": "r", "path": b"%d" % n, "blob_id": BLOBS[n % 4] * 40}
        for n, row in enumerate(rows)
    ]


corpora = st.lists(dossier_rows(), min_size=1, max_size=5).map(placed)


def test_a_waiver_takes_its_rule_away_and_keeps_both_verdicts() -> None:
    rows = [occurrence("r", b"a", "1", pii_count=60)]
    (row,) = run(rows, active(waiver("PERSONAL_DATA_BULK", "1")))
    assert (row["outcome"], row["pending_lanes"]) == ("releasable", [])
    assert row["reasons"] == ["OWN_ATTESTED", "REDACT_PERSONAL_DATA"]
    assert row["waived_reasons"] == ["PERSONAL_DATA_BULK"]
    assert row["waiver_ids"] == ["rvw_w"]


def test_an_explanation_names_what_was_waived_and_why_a_kept_file_is_kept() -> None:
    rows = [occurrence("r", b"a", "1", is_minified=True)]
    kept = review("rvw_k", ReviewKind.EXCLUDE, Target(repo_id="r", pattern="a"))
    (freed,) = run(rows, active(waiver("MINIFIED", "1")))
    (left_out,) = run(rows, active(waiver("MINIFIED", "1"), kept))
    told = explain(freed, rows[0], POLICY)
    assert (told.waived, told.waiver_ids) == (("MINIFIED",), ("rvw_w",))
    told = explain(left_out, rows[0], POLICY)
    assert told.summary == "In no tier: People decided to leave it out."
    assert told.waiver_ids == ("rvw_k", "rvw_w")


def test_a_file_is_free_only_when_every_lane_has_cleared_it() -> None:
    noticed = {"own_license_category": "permissive", "has_restriction": True}
    rows = [occurrence("r", b"a", "1", pii_count=60, strong_secret_count=1, **noticed)]
    clearing = [
        waiver(rule, "1", f"rvw_{rule.lower()}")
        for rule in ("RESTRICTED_NOTICE", "PERSONAL_DATA_BULK", "LEAKED_CREDENTIAL")
    ]
    held = {
        tuple(run(rows, active(*[r for r in clearing if r is not left]))[0]["pending_lanes"])
        for left in clearing
    }
    assert held == {("legal",), ("privacy",), ("security",)}
    assert run(rows, active(*clearing))[0]["outcome"] == "releasable"


def test_a_waiver_follows_its_content_to_other_paths_and_dies_with_the_bytes() -> None:
    reviews = active(waiver("MINIFIED", "1"))
    rows = [
        occurrence("r", b"new/name", "1", is_minified=True),
        occurrence("r", b"old", "2", is_minified=True),
    ]
    assert [row["outcome"] for row in run(rows, reviews)] == ["releasable", "excluded"]


def test_a_pattern_waives_in_its_repository_only() -> None:
    reviews = active(waiver("MINIFIED", "", repo_id="r", pattern="dist/**/*.js"))
    rows = [
        occurrence("r", b"dist/a/b.js", "1", is_minified=True),
        occurrence("r", b"src/b.js", "2", is_minified=True),
        occurrence("s", b"dist/a/b.js", "3", is_minified=True),
    ]
    assert [row["outcome"] for row in run(rows, reviews)] == ["releasable", "excluded", "excluded"]


def test_what_is_not_known_is_not_waived() -> None:
    rows = [occurrence("r", b"a", "1", strong_secret_count=None)]
    (row,) = run(rows, active(waiver("LEAKED_CREDENTIAL", "1")))
    assert (row["outcome"], row["waiver_ids"]) == ("internal-only", [])


def test_a_waiver_grants_nothing() -> None:
    rows = [occurrence("r", b"a", "1", own_license_category="copyleft")]
    (row,) = run(rows, active(waiver("LICENSE_COPYLEFT", "1")))
    assert (row["outcome"], row["reasons"]) == ("internal-only", ["NO_GRANT"])


def test_what_is_taken_out_is_redacted_in_place_of_the_hold() -> None:
    rows = [occurrence("r", b"a", "1", customer_count=1, confidential_count=1)]
    (held,) = run(rows)
    asked = review("rvw_m", ReviewKind.REDACT, bound("CUSTOMER_NAMED", "1"))
    (row,) = run(rows, active(asked))
    assert "CUSTOMER" not in held["redact_categories"]
    assert (row["outcome"], row["waived_reasons"]) == ("releasable", ["CUSTOMER_NAMED"])
    assert "CUSTOMER" in row["redact_categories"]


@pytest.mark.parametrize(
    ("kind", "outcome", "reason"),
    [
        (ReviewKind.KEEP_INTERNAL, "internal-only", "KEPT_BY_REVIEW"),
        (ReviewKind.EXCLUDE, "excluded", "EXCLUDED_BY_REVIEW"),
    ],
)
def test_people_can_keep_what_the_rules_would_release_and_its_copies_with_it(
    kind: ReviewKind, outcome: str, reason: str
) -> None:
    asked = review("rvw_k", kind, Target(repo_id="r", pattern="a"))
    rows = [occurrence("r", b"a", "1"), occurrence("s", b"a", "1")]
    here, there = run(rows, active(asked))
    assert (here["outcome"], here["waiver_ids"]) == (outcome, ["rvw_k"])
    assert reason in here["reasons"]
    assert there["reasons"] == ["COPY_RESTRICTED", "OWN_ATTESTED"]


def test_legal_frees_a_copy_by_its_content_and_the_other_copy_stays_where_it_is() -> None:
    rows = [occurrence("r", b"a", "1"), occurrence("s", b"a", "1", consent_valid=False)]
    here, there = run(rows, active(waiver("COPY_RESTRICTED", "1")))
    assert (here["outcome"], here["waived_reasons"]) == ("releasable", ["COPY_RESTRICTED"])
    assert (here["waiver_ids"], there["waiver_ids"]) == (["rvw_w"], [])
    assert there["outcome"] == "internal-only"


def test_a_near_copy_that_was_freed_spreads_nothing() -> None:
    base = signature(1)
    near = {"b1": base, "b2": edited(base, 20), "b3": edited(edited(base, 20), 40)}
    rows = [
        occurrence("r", b"a", "1", consent_valid=False),
        occurrence("r", b"b", "2"),
        occurrence("r", b"c", "3"),
    ]
    before = {row["path"]: row["outcome"] for row in run(rows, **near)}
    after = {
        row["path"]: row for row in run(rows, active(waiver("NEAR_COPY_RESTRICTED", "2")), **near)
    }
    assert before[b"b"] == "internal-only"
    assert after[b"b"]["outcome"] == "releasable"
    assert after[b"b"]["waived_reasons"] == ["NEAR_COPY_RESTRICTED"]


def test_a_content_free_of_its_exact_copies_is_still_held_as_a_near_copy() -> None:
    base = signature(1)
    rows = [
        occurrence("r", b"a", "1"),
        occurrence("s", b"a", "1", consent_valid=False),
        occurrence("s", b"b", "2", consent_valid=False),
    ]
    near = {"b1": base, "b2": edited(base, 10)}
    (row, *_) = run(rows, active(waiver("COPY_RESTRICTED", "1")), **near)
    assert (row["outcome"], row["waived_reasons"]) == ("internal-only", ["COPY_RESTRICTED"])
    assert "NEAR_COPY_RESTRICTED" in row["reasons"]
    assert row["counterpart_path"] == b"b"
    alone = {"b1": base}
    assert run(rows, active(waiver("COPY_RESTRICTED", "1")), **alone)[0]["outcome"] == "releasable"


def test_reviews_that_bear_on_nothing_change_nothing() -> None:
    rows = [occurrence("r", b"%d" % n, "1", is_minified=n > 1) for n in range(4)]
    elsewhere = [
        waiver("MINIFIED", "f", "rvw_a"),
        waiver("COPY_RESTRICTED", "f", "rvw_b"),
        waiver("MINIFIED", "", "rvw_c", repo_id="r", pattern="x/"),
        review("rvw_d", ReviewKind.EXCLUDE, Target(repo_id="s", pattern="**")),
    ]
    assert run(rows, active(*elsewhere)) == run(rows)


def test_an_expired_waiver_is_as_if_it_had_never_been() -> None:
    asked = waiver("MINIFIED", "1")
    assert asked.expires_at is not None
    rows = [occurrence("r", b"a", "1", is_minified=True)]
    assert run(rows, in_force([asked], asked.expires_at)) == run(rows)
    assert run(rows, in_force([asked], NOW)) != run(rows)


@few
@given(corpora, review_sets(), restrictions(100))
def test_a_further_restriction_loosens_nothing(
    rows: list[Row], some: list[Review], more: Review
) -> None:
    before = run(rows, active(*some))
    after = run(rows, active(*some, replace(more, id="rvw_more")))
    for old, new in zip(before, after, strict=True):
        assert RANK[new["outcome"]] >= RANK[old["outcome"]]


@few
@given(corpora, review_sets(), st.sampled_from(sorted(RESTRICTIVE_CHANGES)), st.data())
def test_a_further_finding_loosens_nothing_under_any_reviews(
    rows: list[Row], some: list[Review], change: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = [RESTRICTIVE_CHANGES[change](r) if n == place else r for n, r in enumerate(rows)]
    before, after = run(rows, active(*some)), run(changed, active(*some))
    for old, new in zip(before, after, strict=True):
        assert RANK[new["outcome"]] >= RANK[old["outcome"]]


@few
@given(corpora, review_sets(), st.randoms(use_true_random=False))
def test_the_order_of_reviews_and_their_repetition_are_irrelevant(
    rows: list[Row], some: list[Review], random: Any
) -> None:
    shuffled = [*some, *some]
    random.shuffle(shuffled)
    assert active(*some).digest == active(*shuffled).digest
    assert run(rows, active(*some)) == run(rows, active(*shuffled))


@few
@given(corpora, review_sets())
def test_what_counts_and_what_was_waived_are_what_fired_and_nothing_vanishes(
    rows: list[Row], some: list[Review]
) -> None:
    waivers = [review for review in some if not review.kind.restricts]
    own = [replace(r, target=replace(r.target)) for r in waivers if "COPY" not in r.target.rule_id]
    before, after = run(rows), run(rows, active(*own))
    copies = {"COPY_RESTRICTED", "NO_GRANT"}
    for old, new in zip(before, after, strict=True):
        fired = set(new["reasons"]) | set(new["waived_reasons"])
        assert fired - copies == set(old["reasons"]) - copies
        assert not set(new["reasons"]) & set(new["waived_reasons"])
        assert bool(new["waived_reasons"]) == bool(new["waiver_ids"])
        assert set(new["redact_categories"]) >= set(old["redact_categories"]) or (
            old["outcome"] != new["outcome"]
        )


_RULES = {rule.id: rule for rule in POLICY.rules}
_names = st.sets(st.sampled_from(sorted(_RULES)), max_size=8)


def verdict(names: set[str], known: set[str], reviews: list[Review]) -> Verdict:
    return judge_reviewed([_RULES[name] for name in sorted(names)], reviews, known=known)


def rank(names: set[str], known: set[str], reviews: list[Review]) -> int:
    return RANK[verdict(names, known, reviews).outcome]


@given(_names, _names, _names, review_sets())
def test_a_further_rule_that_grants_nothing_loosens_no_verdict(
    fired: set[str], more: set[str], known: set[str], some: list[Review]
) -> None:
    stricter = {name for name in more if _RULES[name].effect is not Effect.GRANT}
    assert rank(fired | stricter, known, some) >= rank(fired, known, some)


@given(_names, _names, review_sets(), restrictions(100))
def test_no_restriction_and_nothing_less_known_loosens_a_verdict(
    fired: set[str], known: set[str], some: list[Review], more: Review
) -> None:
    assert rank(fired, known, [*some, more]) >= rank(fired, known, some)
    assert rank(fired, set(), some) >= rank(fired, known, some)
    without = judge(_RULES[name] for name in fired)
    assert verdict(fired, known, []) == without
    assert set(without.redact_releasable) <= set(verdict(fired, known, some).redact_releasable)


@few
@given(corpora, review_sets())
def test_nothing_that_was_not_scanned_is_ever_released(rows: list[Row], some: list[Review]) -> None:
    rows[0]["pii_status"] = "failed"
    assert run(rows, active(*some))[0]["outcome"] != "releasable"
