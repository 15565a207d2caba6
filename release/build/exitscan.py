"""The exit scan: open every finished shard again and look at every text that left.

It reads files, not the memory they were written from, so a fault anywhere before it is seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.domain.tree import suffix_of
from ingest.errors import ReleaseRefused
from release.build.texts import Inspector
from release.domain.manifest import Shard
from release.ports import Progress

_BATCH_ROWS: Final = 512
_SHOWN_LEAKS: Final = 20
_MAX_LEAKS: Final = 1_000
_IDENTIFIER = re.compile(r"(?:repo_|snap_|shard_)?[0-9a-f]{20,64}(?:_[0-9]{5})?")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9a-z]{1,8}){0,4}\+[0-9a-f]{8,64}")
_CHECKED_FORMS: Final = {
    "id": _IDENTIFIER,
    "blob_id": _IDENTIFIER,
    "content_id": _IDENTIFIER,
    "repo_id": _IDENTIFIER,
    "revision_id": _IDENTIFIER,
    "snapshot_id": _IDENTIFIER,
    "policy_digest": _IDENTIFIER,
    "run_id": _IDENTIFIER,
    "shard_id": _IDENTIFIER,
    "scanner_versions": _VERSION,
}
"""Columns of machine-made values: one that has its column's form is a digest, which looks like a
key to any entropy test, and is not scanned. One that has another form is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Where a shard shows what it must not; never the value."""

    shard: str
    row_id: str
    column: str
    rule: str


def exit_scan(
    root: Path, shards: Sequence[Shard], inspector: Inspector, *, progress: Progress
) -> None:
    """Scan every text column of every Parquet shard.

    Raises:
        ReleaseRefused: a shard shows a finding of a refused category; names rules, shards and row
            ids, never a value.
    """
    total, done = sum(shard.rows for shard in shards), 0
    leaks: list[Leak] = []
    for shard in shards:
        file = pq.ParquetFile(root / shard.path)
        seen: set[tuple[str, str]] = set()
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            leaks += _batch_leaks(batch, shard.path, inspector, seen)
            done += batch.num_rows
            progress(done, total)
            if len(leaks) > _MAX_LEAKS:
                break
        file.close()
    if leaks:
        raise _refusal(leaks)


def _batch_leaks(
    batch: pa.RecordBatch, shard: str, inspector: Inspector, seen: set[tuple[str, str]]
) -> Iterator[Leak]:
    ids = batch.column("id").to_pylist()
    paths = batch.column("path").to_pylist()
    for column in batch.schema.names:
        for index, text in _texts(batch.column(column)):
            if column == "content":
                suffix = suffix_of(paths[index].encode())
            elif (column, text) in seen or _has_checked_form(column, text):
                continue
            else:
                seen.add((column, text))
                suffix = ""
            for finding in inspector.leaks(text.encode(), suffix):
                yield Leak(shard=shard, row_id=ids[index], column=column, rule=finding.rule_id)


def _has_checked_form(column: str, text: str) -> bool:
    form = _CHECKED_FORMS.get(column)
    return not text or (form is not None and form.fullmatch(text) is not None)


def _texts(column: pa.Array) -> Iterator[tuple[int, str]]:
    """Yield (row, text) for every string in a column, however deep it is nested."""
    if not _holds_text(column.type):
        return
    for index, value in enumerate(column.to_pylist()):
        for text in _leaves(value):
            yield index, text


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_nested(kind):
        return any(_holds_text(kind.field(i).type) for i in range(kind.num_fields))
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)


def _refusal(leaks: Sequence[Leak]) -> ReleaseRefused:
    shown = sorted({f"{k.rule} in {k.shard} row {k.row_id} ({k.column})" for k in leaks})
    more = f" and {len(shown) - _SHOWN_LEAKS} more" if len(shown) > _SHOWN_LEAKS else ""
    return ReleaseRefused(
        f"The exit scan found what must not leave: {'; '.join(shown[:_SHOWN_LEAKS])}{more}.",
        hint="Look the rows up by id; redact, exclude or review them, and build again.",
        code="EXIT_SCAN",
    )
