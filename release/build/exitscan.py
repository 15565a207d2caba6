"""The exit scan: open every finished shard again and look at every text that left.

It reads files, not the memory they were written from, so a fault anywhere before it is seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.domain.tree import suffix_of
from ingest.errors import ReleaseRefused
from release.build.texts import Inspector
from release.domain.manifest import Shard
from release.ports import Progress

_BATCH_ROWS: Final = 512
_SHOWN_LEAKS: Final = 20
_MAX_LEAKS: Final = 1_000
_CHUNK_CHARS: Final = 64 * 1024
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


@dataclass(slots=True)
class _Seen:
    """Short texts of a shard that were scanned, by column."""

    texts: dict[str, set[str]] = field(default_factory=dict)
    leaking: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """Those in which rules found something, with the rules."""


def exit_scan(
    root: Path, shards: Sequence[Shard], inspector: Inspector, *, progress: Progress
) -> None:
    """Scan every text column of every Parquet shard.

    Raises:
        ReleaseRefused: a shard shows a finding of a refused category; names rules, shards and row
            ids, never a value.
    """
    leaks = find_leaks(root, shards, inspector, progress=progress)
    if leaks:
        raise _refusal(leaks)


def find_leaks(
    root: Path, shards: Sequence[Shard], inspector: Inspector, *, progress: Progress
) -> list[Leak]:
    """Return what the shards show and must not; a file is left when there is more than enough."""
    leaks: list[Leak] = []
    for found in leaks_by_batch(root, shards, inspector, progress=progress):
        leaks += found
        if len(leaks) > _MAX_LEAKS:
            break
    return leaks


def leaks_by_batch(
    root: Path, shards: Sequence[Shard], inspector: Inspector, *, progress: Progress
) -> Iterator[list[Leak]]:
    """Yield what every text column of every Parquet shard shows, batch by batch, to the end."""
    total, done = sum(shard.rows for shard in shards), 0
    for shard in shards:
        seen = _Seen()
        with pq.ParquetFile(root / shard.path) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                yield list(_batch_leaks(batch, shard.path, inspector, seen))
                done += batch.num_rows
                progress(done, total)


def _batch_leaks(
    batch: pa.RecordBatch, shard: str, inspector: Inspector, seen: _Seen
) -> Iterator[Leak]:
    batch.validate(full=True)
    ids = batch.column("id").to_pylist()
    # The bytes as they stand in the file: nothing is gained by decoding them first.
    contents = batch.column("content").cast(pa.binary()).to_pylist()
    suffixes = [suffix_of(path.encode()) for path in batch.column("path").to_pylist()]
    found = inspector.leaks_of_all(list(zip(contents, suffixes, strict=True)))
    for row_id, findings in zip(ids, found, strict=True):
        for finding in findings:
            yield Leak(shard=shard, row_id=row_id, column="content", rule=finding.rule_id)
    for name in batch.schema.names:
        column = batch.column(name)
        if name == "content" or not _holds_text(column.type):
            continue
        _look_at_labels(name, _unseen(name, column, seen), inspector, seen)
        for text, rules in _leaking(name, column, seen):
            rows = (n for n, value in enumerate(column.to_pylist()) if text in _leaves(value))
            for row, rule in product(rows, rules):
                yield Leak(shard=shard, row_id=ids[row], column=name, rule=rule)


def _unseen(name: str, column: pa.Array, seen: _Seen) -> list[str]:
    """Return the different texts of a column that are to be scanned and were not yet."""
    known = seen.texts.get(name, set())
    fresh = [t for t in _texts(column) if t and t not in known]
    return [text for text in fresh if not _has_checked_form(name, text)]


def _leaking(name: str, column: pa.Array, seen: _Seen) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the texts of a column that leak, with the rules."""
    if leaking := seen.leaking.get(name):
        for text in _texts(column):
            if rules := leaking.get(text):
                yield text, rules


def _texts(column: pa.Array) -> dict[str, None]:
    leaves = _text_leaves(column)
    return dict.fromkeys(text for leaf in leaves for text in pc.unique(leaf).to_pylist())


def _look_at_labels(name: str, texts: Sequence[str], inspector: Inspector, seen: _Seen) -> None:
    """Scan short texts, and note of each what was found.

    They are scanned as the lines of one text, as paths are when they are detected, and one by one
    where that shows anything at all.
    """
    for chunk in _chunks(texts):
        seen.texts.setdefault(name, set()).update(chunk)
        if not inspector.leaks("\n".join(chunk).encode(), ""):
            continue
        for text in chunk:
            if found := inspector.leaks(text.encode(), ""):
                rules = tuple(finding.rule_id for finding in found)
                seen.leaking.setdefault(name, {})[text] = rules


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size >= _CHUNK_CHARS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _has_checked_form(column: str, text: str) -> bool:
    form = _CHECKED_FORMS.get(column)
    return form is not None and form.fullmatch(text) is not None


def _text_leaves(column: pa.Array) -> Iterator[pa.Array]:
    """Yield the arrays of strings in a column, however deep they are nested."""
    kind = column.type
    if pa.types.is_struct(kind):
        for field in column.flatten():
            yield from _text_leaves(field)
    elif pa.types.is_nested(kind):
        yield from _text_leaves(column.flatten())
    elif _holds_text(kind):
        yield column


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
