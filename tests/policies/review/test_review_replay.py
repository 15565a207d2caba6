"""A replay counts reviews as deciding does: each under the policies that it fits."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.database import open_database
from policies.document import default_policy_text, load_policy
from policies.evaluate import decide
from policies.model import Policy
from policies.replay import Judged, Replay
from policies.review import Review, Reviews
from tests.policies.test_policies_copies import content, edited, signature
from tests.strategies.policies import Row, as_dossier, dossier_rows, occurrence
from tests.strategies.reviews import BLOBS, POLICY, active, review_sets, waiver

OTHER = load_policy(
    default_policy_text()
    .replace("when: is_minified", "when: is_minified OR size > 10000000")
    .replace("when: pii_count > 50", "when: pii_count > 0")
)
SIGNED = content(b1=signature(1), b2=edited(signature(1), 20))


def placed(rows: list[Row]) -> list[Row]:
    return [
        {**row, "repo_id": "r", "path": b"%d" % n, "blob_id": BLOBS[n % 4] * 40}
        for n, row in enumerate(rows)
    ]


def told(row: Judged) -> tuple[object, ...]:
    return row.outcome.value, sorted(row.reasons), sorted(row.lanes), sorted(row.redactions)


def decided(rows: list[Row], policy: Policy, near: pa.Table, reviews: Reviews) -> list[Any]:
    table = decide(as_dossier(rows), policy, content=near, input_digest="", reviews=reviews)
    return [
        (r["outcome"], r["reasons"], r["pending_lanes"], r["redact_categories"])
        for r in table.to_pylist()
    ]


def check(rows: list[Row], near: pa.Table, reviews: Reviews) -> None:
    first, second = (decided(rows, policy, near, reviews) for policy in (POLICY, OTHER))
    paths = sorted(row["path"] for row in rows)  # type: ignore[type-var]
    expected = {p: (a, b) for p, a, b in zip(paths, first, second, strict=True) if a != b}
    with open_database() as connection:
        connection.register("dossier", as_dossier(rows))
        replay = Replay(connection, (POLICY, OTHER), content=near, reviews=reviews, paths=True)
        assert {path: (told(a), told(b)) for _, path, a, b in replay.rows()} == expected


@settings(max_examples=4)
@given(st.lists(dossier_rows(), min_size=1, max_size=5).map(placed), review_sets())
def test_a_replay_under_reviews_tells_what_deciding_twice_tells(
    rows: list[Row], some: list[Review]
) -> None:
    check(rows, content(), active(*some))
    check(rows, SIGNED, active(*some))


def test_a_waiver_of_a_rule_that_the_new_policy_changes_holds_under_the_old_one_only() -> None:
    rows = [occurrence("r", b"a", "1", is_minified=True)]
    check(rows, content(), active(waiver("MINIFIED", "1")))
    with open_database() as connection:
        connection.register("dossier", as_dossier(rows))
        reviews = active(waiver("MINIFIED", "1"))
        replay = Replay(connection, (POLICY, OTHER), content=content(), reviews=reviews, paths=True)
        ((_, _, before, after),) = replay.rows()
    assert (before.outcome, after.outcome) == ("releasable", "excluded")
