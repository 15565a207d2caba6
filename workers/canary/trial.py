"""The canary run: the corpus of plants goes the path of every repository, into a folder of its own.

The functions are those of the stages; only where blobs, rights and facts come from differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.detect import provenance as provenance_family
from ingest.detect.detector import BlobDetector
from ingest.detect.provenance import TreeSources
from ingest.detect.tree import with_path_findings
from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family, ScanStatus
from ingest.domain.repository import RightsBasis
from ingest.domain.secret import HmacKey
from ingest.domain.tree import ScanUnit, suffix_of
from ingest.errors import TransientError
from ingest.snapshot.classify import classify_content
from policies.decision import Tier
from policies.dossier import RIGHTS, assemble_dossier
from policies.evaluate import decide
from policies.model import Policy
from policies.placeholders import named_placeholders
from release.build.exitscan import find_leaks
from release.build.inputs import ReleaseInputs, ReleaseSpec
from release.build.manifest import trace_lineage
from release.build.parquet import ParquetShardWriter
from release.build.plan import ReleasePlan, plan_release
from release.build.redactor import Redactor
from release.build.shards import ShardTask, WrittenShards, write_shards
from release.build.texts import Inspector
from workers.canary.plants import OWN, SILENT, Plant
from workers.corpus import FINDING_FAMILIES, share_findings
from workers.exitscanner import DetectorScanner
from workers.known import Sweeper, known_values
from workers.license_reader import license_algebra, license_reader
from workers.sandbox import ScanLimits, scan_batch
from workers.scan_paths import finding_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COMMIT: Final = "0" * 40
_LICENSE: Final = "LicenseRef-Proprietary"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialKit:
    """What a canary run works with: what the build it belongs to works with."""

    detectors: Sequence[BlobDetector]
    """Of every blob family."""
    policy: Policy
    company: CompanyProfile
    key: HmacKey
    seed: bytes = field(repr=False)
    """What the planted values follow from."""
    limits: ScanLimits = field(default_factory=ScanLimits)
    redactor: Redactor = field(default_factory=Redactor)
    known_content: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of the plants, before anything is written."""

    inputs: ReleaseInputs
    dossier: pa.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What one tier's shards of the canary run hold."""

    plan: ReleasePlan
    written: WrittenShards
    leaking: frozenset[str]
    """Ids of rows that the exit scan objects to."""


