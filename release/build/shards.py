"""Write the planned rows as shards: fixed order, fixed boundaries, bounded memory."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from policies.decision import Tier
from release.build.measure import Measures, measure
from release.build.plan import ReleasePlan
from release.build.texts import Inspector, ShippedText, shipped_texts
from release.domain.manifest import Shard
from release.domain.rows import (
    EXCLUSIONS,
    NO_LANGUAGE,
    NO_LICENSE,
    ROW_SCHEMA_VERSION,
    Fate,
    rows_schema,
)
from release.files import sha256_of
from release.ports import BlobSource, OpenShard, Progress, ShardWriter

ROW_GROUP_BYTES: Final = 32 * 2**20
_ROW_OVERHEAD_BYTES: Final = 1024
"""Rough size of a row without its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What every row of a release says alike."""

    run_id: str
    """Digest of all inputs."""
    tier: Tier
    policy_id: str
    policy_digest: str
    scanner_versions: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Totals:
    """Sums over shipped rows."""

    languages: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    licenses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    snapshots: dict[str, str] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any], size: int, tier: Tier) -> None:
        """Add one shipped row of `size` bytes."""
        names = (
            (self.languages, row["language"] or NO_LANGUAGE),
            (self.licenses, row["license_expression"] or NO_LICENSE),
        )
        for totals, name in names:
            total = totals[name]
            total["rows"] += 1
            total["bytes"] += size
        # A commit id names history that only insiders hold.
        shown = "revision_id" if tier is Tier.INTERNAL_ONLY else "snapshot_id"
        self.snapshots[row["repo_id"]] = row[shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenShards:
    """What was written, and what was held back while writing."""

    shards: tuple[Shard, ...]
    held: pa.Table
    """`EXCLUSIONS`."""
    held_ids: frozenset[str]
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTask:
    """Where and how to write."""

    lineage: Lineage
    writer: ShardWriter
    out_dir: Path
    """Existing folder of the release; shards go into its ``data``."""
    target_bytes: int


def write_shards(
    plan: ReleasePlan,
    task: ShardTask,
    *,
    blobs: BlobSource,
    inspector: Inspector,
    progress: Progress,
) -> WrittenShards:
    """Write the rows of a plan in its order and return what became of each.

    A shard is closed when its content reaches the target, a row group before it would exceed
    `ROW_GROUP_BYTES`; a single larger row has a group of its own.

    Raises:
        MirrorCorrupt: a blob is missing or does not hash to its id.
    """
    (task.out_dir / "data").mkdir()
    sink = _ShardSink(plan, task)
    held: list[tuple[int, str]] = []
    total = plan.rows.num_rows
    for done, text in enumerate(shipped_texts(plan, blobs, inspector), start=1):
        if text.held_by:
            held.append((text.index, text.held_by))
        else:
            sink.add(text)
        progress(done, total)
    sink.close()
    return WrittenShards(
        shards=tuple(sink.shards),
        held=_held_table(plan, held),
        held_ids=frozenset(plan.rows["id"][index].as_py() for index, _ in held),
        totals=sink.totals,
    )


class _ShardSink:
    """Gathers texts into row groups, and row groups into shards."""

    def __init__(self, plan: ReleasePlan, task: ShardTask) -> None:
        self._rows = plan.rows
        self._task = task
        self._schema = shard_schema(task.lineage.tier)
        self._group: list[ShippedText] = []
        self._group_bytes = 0
        self._shard_bytes = 0
        self._open: OpenShard | None = None
        self._ids: list[str] = []
        self._repo_ids: list[str] = []
        self.shards: list[Shard] = []
        self.totals = Totals()

    def add(self, text: ShippedText) -> None:
        """Take one text; write what is full."""
        size = len(text.data) + _ROW_OVERHEAD_BYTES
        if self._group_bytes + size > ROW_GROUP_BYTES:
            self._write_group()
        self._group.append(text)
        self._group_bytes += size
        self._shard_bytes += len(text.data)
        if self._shard_bytes >= self._task.target_bytes:
            self.close()

    def close(self) -> None:
        """Finish the shard that is open, if any."""
        self._write_group()
        if self._open is None:
            return
        self._open.close()
        self.shards.append(
            describe_shard(
                self._task.out_dir,
                self._path,
                ids=self._ids,
                repo_ids=self._repo_ids,
                origin=(self._task.lineage.run_id, self._task.lineage.policy_digest),
            )
        )
        self._open, self._shard_bytes, self._ids, self._repo_ids = None, 0, [], []

    @property
    def _path(self) -> str:
        return f"data/shard-{len(self.shards):05d}.{self._task.writer.name}"

    def _write_group(self) -> None:
        if not self._group:
            return
        if self._open is None:
            self._open = self._task.writer.open(self._task.out_dir / self._path, self._schema)
        planned = self._rows.take([text.index for text in self._group])
        shard_id = f"shard_{self._task.lineage.run_id[:20]}_{len(self.shards):05d}"
        table = _shard_rows(planned, self._group, self._task.lineage, shard_id)
        self._open.write(table)
        self._count(planned)
        self._group, self._group_bytes = [], 0

    def _count(self, planned: pa.Table) -> None:
        shown = ["id", "repo_id", "language", "license_expression", "revision_id", "snapshot_id"]
        rows = planned.select(shown).to_pylist()
        for row, text in zip(rows, self._group, strict=True):
            self.totals.add(row, len(text.data), self._task.lineage.tier)
            self._ids.append(row["id"])
            self._repo_ids.append(row["repo_id"])


def shard_schema(tier: Tier) -> pa.Schema:
    """Return the row schema of a tier, with tier and schema version as metadata of the file."""
    return rows_schema(tier).with_metadata(
        {"shardgate.schema_version": ROW_SCHEMA_VERSION, "shardgate.tier": tier.value}
    )


def describe_shard(
    root: Path, path: str, *, ids: list[str], repo_ids: list[str], origin: tuple[str, str]
) -> Shard:
    """Return the manifest's entry for a finished file of a release.

    `origin` is the run id and the policy digest that every row of it names.
    """
    file = root / path
    return Shard(
        path=path,
        format=path.rpartition(".")[2],
        rows=len(ids),
        bytes=file.stat().st_size,
        sha256=sha256_of(file),
        min_id=min(ids),
        max_id=max(ids),
        min_repo_id=min(repo_ids),
        max_repo_id=max(repo_ids),
        run_id=origin[0],
        policy_digest=origin[1],
    )


def _shard_rows(
    planned: pa.Table, texts: list[ShippedText], lineage: Lineage, shard_id: str
) -> pa.Table:
    """Return the rows of one group in the schema of the tier."""
    schema = shard_schema(lineage.tier)
    values = _text_columns(texts, schema)
    constants = _constants(lineage, shard_id)
    columns = []
    for column in schema:
        if column.name in values:
            columns.append(values[column.name])
        elif column.name == "license_evidence":
            columns.append(_narrowed(planned[column.name].combine_chunks(), column.type))
        elif column.name in planned.column_names:
            columns.append(planned[column.name])
        else:
            constant = pa.array([constants.get(column.name, _neutral(column))], column.type)
            columns.append(constant.take(pa.array([0] * len(texts), pa.int32())))
    return pa.Table.from_arrays(columns, schema=schema).combine_chunks()


def _narrowed(lists: pa.ListArray, kind: pa.ListType) -> pa.ListArray:
    """Return lists of structs with those fields only that the tier shows."""
    items = lists.flatten()
    shown = [kind.value_type.field(i) for i in range(kind.value_type.num_fields)]
    narrow = pa.StructArray.from_arrays([items.field(f.name) for f in shown], fields=shown)
    lengths = pc.list_value_length(lists)
    offsets = pc.cumulative_sum(pa.concat_arrays([pa.array([0], pa.int32()), lengths]))
    return pa.ListArray.from_arrays(offsets, narrow, type=kind)


def _text_columns(texts: list[ShippedText], schema: pa.Schema) -> dict[str, pa.Array]:
    contents = [text.data for text in texts]
    measures = measure(contents)
    values: dict[str, list[Any]] = {
        "content_id": [hashlib.sha256(content).hexdigest() for content in contents],
        "redactions": [list(text.redactions) for text in texts],
        **{name: getattr(measures, name) for name in Measures.__slots__},
    }
    columns = {name: pa.array(column, schema.field(name).type) for name, column in values.items()}
    # The cast looks whether the bytes are UTF-8 and copies none.
    return columns | {"content": pa.array(contents, pa.binary()).cast(pa.string())}


def _constants(lineage: Lineage, shard_id: str) -> dict[str, object]:
    scanners = sorted(lineage.scanner_versions.items())
    return {
        "tier": lineage.tier.value,
        "policy_id": lineage.policy_id,
        "policy_digest": lineage.policy_digest,
        "scanner_versions": [{"tool": tool, "version": version} for tool, version in scanners],
        "run_id": lineage.run_id,
        "shard_id": shard_id,
        "source": "shardgate",
        "metadata": {"schema_version": ROW_SCHEMA_VERSION},
    }


def _neutral(column: pa.Field) -> list[object] | None:
    """Return the value of a column that no stage derives yet."""
    return [] if pa.types.is_list(column.type) else None


def _held_table(plan: ReleasePlan, held: list[tuple[int, str]]) -> pa.Table:
    rows = [
        {
            "repo_id": plan.rows["repo_id"][index].as_py(),
            "path": plan.rows["raw_path"][index].as_py(),
            "fate": Fate.HELD.value,
            "stage": "build",
            "rule": rule,
        }
        for index, rule in held
    ]
    return pa.Table.from_pylist(rows, schema=EXCLUSIONS)
