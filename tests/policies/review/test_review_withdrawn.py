"""What withdrawals do to verdicts: only to tighten, over every waiver, and to copies too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.database import open_database
from policies.effective import explain
from policies.evaluate import decide
from policies.replay import Replay
from policies.review import (
    NO_REVIEWS,
    Review,
    Reviews,
    Selector,
    Withdrawal,
    WithdrawalScope,
)
from policies.review.withdrawal import license_regex
from policies.unlock import rank_unlocks
from policies.why_not import why_not
from tests.policies.test_policies_copies import content, edited, signature
from tests.strategies.policies import Row, as_dossier, dossier_rows, occurrence
from tests.strategies.reviews import BLOBS, POLICY, review_sets, waiver
from tests.strategies.withdrawals import place, standing, withdrawal, withdrawals

RANK = {"releasable": 0, "internal-only": 1, "excluded": 2, "skipped": 3}
FEW = settings(max_examples=5)
HERE = withdrawal("wdr_1", Selector.PATH, "a", repo_id="r")


def run(rows: list[Row], reviews: Reviews = NO_REVIEWS, **signatures: Any) -> list[Any]:
    table = decide(
        as_dossier(rows), POLICY, content=content(**signatures), input_digest="i", reviews=reviews
    )
    return list(table.to_pylist())


def placed(rows: list[Row]) -> list[Row]:
    licenses = [None, "MIT", "Apache-2.0 OR MIT", None]
    return [
        {
            **row,
            "repo_id": "r" if n % 2 else "s",
            "path": b"%d" % n,
            "path_text": f"{n}",
            "blob_id": BLOBS[n % 3] * 40,
            "own_license_expression": licenses[n % 4],
        }
        for n, row in enumerate(rows)
    ]


corpora = st.lists(dossier_rows(), min_size=1, max_size=5).map(placed)


@pytest.mark.parametrize(
    ("selector", "value", "repo_id", "hit"),
    [
        (Selector.REPOSITORY, "", "r", "ab"),
        (Selector.PATH, "[ax]", "r", "a"),
        (Selector.BLOB, "3" * 40, "", "c"),
        (Selector.LICENSE, "mit", "", "ac"),
        (Selector.LICENSE, "LicenseRef-Company", "", "b"),
    ],
)
def test_each_selector_takes_what_it_names(
    selector: Selector, value: str, repo_id: str, hit: str
) -> None:
    rows = [
        occurrence("r", b"a", "1", own_license_expression="Apache-2.0 OR MIT"),
        occurrence("r", b"b", "2", repo_license_expression="LicenseRef-Company"),
        occurrence("s", b"c", "3", scope_license_expression="MIT", repo_license_expression="X"),
        occurrence("s", b"d", "4", own_license_expression="MIT-0", repo_license_expression="MIT"),
    ]
    told = run(rows, standing(withdrawal("wdr_1", selector, value, repo_id=repo_id)))
    assert "".join(r["path"].decode() for r in told if r["outcome"] == "excluded") == hit
    assert {tuple(r["waiver_ids"]) for r in told if "WITHDRAWN" in r["reasons"]} == {("wdr_1",)}


def test_a_fingerprint_takes_the_contents_that_hold_it_wherever_they_stand() -> None:
    said = withdrawal("wdr_1", Selector.FINGERPRINT, "f" * 32)
    rows = [occurrence("r", b"a", "1"), occurrence("s", b"b", "1"), occurrence("s", b"c", "2")]
    told = run(rows, standing(said, places=[place("wdr_1", "r", b"a", "1")]))
    assert [r["outcome"] for r in told] == ["excluded", "excluded", "releasable"]


def test_a_path_takes_its_content_along_under_another_name_in_its_repository() -> None:
    rows = [occurrence("r", b"b", "1"), occurrence("s", b"b", "1")]
    moved, copied = run(rows, standing(HERE, places=[place("wdr_1", "r", b"a", "1")]))
    assert (moved["outcome"], moved["reasons"][-1]) == ("excluded", "WITHDRAWN")
    assert (copied["outcome"], copied["reasons"][0]) == ("internal-only", "COPY_WITHDRAWN")
    assert copied["pending_lanes"] == []


def test_what_may_stay_inside_stays_in_the_internal_tier() -> None:
    said = replace(HERE, scope=WithdrawalScope.RELEASABLE)
    (row,) = run([occurrence("r", b"a", "1")], standing(said))
    assert (row["outcome"], row["waiver_ids"]) == ("internal-only", ["wdr_1"])
    told = explain(row, occurrence("r", b"a", "1"), POLICY)
    assert told.summary == "Internal only: It was withdrawn."


def test_no_waiver_of_any_reason_frees_it_or_an_exact_copy() -> None:
    rows = [occurrence("r", b"a", "1", is_minified=True), occurrence("s", b"b", "1")]
    clearing = tuple(
        waiver(rule, "1", f"rvw_{rule.lower()}") for rule in ("MINIFIED", "COPY_RESTRICTED")
    )
    withdrawn, copied = run(rows, standing(HERE, reviews=clearing))
    assert (withdrawn["outcome"], copied["outcome"]) == ("excluded", "internal-only")
    assert copied["counterpart_path"] == b"a"
    assert copied["waived_reasons"] == []


@pytest.mark.parametrize("is_gone", [False, True])
def test_near_copies_are_held_even_where_the_content_is_gone_from_the_corpus(
    *, is_gone: bool
) -> None:
    base = signature(1)
    near = {"b1": base, "b2": edited(base, 20)}
    rows = [occurrence("r", b"a", "1"), occurrence("s", b"b", "2")][is_gone:]
    reviews = standing(HERE, places=[place("wdr_1", "r", b"a", "1")])
    row = run(rows, reviews, **near)[-1]
    assert (row["outcome"], row["counterpart_path"]) == ("internal-only", b"a")
    assert "NEAR_COPY_RESTRICTED" in row["reasons"]


def test_content_that_everybody_has_holds_no_copies_but_is_withdrawn_itself() -> None:
    policy = replace(
        POLICY, document=POLICY.document.model_copy(update={"public_content": ("1" * 40,)})
    )
    rows = [occurrence("r", b"a", "1"), occurrence("s", b"b", "1")]
    table = decide(
        as_dossier(rows), policy, content=content(), input_digest="", reviews=standing(HERE)
    )
    assert table["outcome"].to_pylist() == ["excluded", "releasable"]


def test_there_is_no_way_out_but_lifting_and_no_approval_unlocks_it() -> None:
    said: dict[str, Reviews] = {"WITHDRAWN": standing(HERE), "COPY_WITHDRAWN": NO_REVIEWS}
    for reason, reviews in said.items():
        copied = reason if reason == "COPY_WITHDRAWN" else ""
        way = why_not(occurrence("r", b"a", "1"), POLICY, reviews=reviews, copied=copied)
        assert (way.sets, way.dead_ends) == ((), (reason,))
    table = decide(
        as_dossier([occurrence("r", b"a", "1", size=9), occurrence("s", b"b", "1")]),
        POLICY,
        content=content(),
        input_digest="",
        reviews=standing(replace(HERE, scope=WithdrawalScope.RELEASABLE)),
    )
    assert rank_unlocks(table, POLICY) == []


@pytest.mark.parametrize(
    ("expression", "is_named"),
    [
        ("GPL-2.0-only", True),
        ("gpl-2.0-ONLY", True),
        ("MIT AND (GPL-2.0-only WITH Classpath-exception-2.0)", True),
        ("GPL-2.0-only-x", False),
        ("AGPL-2.0-only", False),
        ("GPL-2x0-only", False),
        ("", False),
    ],
)
def test_an_expression_names_a_license_as_a_whole_word(expression: str, *, is_named: bool) -> None:
    with open_database() as connection:
        (found,) = connection.execute(
            "SELECT regexp_full_match($1, $2)", [expression, license_regex("GPL-2.0-only")]
        ).fetchall()
    assert found == (is_named,)


@FEW
@given(corpora, review_sets(), st.lists(withdrawals(), max_size=2), withdrawals())
def test_a_further_withdrawal_loosens_nothing_and_what_it_takes_is_never_released(
    rows: list[Row], some: list[Review], known: list[Withdrawal], more: Withdrawal
) -> None:
    said = [replace(w, id=f"wdr_k{n}") for n, w in enumerate(known)]
    before = run(rows, standing(*said, reviews=tuple(some)))
    after = run(rows, standing(*said, replace(more, id="wdr_more"), reviews=tuple(some)))
    for old, new in zip(before, after, strict=True):
        assert RANK[new["outcome"]] >= RANK[old["outcome"]]
        taken = "WITHDRAWN" in new["reasons"]
        assert not taken or new["outcome"] != "releasable"
        assert taken == any(name.startswith("wdr_") for name in new["waiver_ids"])


@FEW
@given(corpora, review_sets(), st.lists(withdrawals(), min_size=1, max_size=3))
def test_a_replay_and_another_order_of_withdrawals_tell_what_deciding_tells(
    rows: list[Row], some: list[Review], said: list[Withdrawal]
) -> None:
    said = [replace(w, id=f"wdr_{n}") for n, w in enumerate(said)]
    reviews = standing(*said, reviews=tuple(some), places=[place("wdr_0", "r", b"x", "1")])
    free = replace(
        POLICY,
        rules=tuple(
            replace(rule, condition=replace(rule.condition, sql="false"))
            if rule.id == "GENERATED"
            else rule
            for rule in POLICY.rules
        ),
    )
    decided = run(rows, reviews)
    assert decided == run(
        rows,
        standing(*reversed(said), reviews=tuple(some), places=[place("wdr_0", "r", b"x", "1")]),
    )
    for near in (content(), content(b1=signature(1))):
        with open_database() as connection:
            connection.register("dossier", as_dossier(rows))
            replay = Replay(connection, (POLICY, free), content=near, reviews=reviews, paths=True)
            for _, path, before, _ in replay.rows():
                (row,) = (r for r in decided if r["path"] == path)
                assert (before.outcome, sorted(before.reasons)) == (row["outcome"], row["reasons"])
                assert sorted(before.lanes) == row["pending_lanes"]