class PlantedBlobs:
    """A `BlobSource` over plants."""

    def __init__(self, plants: Iterable[Plant]) -> None:
        """Take the files."""
        self._blobs = {blob_id_of(plant.data): plant.data for plant in plants}

    def read_blobs(
        self, repository_id: str, blob_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (id, stored bytes) in the order asked."""
        del repository_id
        return ((blob_id, self._blobs[blob_id]) for blob_id in blob_ids)

    @contextmanager
    def open(self, blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
        """Open the same as a stream, as scans read it."""
        yield self.read_blobs("", blob_ids)


def blob_id_of(data: bytes) -> str:
    """Return git's id of some bytes (SHA-1)."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def scan_plants(plants: Sequence[Plant], kit: TrialKit) -> dict[Family, pa.Table]:
    """Return the facts about the plants, as `workers.corpus.load_facts` returns those of others.

    Raises:
        TransientError: a scan did not complete, so that nothing can be told of what it stops.
    """
    scanned = {blob_id_of(plant.data) for plant in plants if plant.is_scanned}
    snapshot = _snapshot(plants)
    texts = snapshot.filter(pc.is_null(snapshot["skip_reason"]))
    units = [
        ScanUnit(blob_id=row["blob_id"], suffix=row["suffix"], size=row["size"])
        for row in texts.select(["blob_id", "suffix", "size"]).to_pylist()
        if row["blob_id"] in scanned
    ]
    tables = scan_batch(
        list(dict.fromkeys(units)),
        open_blobs=PlantedBlobs(plants).open,
        detectors=kit.detectors,
        limits=kit.limits,
        progress=_silent,
    )
    for family, table in tables.items():
        if any(status != ScanStatus.COMPLETED.value for status in table["status"].to_pylist()):
            raise TransientError(f"A scan of the canaries did not complete: {family}.")
    return tables | {f: share_findings(tables[f]) for f in FINDING_FAMILIES if f in tables}


def judge_plants(plants: Sequence[Plant], facts: Mapping[Family, pa.Table], kit: TrialKit) -> Trial:
    """Join the facts over the trees of the plants, and decide on them."""
    snapshot = _snapshot(plants)
    trees = pa.concat_tables([TREE_FACTS.empty_table(), *_trees(snapshot, facts, kit)])
    rights = _rights()
    dossier = assemble_dossier(snapshot, facts, trees, rights)
    decisions = decide(dossier, kit.policy, content=facts[Family.CONTENT], input_digest="canaries")
    inputs = ReleaseInputs(
        decisions=decisions, snapshots=snapshot, facts=facts, trees=trees, rights=rights
    )
    return Trial(inputs=inputs, dossier=dossier)


def ship_plants(
    plants: Sequence[Plant], trial: Trial, kit: TrialKit, out: tuple[Tier, Path]
) -> Shipped:
    """Write what was decided to be one tier into a folder, and let the exit scan look at it."""
    tier, folder = out
    placeholders = named_placeholders(kit.policy, tier)
    plan = plan_release(trial.inputs, tier, placeholders)
    spec = ReleaseSpec(tier=tier, created_at=_EPOCH, placeholders=placeholders)
    writer = ParquetShardWriter()
    found = [d for d in kit.detectors if d.family in FINDING_FAMILIES]
    inspector = Inspector(
        scanner=DetectorScanner(found, _sweeper(trial, kit)),
        refused=spec.refused_categories,
        redactor=kit.redactor,
        placeholders=spec.placeholders,
    )
    task = ShardTask(
        lineage=trace_lineage(plan, spec, writer.name),
        writer=writer,
        out_dir=folder,
        target_bytes=spec.target_bytes,
    )
    written = write_shards(
        plan, task, blobs=PlantedBlobs(plants), inspector=inspector, progress=_silent
    )
    leaks = find_leaks(folder, written.shards, inspector, progress=_silent)
    return Shipped(plan=plan, written=written, leaking=frozenset(leak.row_id for leak in leaks))


def _silent(done: int, total: int) -> None:
    del done, total


def _sweeper(trial: Trial, kit: TrialKit) -> Sweeper:
    rows = trial.inputs.facts[Family.SECRETS]["findings"].to_pylist()
    findings = (finding_of(row) for found in rows for row in found or [])
    return Sweeper(known=known_values(findings, kit.key), key=kit.key)


def _snapshot(plants: Sequence[Plant]) -> pa.Table:
    rows = []
    for plant in plants:
        encoding, reason = classify_content(plant.data)
        rows.append(
            {
                "repo_id": plant.repository,
                "commit_id": _COMMIT,
                "branch": "main",
                "committer_date": _EPOCH,
                "path": plant.path,
                "mode": 0o100644,
                "blob_id": blob_id_of(plant.data),
                "size": len(plant.data),
                "suffix": suffix_of(plant.path),
                "encoding": encoding,
                "skip_reason": reason.value if reason else None,
            }
        )
    return pa.Table.from_pylist(rows, schema=SNAPSHOT)


def _trees(
    snapshot: pa.Table, facts: Mapping[Family, pa.Table], kit: TrialKit
) -> Iterator[pa.Table]:
    sources = TreeSources(
        read_license=license_reader(license_algebra()), known_content=kit.known_content
    )
    detectors = [d for d in kit.detectors if d.family in FINDING_FAMILIES]
    for repository in (OWN, SILENT):
        trees = provenance_family.classify_tree(
            snapshot.filter(pc.equal(snapshot["repo_id"], repository)),
            facts[Family.CONTENT],
            facts[Family.LICENSING],
            company=kit.company,
            repository_license=_LICENSE,
            sources=sources,
        )
        yield with_path_findings(trees, detectors)


def _rights() -> pa.Table:
    rows = [
        {
            "repo_id": repository,
            "name": repository,
            "owner": "canary",
            "rights_basis": RightsBasis.OWNER_ATTESTED.value,
            "license": _LICENSE,
            "license_category": license_algebra().read(_LICENSE).category,
            "consent_valid": repository == OWN,
        }
        for repository in (OWN, SILENT)
    ]
    return pa.Table.from_pylist(rows, schema=RIGHTS)
