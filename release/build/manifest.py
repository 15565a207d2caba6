"""Put the manifest of a built release together."""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import Final

import pyarrow as pa

from policies.placeholders import PLACEHOLDERS
from release.build.inputs import ReleaseSpec
from release.build.parquet import table_digest
from release.build.plan import ReleasePlan
from release.build.shards import Lineage, WrittenShards
from release.domain.forms import time_text
from release.domain.manifest import Manifest, canonical_json
from release.domain.rows import ROW_SCHEMA_VERSION, Counts, rows_schema, schema_digest

BUILD_VERSION: Final = "5"
"""Changes with anything in this package that changes a byte of a shard."""


def trace_lineage(
    plan: ReleasePlan, spec: ReleaseSpec, kind: str, *, surrogate_id: str = ""
) -> Lineage:
    """Return the lineage of a release; its `run_id` digests everything the bytes depend on.

    Neither the time nor the parent is part of it: the same inputs are the same release.
    `surrogate_id` names the key that surrogates come from, where there are any.
    """
    policy_id = spec.policy_id or f"policy_{plan.policy_digest[:12]}"
    named = {
        f"{place}:{one.rule_id}:{one.category}": one.text.decode()
        for place, one in enumerate(spec.placeholders)
    }
    parts = {
        "build": BUILD_VERSION,
        "pyarrow": pa.__version__,
        "format": kind,
        "tier": spec.tier,
        "policy": [policy_id, plan.policy_digest],
        "schema": [ROW_SCHEMA_VERSION, schema_digest(rows_schema(spec.tier))],
        "rows": table_digest(plan.rows),
        "exclusions": table_digest(plan.exclusions),
        "rulesets": dict(spec.rulesets),
        "tools": spec.named_tools,
        "target_bytes": spec.target_bytes,
        "refused": sorted(spec.refused_categories),
        "known_values": spec.known_values,
        "accepted": sorted(spec.accepted_identities),
        "surrogates": surrogate_id,
        "placeholders": {c.value: p.decode() for c, p in PLACEHOLDERS.items()} | named,
        **({"recalls": spec.recalls} if spec.recalls else {}),
    }
    return Lineage(
        run_id=hashlib.sha256(canonical_json(parts)).hexdigest(),
        tier=spec.tier,
        policy_id=policy_id,
        policy_digest=plan.policy_digest,
        scanner_versions=spec.named_tools,
    )


def release_id_of(lineage: Lineage) -> str:
    """Return ``rel_`` and 20 hex characters of the run id."""
    return f"rel_{lineage.run_id[:20]}"


def make_manifest(
    spec: ReleaseSpec,
    lineage: Lineage,
    written: WrittenShards,
    *,
    counts: Counts,
    exclusions: pa.Table,
) -> Manifest:
    """Return the manifest; raises ValueError where counts, totals and shards disagree."""
    totals, release_id = written.totals, release_id_of(lineage)
    return Manifest(
        schema_version=ROW_SCHEMA_VERSION,
        schema_digest=schema_digest(rows_schema(spec.tier)),
        release_id=release_id,
        # Built again when it is the newest one, a release must not come after itself.
        parent_release_id=None if spec.parent_release_id == release_id else spec.parent_release_id,
        tier=spec.tier,
        created_at=time_text(spec.created_at.astimezone(UTC)),
        input_digest=lineage.run_id,
        policy_id=lineage.policy_id,
        policy_digest=lineage.policy_digest,
        rulesets=dict(spec.rulesets),
        tools=spec.named_tools,
        snapshots=dict(totals.snapshots),
        shards=written.shards,
        languages={name: dict(total) for name, total in totals.languages.items()},
        licenses={name: dict(total) for name, total in totals.licenses.items()},
        counts=counts,
        exclusions_digest=table_digest(exclusions),
    )
