"""Check an audit pack from its bytes alone: no installation, no network, one trusted key.

The order matters: the signature of the index first, then every member against it, and only then
what the members say.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.domain.artefacts import SCHEMA_VERSION
from ingest.errors import ShardgateError
from policies.decision import Tier
from policies.document import load_policy
from policies.review import ReviewState
from release.domain.manifest import Manifest
from release.domain.rows import Fate
from release.signing import verify
from store.catalog.audit import AuditEntry, read_record
from store.checkpoints import verify_entries
from store.pack import read_pack
from workers.corpus import decisions_key
from workers.pack_members import (
    CHAIN,
    CHECKPOINTS,
    DATASET,
    DECISIONS,
    EXCLUDED,
    MANIFEST_PLACE,
    POLICY,
    RELEASE,
    RESTRICTING,
    REVIEWS,
    SIGNED_PLACE,
    WITHDRAWALS,
)
from workers.pack_said import Told, find_faults, find_moment_faults, read_told, told_digest
from workers.pack_taken import find_taken_faults, is_all_told, read_recalls

_PACKAGE: Final = "dataset_DatasetPackage"
_FILE: Final = "software_File"
_Members = Mapping[str, bytes]
_MALFORMED: Final = (ValueError, TypeError, KeyError, AttributeError, pa.ArrowException)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPart:
    """One part of a pack that was checked."""

    name: str
    told: str
    """What it holds, in a few words; empty where it does not fit."""
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """What `check_pack` found."""

    release_id: str
    parts: tuple[PackPart, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that does not fit."""
        return tuple(f"{part.name}: {fault}" for part in self.parts for fault in part.faults)


def check_pack(path: Path, public_key: Path) -> PackReport:
    """Check every part of a pack.

    Raises:
        ReleaseRefused: it is no pack of the trusted key, or a member was changed, added or taken
            away; nothing more can be said then.
        ConfigurationError: the public key cannot be read.
    """
    members = read_pack(path, public_key)
    manifest = Manifest.from_json(verify(members.get(SIGNED_PLACE, b""), public_key))
    checks: dict[str, Callable[[], tuple[str, list[str]]]] = {
        "manifest": lambda: _check_manifest(members, manifest),
        "policy": lambda: _check_policy(members, manifest),
        "decisions": lambda: _check_decisions(members, manifest),
        "exclusions": lambda: _check_exclusions(members, manifest),
        "dataset": lambda: _check_dataset(members, manifest),
        "reviews": lambda: _check_reviews(members, manifest),
        "taken back": lambda: _check_taken_back(members, manifest, public_key),
        "audit chain": lambda: _check_chain(members, manifest, public_key),
    }
    index = PackPart(name="index", told=f"{len(members)} members, signed", faults=())
    parts = [_check(name, check) for name, check in checks.items()]
    return PackReport(release_id=manifest.release_id, parts=(index, *parts))


def _check(name: str, check: Callable[[], tuple[str, list[str]]]) -> PackPart:
    try:
        told, faults = check()
    except ShardgateError as error:
        told, faults = "", [error.message]
    except _MALFORMED:
        # What is malformed could be quoted; that it is says enough.
        told, faults = "", ["it is missing or malformed"]
    return PackPart(name=name, told="" if faults else told, faults=tuple(faults))


def _check_manifest(members: _Members, manifest: Manifest) -> tuple[str, list[str]]:
    record = json.loads(members[RELEASE])
    plain = members[MANIFEST_PLACE]
    faults = []
    if plain != manifest.to_json():
        faults.append("the plain manifest differs from the signed one")
    if record["release_id"] != manifest.release_id or record["tier"] != manifest.tier.value:
        faults.append("the record is of another release")
    if record["manifest_sha256"] != hashlib.sha256(plain).hexdigest():
        faults.append("the record is of another manifest")
    counts = manifest.counts
    return f"{manifest.tier}, {counts.emitted:,} of {counts.seen:,} files", faults


def _check_policy(members: _Members, manifest: Manifest) -> tuple[str, list[str]]:
    policy = load_policy(members[POLICY].decode())
    is_same = policy.digest == manifest.policy_digest
    return f"{policy.document.name}, {len(policy.rules)} rules", (
        [] if is_same else ["it is not the document that the manifest names"]
    )


def _check_decisions(members: _Members, manifest: Manifest) -> tuple[str, list[str]]:
    table = _table(members[DECISIONS])
    said = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    faults = []
    if table.num_rows != manifest.counts.seen:
        faults.append("the manifest has seen another number of files")
    if said.get("policy_digest") != manifest.policy_digest:
        faults.append("they were made by another policy")
    if said.get("input_digest") != json.loads(members[RELEASE])["inputs"]["decisions"]:
        faults.append("they are not those of the record")
    left = _places(table) - _places(_table(members[EXCLUDED]))
    chosen = _places(table, manifest.tier)
    if left.total() != manifest.counts.emitted or left - chosen:
        faults.append("what they put into the tier is not what the release holds")
    outcomes = Counter(table["outcome"].to_pylist())
    return ", ".join(f"{name} {count:,}" for name, count in sorted(outcomes.items())), faults


def _check_exclusions(members: _Members, manifest: Manifest) -> tuple[str, list[str]]:
    fates = Counter(_table(members[EXCLUDED])["fate"].to_pylist())
    counts = manifest.counts
    wanted = {fate.value: getattr(counts, fate.value) for fate in Fate if fate is not Fate.EMITTED}
    is_same = all(fates.get(fate, 0) == count for fate, count in wanted.items())
    is_whole = counts.seen == counts.emitted + fates.total()
    return f"{fates.total():,} files, with a reason each", (
        [] if is_same and is_whole else ["they do not add up to the counts of the manifest"]
    )


