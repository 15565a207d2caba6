"""Build: plan, write, look at it all again, sign, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from release.build.documents import add_documents
from release.build.exitscan import exit_scan
from release.build.gate import (
    Check,
    Draft,
    check_counts,
    check_exit_scan,
    check_lanes,
    in_order,
    refusal,
)
from release.build.inputs import REDACTING, ReleaseInputs, ReleaseSpec
from release.build.manifest import make_manifest, release_id_of, trace_lineage
from release.build.parquet import ParquetShardWriter
from release.build.plan import ReleasePlan, count_fates, plan_release, sort_exclusions
from release.build.publish import flush_tree, open_staging, publish
from release.build.redactor import RedactionMode, Redactor
from release.build.shards import Lineage, ShardTask, WrittenShards, write_shards
from release.build.surrogates import Surrogates, derive_key, key_name
from release.build.texts import Inspector
from release.domain import Counts, Fate, Manifest
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, GateCheck
from release.ports import BlobSource, ExitScanner, Progress, ShardWriter, Signer, ignore_progress

__all__ = [
    "FORMATS",
    "REDACTING",
    "BuiltRelease",
    "ReleaseInputs",
    "ReleaseSpec",
    "Tools",
    "build_release",
]

FORMATS: Final[Mapping[str, ShardWriter]] = {"parquet": ParquetShardWriter()}
"""The shard formats that exist, by name."""


def no_beginning(_release_id: str) -> None:
    """Tell nobody what is about to be put in its place."""


def no_check() -> None:
    """Let everything be published."""


def no_gate(draft: Draft) -> Sequence[GateCheck]:
    """Let every draft pass."""
    del draft
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a build works with."""

    blobs: BlobSource
    scanner: ExitScanner
    signer: Signer
    surrogate_material: bytes = field(default=b"", repr=False)
    """Key of the installation from which a release's surrogates are derived."""
    writer: ShardWriter = FORMATS["parquet"]
    progress: Progress = ignore_progress
    """Told of rows: each counts once when written and once when scanned."""
    gate: Callable[[Draft], Sequence[GateCheck]] = no_gate
    """Checks that need more of the world than a build; raises `ReleaseRefused`."""
    last_check: Callable[[], None] = no_check
    """Called just before publishing; what it raises leaves nothing published."""
    begin: Callable[[str], None] = no_beginning
    """Told of the release id after that: somebody knows of a folder before it appears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRelease:
    """A published release, and what stays inside: why everything else is not in it."""

    directory: Path
    manifest: Manifest
    exclusions: pa.Table
    """`release.domain.EXCLUSIONS`; its digest stands in the manifest."""


def build_release(
    inputs: ReleaseInputs, spec: ReleaseSpec, root: Path, tools: Tools
) -> BuiltRelease:
    """Build one tier's release and publish it as ``<root>/<release_id>``, whole or not at all.

    `root` belongs to the tier alone. The same inputs give the same id and the same bytes; building
    them again leaves the published release as it is.

    Raises:
        ArtefactCorrupt: the inputs do not fit together.
        MirrorCorrupt: a blob is missing or does not hash to its id.
        ValueError: surrogates are asked for without a key to derive them from.
        ReleaseRefused: a check of the gate objects, or another release stands under this id.
    """
    plan = plan_release(inputs, spec.tier, spec.placeholders)
    is_invented = spec.redaction is RedactionMode.SURROGATE
    surrogate_id = key_name(tools.surrogate_material) if is_invented else ""
    lineage = trace_lineage(plan, spec, tools.writer.name, surrogate_id=surrogate_id)
    key = derive_key(tools.surrogate_material, lineage.run_id)
    inspector = Inspector(
        redactor=Redactor(surrogates=Surrogates(key=key) if is_invented else None),
        scanner=tools.scanner,
        refused=spec.refused_categories,
        accepted=spec.accepted_identities,
        placeholders=spec.placeholders,
    )
    with open_staging(root) as staging:
        written = _write(plan, lineage, spec, staging, (tools, inspector))
        exit_scan(staging, written.shards, inspector, progress=_second_half(tools.progress))
        draft = _draft(inputs, plan, written, staging)
        counts, exclusions = draft.counts, draft.exclusions
        gate = in_order([*_own_checks(draft, spec), *tools.gate(draft)])
        manifest = make_manifest(spec, lineage, written, counts=counts, exclusions=exclusions)
        manifest = replace(manifest, gate=gate)
        manifest = add_documents(staging, manifest, exclusions, inspector, spec.rules)
        payload = manifest.to_json()
        (staging / MANIFEST_FILE).write_bytes(payload)
        (staging / ENVELOPE_FILE).write_bytes(tools.signer.sign(payload))
        # To wait for the disk takes a while: nothing of it lies between the last look and the end.
        flush_tree(staging)
        tools.last_check()
        tools.begin(release_id_of(lineage))
        directory = publish(staging, root, release_id_of(lineage))
    published = Manifest.from_json((directory / MANIFEST_FILE).read_bytes())
    return BuiltRelease(directory=directory, manifest=published, exclusions=exclusions)


def _write(
    plan: ReleasePlan,
    lineage: Lineage,
    spec: ReleaseSpec,
    staging: Path,
    work: tuple[Tools, Inspector],
) -> WrittenShards:
    tools, inspector = work
    task = ShardTask(
        lineage=lineage, writer=tools.writer, out_dir=staging, target_bytes=spec.target_bytes
    )
    return write_shards(
        plan,
        task,
        blobs=tools.blobs,
        inspector=inspector,
        progress=lambda done, total: tools.progress(done, 2 * total),
    )


def _draft(
    inputs: ReleaseInputs, plan: ReleasePlan, written: WrittenShards, staging: Path
) -> Draft:
    try:
        counts, exclusions = settle_counts(plan, written)
    except ValueError as error:
        raise refusal(
            Check.COUNTS, f"{error}.", "This is a defect of shardgate: report it."
        ) from None
    return Draft(
        folder=staging,
        inputs=inputs,
        plan=plan,
        written=written,
        counts=counts,
        exclusions=exclusions,
    )


def _own_checks(draft: Draft, spec: ReleaseSpec) -> Sequence[GateCheck]:
    return (
        check_exit_scan(draft.written.shards, spec.refused_categories),
        check_counts(draft),
        check_lanes(draft, spec.grants),
    )


def _second_half(progress: Progress) -> Progress:
    return lambda done, total: progress(total + done, 2 * total)


def settle_counts(plan: ReleasePlan, written: WrittenShards) -> tuple[Counts, pa.Table]:
    """Return counts and exclusions after writing: what writing held back is no longer emitted.

    Copies that were folded into a row that is now held are held with it.

    Raises:
        ValueError: the parts do not add up to what was seen.
    """
    planned = plan.exclusions
    if written.held_ids:
        is_orphan = pc.and_(
            pc.equal(planned["fate"], Fate.FOLDED.value),
            pc.is_in(planned["counterpart"], pa.array(sorted(written.held_ids), pa.string())),
        )
        position = planned.schema.get_field_index("fate")
        fates = pc.if_else(is_orphan, Fate.HELD.value, planned["fate"])
        planned = planned.set_column(position, planned.schema.field("fate"), fates)
    exclusions = sort_exclusions([planned, written.held])
    emitted = sum(shard.rows for shard in written.shards)
    return count_fates(exclusions, emitted=emitted, seen=plan.counts.seen), exclusions
