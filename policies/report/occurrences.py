"""Every file of some repositories with its verdict: what a report lists beside its groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from policies.report.places import show_paths

_CHUNK: Final = 64 * 1024
"""Rows that are held as Python values at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One file and what was decided of it."""

    repo_id: str
    path: bytes
    """As it may be shown."""
    blob_id: str
    size: int
    outcome: str
    reasons: tuple[str, ...]
    pending_lanes: tuple[str, ...]
    redact_categories: tuple[str, ...]
    license_expression: str
    license_type: str
    license_source: str
    ownership: str
    waived_reasons: tuple[str, ...]
    waiver_ids: tuple[str, ...]
    copy_of: bytes
    """``repo_id:path`` of the copy that restricts it, the path as it may be shown."""


def list_occurrences(decisions: pa.Table, trees: pa.Table) -> Iterator[Occurrence]:
    """Yield the rows of `DECISIONS` in their order; `trees` as `show_paths` takes them."""
    for start in range(0, decisions.num_rows, _CHUNK):
        rows = decisions.slice(start, _CHUNK).to_pylist()
        places = [(row["repo_id"], row["path"]) for row in rows]
        others = [
            (row["counterpart_repo_id"], row["counterpart_path"])
            for row in rows
            if row["counterpart_repo_id"] and row["counterpart_path"]
        ]
        shown = dict(zip(others, show_paths(others, trees), strict=True))
        for row, path in zip(rows, show_paths(places, trees), strict=True):
            yield _occurrence(row, path, shown)


def _occurrence(
    row: dict[str, Any], path: bytes, shown: dict[tuple[str, bytes], bytes]
) -> Occurrence:
    other = (row["counterpart_repo_id"], row["counterpart_path"])
    copy_of = other[0].encode() + b":" + shown[other] if other in shown else b""
    return Occurrence(
        repo_id=row["repo_id"],
        path=path,
        blob_id=row["blob_id"],
        size=row["size"],
        outcome=row["outcome"],
        reasons=tuple(row["reasons"]),
        pending_lanes=tuple(row["pending_lanes"]),
        redact_categories=tuple(row["redact_categories"]),
        license_expression=row["license_expression"] or "",
        license_type=row["license_type"],
        license_source=row["license_source"],
        ownership=row["ownership"],
        waived_reasons=tuple(row["waived_reasons"]),
        waiver_ids=tuple(row["waiver_ids"]),
        copy_of=copy_of,
    )
