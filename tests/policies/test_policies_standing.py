"""What may stay of a release: the verdict of today on rows that went out before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.database import open_database
from policies.decision import Tier
from policies.dossier import RIGHTS
from policies.evaluate import decide
from policies.review import NO_REVIEWS, Review, ReviewKind, Reviews, Selector, Target
from policies.standing import DISALLOWED, EMITTED, PRESENT, Standing
from tests.policies.test_policies_copies import content, edited, signature
from tests.strategies.policies import Row, as_dossier, dossier_rows, occurrence
from tests.strategies.reviews import BLOBS, POLICY, review, review_sets
from tests.strategies.withdrawals import place, standing, withdrawal, withdrawals

CLEAN = {
    "name": "example",
    "owner": "team",
    "rights_basis": "owner-attested",
    "license": "LicenseRef-Company",
    "license_category": "proprietary",
    "consent_valid": True,
}
HERE = withdrawal("wdr_1", Selector.PATH, "a", repo_id="r")


def rights(**given: object) -> pa.Table:
    """Rights of the repositories r and s; what is given differs in r."""
    rows = [{"repo_id": "r", **CLEAN, **given}, {"repo_id": "s", **CLEAN}]
    return pa.Table.from_pylist(rows, schema=RIGHTS)


def rights_of(rows: list[Row]) -> pa.Table:
    names = {"repo_name": "name", "repo_license_expression": "license"}
    names |= {"repo_license_category": "license_category"}
    kept = ("owner", "rights_basis", "consent_valid")
    found = {
        str(row["repo_id"]): {names.get(n, n): row[n] for n in (*names, *kept)} for row in rows
    }
    return pa.Table.from_pylist([{"repo_id": r, **v} for r, v in found.items()], schema=RIGHTS)


def released(rows: list[Row], tier: Tier, near: pa.Table, reviews: Reviews = NO_REVIEWS) -> Any:
    table = decide(as_dossier(rows), POLICY, content=near, input_digest="", reviews=reviews)
    chosen = [row for row in table.to_pylist() if row["outcome"] == tier.value]
    return pa.Table.from_pylist(
        [
            {
                "row_id": f"{row['repo_id']}:{row['path'].decode()}",
                "redacted": row["redact_categories"],
                **{name: row[name] for name in ("repo_id", "path", "blob_id")},
            }
            for row in chosen
        ],
        schema=EMITTED,
    )


def ask(
    rows: list[Row],
    emitted: pa.Table,
    tier: Tier = Tier.RELEASABLE,
    present: list[dict[str, object]] | None = None,
    **given: Any,
) -> list[dict[str, Any]]:
    values = {"content": content(), "reviews": NO_REVIEWS, "rights": rights(), **given}
    with open_database() as connection:
        connection.register("stored", as_dossier(rows))
        told = Standing(connection, POLICY, **values)
        now = pa.Table.from_pylist(present or [], schema=PRESENT)
        found = told.disallowed(emitted, tier, now)
    assert found.schema == DISALLOWED
    return list(found.to_pylist())


def present(row: Row, outcome: str, reasons: list[str], **given: object) -> dict[str, object]:
    kept = ("repo_id", "path", "blob_id", "secret_count", "pii_count", "confidential_count")
    told = {name: row[name] for name in (*kept, "path_finding_count")}
    return told | {"outcome": outcome, "reasons": reasons, "redact_categories": [], **given}


TWO = [occurrence("r", b"a", "1"), occurrence("s", b"b", "2")]
OUT = released(TWO, Tier.RELEASABLE, content())


def test_what_is_still_allowed_stays() -> None:
    assert OUT.num_rows == 2
    assert ask(TWO, OUT) == []


@pytest.mark.parametrize(
    ("given", "is_without_consent"),
    [({"consent_valid": False}, True), ({"rights_basis": None}, False)],
)
def test_rights_that_ended_since_count(
    given: dict[str, object], *, is_without_consent: bool
) -> None:
    (row,) = ask(TWO, OUT, rights=rights(**given))
    assert (row["row_id"], row["is_lost"]) == ("r:a", True)
    assert row["is_without_consent"] is is_without_consent


def test_a_repository_that_is_gone_has_no_consent() -> None:
    (row,) = ask(TWO, OUT, rights=rights().slice(1))
    assert (row["row_id"], row["is_without_consent"]) == ("r:a", True)


def test_a_withdrawn_row_and_its_copies_name_the_withdrawal_and_the_counterpart() -> None:
    base = signature(1)
    near = content(b1=base, b2=edited(base, 20), b3=signature(9))
    rows = [*TWO, occurrence("s", b"c", "1"), occurrence("s", b"d", "3")]
    emitted = released(rows, Tier.RELEASABLE, near)
    assert emitted.num_rows == 4
    found = ask(rows, emitted, content=near, reviews=standing(HERE))
    assert [(r["row_id"], r["withdrawal_id"]) for r in found] == [
        ("r:a", "wdr_1"),
        ("s:b", "wdr_1"),
        ("s:c", "wdr_1"),
    ]
    assert [r["counterpart_path"] for r in found] == [None, b"a", b"a"]
    assert [r["counterpart_score"] for r in found][2] == 1.0
    assert "NEAR_COPY_RESTRICTED" in found[1]["reasons"]


def test_a_copy_of_what_is_gone_from_the_corpus_names_the_withdrawal_too() -> None:
    base = signature(1)
    near = content(b1=base, b2=edited(base, 20))
    places = [place("wdr_1", "r", b"a", "1")]
    (row,) = ask(TWO[1:], OUT.slice(1), content=near, reviews=standing(HERE, places=places))
    assert (row["row_id"], row["withdrawal_id"], row["counterpart_path"]) == ("s:b", "wdr_1", b"a")


def test_a_copy_of_a_place_that_had_several_contents_is_one_row() -> None:
    base = signature(1)
    near = content(b1=base, b2=edited(base, 20))
    places = [place(f"wdr_{n}", "r", b"a", blob) for n in (1, 2) for blob in "135"]
    said = standing(HERE, replace(HERE, id="wdr_2"), places=list(places))
    (row,) = ask(TWO[1:], OUT.slice(1), content=near, reviews=said)
    assert (row["row_id"], row["withdrawal_id"]) == ("s:b", "wdr_1")


def test_what_people_decided_since_counts_in_the_tier_that_it_is_about() -> None:
    kept = review("rvw_k", ReviewKind.KEEP_INTERNAL, Target(repo_id="r", pattern="a"))
    (row,) = ask(TWO, OUT, reviews=standing(reviews=(kept,)))
    assert (row["row_id"], row["reasons"][0]) == ("r:a", "KEPT_BY_REVIEW")
    assert ask(TWO, OUT, Tier.INTERNAL_ONLY, reviews=standing(reviews=(kept,))) == []


def test_a_row_in_which_more_is_to_be_redacted_may_not_stay_as_it_is() -> None:
    rows = [occurrence("r", b"a", "1", secret_count=1, password_count=1)]
    emitted = released(rows, Tier.RELEASABLE, content())
    assert emitted["redacted"].to_pylist() != [[]]
    bare = emitted.set_column(4, EMITTED.field("redacted"), pa.array([[]], pa.list_(pa.string())))
    assert ask(rows, emitted) == []
    (row,) = ask(rows, bare)
    assert (row["is_lost"], row["is_seen_anew"]) == (False, False)


def test_what_is_found_today_in_the_same_file_counts_and_says_so() -> None:
    now = present(TWO[0], "internal-only", ["LEAKED_CREDENTIAL"], secret_count=1)
    (row,) = ask(TWO, OUT, present=[now])
    assert (row["row_id"], row["is_lost"], row["is_seen_anew"]) == ("r:a", True, True)
    changed = {**now, "blob_id": "9" * 40}
    assert ask(TWO, OUT, present=[changed]) == []
    redacted = present(
        TWO[0], "releasable", ["OWN_ATTESTED"], pii_count=2, redact_categories=["EMAIL_ADDRESS"]
    )
    (row,) = ask(TWO, OUT, present=[redacted])
    assert (row["is_lost"], row["is_seen_anew"]) == (False, True)


def test_one_more_finding_of_a_category_that_was_redacted_counts_too() -> None:
    rows = [occurrence("r", b"a", "1", secret_count=1, password_count=1)]
    emitted = released(rows, Tier.RELEASABLE, content())
    told = emitted["redacted"].to_pylist()[0]
    same = present(rows[0], "releasable", ["OWN_ATTESTED"], redact_categories=told)
    assert ask(rows, emitted, present=[same]) == []
    (row,) = ask(rows, emitted, present=[{**same, "secret_count": 2}])
    assert (row["is_lost"], row["is_seen_anew"]) == (False, True)


def test_a_copy_that_came_to_the_corpus_later_takes_nothing_back() -> None:
    now = present(TWO[0], "internal-only", ["COPY_RESTRICTED", "OWN_ATTESTED"])
    assert ask(TWO, OUT, present=[now]) == []


def test_a_row_that_the_dossier_does_not_know_may_not_stay() -> None:
    assert [row["row_id"] for row in ask(TWO[1:], OUT)] == ["r:a"]


corpora = st.lists(dossier_rows(), min_size=1, max_size=5).map(
    lambda rows: [
        {
            **row,
            **{name: rows[n % 2 % len(rows)][name] for name in ("consent_valid", "rights_basis")},
            "repo_license_category": rows[n % 2 % len(rows)]["repo_license_category"],
            "repo_id": "rs"[n % 2],
            "path": b"%d" % n,
            "path_text": f"{n}",
            "blob_id": BLOBS[n % 3] * 40,
        }
        for n, row in enumerate(rows)
    ]
)


@settings(max_examples=6, deadline=None)
@given(corpora, review_sets(), st.lists(withdrawals(), max_size=2), st.sampled_from(Tier))
def test_what_deciding_anew_allows_stays_and_nothing_else(
    rows: list[Row], some: list[Review], said: list[Any], tier: Tier
) -> None:
    said = [replace(w, id=f"wdr_{n}") for n, w in enumerate(said)]
    near = content(b1=signature(1), b2=edited(signature(1), 20))
    emitted = released(rows, tier, near)
    reviews = standing(*said, reviews=tuple(some))
    anew = decide(as_dossier(rows), POLICY, content=near, input_digest="", reviews=reviews)
    by_path = {row["path"]: row for row in anew.to_pylist()}
    own = rights_of(rows).to_pylist()
    own = [r | {"consent_valid": bool(r["consent_valid"])} for r in own]
    found = ask(
        rows,
        emitted,
        tier,
        content=near,
        reviews=reviews,
        rights=pa.Table.from_pylist(own, schema=RIGHTS),
    )
    allowed = {tier.value, "releasable"}
    lost = {
        row["path"] for row in emitted.to_pylist() if by_path[row["path"]]["outcome"] not in allowed
    }
    assert {row["path"] for row in found if row["is_lost"]} == lost
    for row in found:
        withdrawn = "WITHDRAWN" in by_path[row["path"]]["reasons"]
        assert not withdrawn or row["withdrawal_id"] is not None
