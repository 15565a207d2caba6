"""Grants, receipts and statements of invented releases."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from policies.decision import Tier
from release.domain.grant import Grant, Purpose
from release.domain.receipt import PulledShard, Receipt
from release.domain.statement import Consumption, Standing

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def release_id_of(number: int) -> str:
    return f"rel_{number:020x}"


def grant(**changes: Any) -> Grant:
    """Return a grant that counts at `NOW`."""
    values: dict[str, Any] = {
        "id": "grt_1",
        "consumer": "trainers",
        "tier": Tier.RELEASABLE,
        "purpose": Purpose.PUBLIC_MODEL,
        "granted_by": "ada",
        "granted_at": NOW - DAY,
        "expires_at": NOW + DAY,
    }
    return Grant(**(values | changes))


def receipt(number: int = 1, *, count: int = 2, **changes: Any) -> Receipt:
    """Return a receipt of an invented release."""
    release_id = release_id_of(number)
    values: dict[str, Any] = {
        "release_id": release_id,
        "manifest_digest": sha(release_id),
        "tier": Tier.RELEASABLE,
        "policy_id": "policy_1",
        "shards": tuple(
            PulledShard(
                path=f"data/shard-{i:05d}.parquet",
                sha256=sha(f"{release_id} {i}"),
                rows=i + 1,
                bytes=100,
                policy_digest=sha("policy"),
            )
            for i in range(count)
        ),
        "consumer": "trainers",
        "purpose": Purpose.PUBLIC_MODEL,
        "grant_id": "grt_1",
        "run_id": "run-7",
        "at": "2030-01-01T12:00:00Z",
    }
    return Receipt(**(values | changes))


def consumption(*receipts: Receipt, state: str = "published") -> Consumption:
    """Return all that is known of the run of some receipts."""
    return Consumption(
        receipts={sha(str(i)): receipt for i, receipt in enumerate(receipts)},
        grants=[grant()],
        policies={sha("policy"): "default"},
        standings={r.release_id: Standing(state=state) for r in receipts},
    )
