from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.manifest import canonical_json
from release.domain.recall import (
    Recall,
    RecallReason,
    Tombstone,
    ids_digest,
    make_recall,
    tombstones_schema,
    tombstones_table,
)
from tests.strategies.recall import LATER, REQUEST

A_RELEASE, ANOTHER = "rel_" + "a" * 20, "rel_" + "b" * 20


def _tombstone(number: int = 0, **changes: Any) -> Tombstone:
    values: dict[str, Any] = {
        "release_id": A_RELEASE,
        "id": f"{number:064x}",
        "reason": RecallReason.LICENSE,
        "request_id": REQUEST,
        "effective_at": LATER,
        "replaced_by": ANOTHER,
        "blob_id": "c" * 40,
    }
    return Tombstone(**(values | changes))


def _recall(tier: Tier = Tier.RELEASABLE) -> Recall:
    stones = [_tombstone(n) for n in range(3)] + [_tombstone(release_id=ANOTHER, replaced_by=None)]
    return make_recall(tombstones_table(stones, tier), tier, LATER, b"file")


@pytest.mark.parametrize("tier", Tier)
def test_a_recall_survives_the_way_through_json(tier: Tier) -> None:
    recall = _recall(tier)
    assert Recall.from_json(recall.to_json()) == recall
    assert recall.rows == 4
    assert [(r.release_id, r.rows, r.replaced_by) for r in recall.releases] == [
        (A_RELEASE, 3, ANOTHER),
        (ANOTHER, 1, None),
    ]


@settings(max_examples=30)
@given(st.permutations(range(5)), st.timedeltas(timedelta(0), timedelta(days=9_000)))
def test_neither_order_nor_time_nor_replacement_makes_another_recall(
    order: list[int], later: timedelta
) -> None:
    plain = tombstones_table([_tombstone(n) for n in range(5)], Tier.RELEASABLE)
    other = tombstones_table(
        [_tombstone(n, replaced_by=None, effective_at=LATER) for n in order], Tier.RELEASABLE
    )
    first = make_recall(plain, Tier.RELEASABLE, LATER, b"a")
    second = make_recall(other, Tier.RELEASABLE, LATER + later, b"b")
    assert first.recall_id == second.recall_id


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "f" * 64},
        {"reason": RecallReason.SECRET},
        {"request_id": "wdr_" + "9" * 24},
        {"release_id": ANOTHER, "replaced_by": None},
    ],
)
def test_another_row_reason_or_request_is_another_recall(changes: dict[str, Any]) -> None:
    ids = {
        make_recall(tombstones_table([t], Tier.RELEASABLE), Tier.RELEASABLE, LATER, b"x").recall_id
        for t in (_tombstone(), _tombstone(**changes))
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "src/main.py"},
        {"id": "a" * 63},
        {"release_id": "../x"},
        {"replaced_by": "rel_x"},
        {"request_id": "wdr_of_jane_doe"},
        {"request_id": "jane.doe@example.com"},
        {"request_id": ""},
        {"blob_id": "src/main.py"},
        {"effective_at": LATER.replace(tzinfo=None)},
    ],
)
def test_a_tombstone_holds_ids_and_times_and_nothing_else(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tombstone|release"):
        _tombstone(**changes)


def test_only_the_internal_tier_keeps_the_id_of_the_original() -> None:
    assert "blob_id" in tombstones_schema(Tier.INTERNAL_ONLY).names
    assert "blob_id" not in tombstones_schema(Tier.RELEASABLE).names
    table = tombstones_table([_tombstone()], Tier.RELEASABLE)
    assert "c" * 40 not in str(table.to_pylist())
    assert tombstones_table([_tombstone()], Tier.INTERNAL_ONLY)["blob_id"].to_pylist() == ["c" * 40]


def test_no_row_or_the_same_row_twice_is_no_recall() -> None:
    for stones in ([], [_tombstone(), _tombstone(reason=RecallReason.SECRET)]):
        with pytest.raises(ValueError, match="at least one row"):
            tombstones_table(stones, Tier.RELEASABLE)


def test_tombstones_are_sorted_by_release_and_row() -> None:
    stones = [_tombstone(n, release_id=r) for n in (3, 1, 2) for r in (ANOTHER, A_RELEASE)]
    stones = [t for t in stones if t.release_id != t.replaced_by] + [
        _tombstone(n, release_id=ANOTHER, replaced_by=None) for n in (9, 7)
    ]
    table = tombstones_table(stones, Tier.RELEASABLE)
    assert table.schema.equals(tombstones_schema(Tier.RELEASABLE))
    pairs = list(zip(table["release_id"].to_pylist(), table["id"].to_pylist(), strict=True))
    assert pairs == sorted(pairs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recall_version", 2),
        ("recall_id", "rcl_" + "0" * 24),
        ("recall_id", "../x"),
        ("tier", "public"),
        ("issued_at", "yesterday"),
        ("reasons", []),
        ("reasons", ["Jane Doe asked for it"]),
        ("reasons", ["SECRET", "LICENSE"]),
        ("requests", ["jane"]),
        ("requests", []),
        ("requests", REQUEST),
        ("releases", []),
        ("releases", [{"release_id": A_RELEASE, "rows": 0, "replaced_by": None}]),
        ("releases", [{"release_id": A_RELEASE, "rows": True, "replaced_by": None}]),
        ("releases", [{"release_id": A_RELEASE, "rows": 1, "replaced_by": A_RELEASE}]),
        ("releases", [{"release_id": A_RELEASE, "rows": 1, "replaced_by": None, "path": "a.py"}]),
        ("content_digest", "0" * 64),
        ("content_digest", "x"),
        ("tombstones_sha256", "x"),
        ("tombstones_bytes", 0),
        ("note", "of Jane Doe"),
    ],
)
def test_a_recall_with_any_other_form_is_refused(name: str, value: object) -> None:
    raw = json.loads(_recall().to_json()) | {name: value}
    with pytest.raises(ReleaseRefused, match="recall is malformed"):
        Recall.from_json(canonical_json(raw))


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{}", b"[" * 100_000])
def test_what_is_no_recall_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(ReleaseRefused, match="malformed"):
        Recall.from_json(data)


def test_a_member_that_is_named_twice_is_refused() -> None:
    data = _recall().to_json().replace(b'{"content', b'{"tier":"internal-only","content', 1)
    with pytest.raises(ReleaseRefused, match="twice"):
        Recall.from_json(data)


def test_the_digest_of_ids_knows_no_order_and_no_twins() -> None:
    assert ids_digest(["b", "a", "b"]) == ids_digest(["a", "b"])
    assert ids_digest(["ab"]) != ids_digest(["a", "b"])
    assert re.fullmatch("[0-9a-f]{64}", ids_digest([]))


def test_every_text_of_a_releasable_tombstone_has_a_form_that_tells_nothing() -> None:
    table = tombstones_table([_tombstone(n) for n in range(3)], Tier.RELEASABLE)
    texts = {
        text
        for column in table.columns
        if pa.types.is_string(column.type)
        for text in column.to_pylist()
    }
    form = re.compile(
        r"rel_[0-9a-f]{20}|[0-9a-f]{64}|[a-z]+_[0-9a-f]{24}|" + "|".join(RecallReason)
    )
    assert all(form.fullmatch(text) for text in texts)
