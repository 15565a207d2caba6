from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.receipt import Receipt, pulled_shards, timestamp
from tests.strategies.grants import receipt, release_id_of
from tests.strategies.release import build_corpus, large_corpus


def test_a_receipt_survives_its_own_document() -> None:
    made = receipt()
    assert Receipt.from_json(made.to_json()) == made
    assert receipt().to_json() == made.to_json()


def test_a_receipt_lists_what_the_manifest_lists(tmp_path: Path) -> None:
    manifest = build_corpus(large_corpus(20), tmp_path / "shards", target_bytes=2_000).manifest
    shards = pulled_shards(manifest)
    assert [(s.path, s.sha256, s.rows, s.bytes, s.policy_digest) for s in shards] == [
        (s.path, s.sha256, s.rows, s.bytes, manifest.policy_digest) for s in manifest.shards
    ]


def test_the_receipts_of_two_runs_lie_side_by_side() -> None:
    names = {receipt(run_id=run).file_name for run in ("a", "b")}
    assert names == {
        f"{release_id_of(1)}.a.receipt.dsse.json",
        f"{release_id_of(1)}.b.receipt.dsse.json",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"release_id": "../x"},
        {"run_id": "../x"},
        {"manifest_digest": "x"},
        {"at": "yesterday"},
        {"tier": Tier.INTERNAL_ONLY},
        {"purpose": "fun"},
        {"shards": receipt(count=1).shards * 2},
        {"version": 2},
        {"more": 1},
    ],
    ids=str,
)
def test_a_receipt_that_cannot_be_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        receipt(**changes)


@pytest.mark.parametrize("damage", [{"version": 9}, {"tier": "internal-only"}, {"shards": [{}]}])
def test_a_document_that_is_no_receipt_is_refused(damage: dict[str, Any]) -> None:
    raw = json.loads(receipt().to_json()) | damage
    with pytest.raises(ReleaseRefused):
        Receipt.from_json(json.dumps(raw).encode())


def test_moments_are_written_in_utc() -> None:
    moment = datetime(2030, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp(moment) == "2029-12-31T23:00:00Z"