def _check_dataset(members: _Members, manifest: Manifest) -> tuple[str, list[str]]:
    elements = json.loads(members[DATASET])["@graph"]
    of = {kind: [e for e in elements if e["type"] == kind] for kind in (_PACKAGE, _FILE)}
    named = [(e["name"], e["software_packageVersion"]) for e in of[_PACKAGE]]
    told = {(e["name"], e["verifiedUsing"][0]["hashValue"]) for e in of[_FILE]}
    faults = []
    if named != [(manifest.release_id, manifest.release_id)]:
        faults.append("it is of another release")
    if told != {(shard.path, shard.sha256) for shard in manifest.shards}:
        faults.append("it lists other files than the manifest")
    return f"{len(told):,} files", faults


def _check_reviews(members: _Members, manifest: Manifest) -> tuple[str, list[str]]:
    record = json.loads(members[RELEASE])
    reviews, withdrawals = _told(members)
    digest = told_digest(reviews, withdrawals)
    faults = [
        f"the {t.kind} {t.id} is not what its digest says"
        for t in (*reviews, *withdrawals)
        if not t.is_as_said()
    ]
    if any(one.record["state"] != ReviewState.ACTIVE.value for one in reviews):
        faults.append("one was not in force when the release was decided")
    if digest != record["reviews_digest"]:
        faults.append("they are not those of the record")
    key = decisions_key(record["inputs"]["dossier"], manifest.policy_digest, digest)
    if record["schema_version"] != SCHEMA_VERSION:
        faults.append("the pack is of another version; check it with the one that made it")
    elif key != record["inputs"]["decisions"]:
        faults.append("the decisions were not made under these reviews")
    return f"{len(reviews):,} in force, {len(withdrawals):,} withdrawals", faults


def _told(members: _Members) -> tuple[list[Told], list[Told]]:
    withdrawals = read_told("withdrawal", members[WITHDRAWALS])
    return read_told("review", members[REVIEWS]), withdrawals


def _chain(members: _Members) -> list[AuditEntry]:
    return [read_record(json.loads(line)) for line in members[CHAIN].splitlines()]


def _check_taken_back(
    members: _Members, manifest: Manifest, public_key: Path
) -> tuple[str, list[str]]:
    recalls = read_recalls(members, public_key)
    faults = find_taken_faults(members, manifest, _chain(members))
    if not is_all_told(manifest, recalls):
        faults.append("the recalls name other rows than the manifest says have left")
    if manifest.restricted_by:
        restricting = load_policy(members[RESTRICTING].decode())
        if restricting.digest != manifest.restricted_by:
            faults.append("its policy is not the one that the manifest names")
    rows = sum(recall.rows for recall, _ in recalls)
    return f"{len(recalls):,} recalls of {rows:,} rows", faults


def _check_chain(members: _Members, manifest: Manifest, public_key: Path) -> tuple[str, list[str]]:
    entries = _chain(members)
    heads = {
        name.removeprefix(CHECKPOINTS): data
        for name, data in members.items()
        if name.startswith(CHECKPOINTS)
    }
    report = verify_entries(entries, heads, public_key)
    faults = list(report.faults)
    if report.unsealed:
        faults.append("its head is not signed")
    digest = hashlib.sha256(members[MANIFEST_PLACE]).hexdigest()
    record = json.loads(members[RELEASE])
    if not any(_is_publication(entry, record, digest) for entry in entries):
        faults.append("it does not record that this manifest was published")
    faults += _otherwise(members, manifest, entries)
    return f"{report.entries:,} entries, {report.checkpoints:,} signed heads", faults


def _is_publication(entry: AuditEntry, record: Mapping[str, Any], digest: str) -> bool:
    if entry.action != "publish" or entry.subject != record["release_id"]:
        return False
    decisions = record["inputs"]["decisions"]
    told = entry.detail
    # Not every entry names the decisions.
    return told.get("manifest") == digest and told.get("decisions", decisions) == decisions


def _otherwise(members: _Members, manifest: Manifest, entries: list[AuditEntry]) -> list[str]:
    """Return what people said, and when it was asked, otherwise than the chain has it."""
    moment = datetime.fromisoformat(json.loads(members[RELEASE])["decided_at"])
    # What takes rows out of another was decided with that one, which is not here.
    begun = None if manifest.tombstone_digest else datetime.fromisoformat(manifest.created_at)
    reviews, withdrawals = _told(members)
    return [
        *find_moment_faults(moment, (manifest.release_id, begun), entries),
        *find_faults(reviews, "review", entries, moment),
        *find_faults(withdrawals, "withdrawal", entries, moment),
    ]


def _places(table: pa.Table, tier: Tier | None = None) -> Counter[tuple[str, str]]:
    """Return repository and path of each row; with a tier of those that were put into it."""
    # As the plan of a release chooses: inside, what waits for people is no hindrance.
    columns = ["repo_id", "path", *(["outcome", "pending_lanes"] if tier else [])]
    return Counter(
        (row["repo_id"], row["path"])
        for row in table.select(columns).to_pylist()
        if tier is None
        or (
            row["outcome"] == tier.value
            and (tier is Tier.INTERNAL_ONLY or not row["pending_lanes"])
        )
    )


def _table(data: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(data))
