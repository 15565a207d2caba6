"""Facts of blobs as the tree needs them, looked up by blob and name hint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import pyarrow as pa

from ingest.domain.finding import ScanStatus

UNKNOWN_LICENSE: Final = "LicenseRef-shardgate-unknown"
_LICENSING: Final = (
    "license_expression",
    "license_category",
    "is_manifest",
    "training_restricted",
    "has_foreign_holder",
    "has_company_holder",
)
_CONTENT: Final = ("language", "language_source", "is_generated", "is_minified")

UnitKey = tuple[str, str]
"""(blob id, name hint)"""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseFacts:
    """Completed licensing facts of one unit."""

    expression: str | None
    category: str
    is_manifest: bool
    training_restricted: bool
    has_foreign_holder: bool
    has_company_holder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFacts:
    """Completed content facts of one unit."""

    language: str | None
    language_source: str | None
    is_generated: bool


def read_licensing(table: pa.Table) -> dict[UnitKey, LicenseFacts]:
    """Return facts of units whose every scan completed and whose scans agree.

    A unit that is absent here has no facts, and is treated as such.
    """
    rows = [
        LicenseFacts(
            expression=expression,
            category=category or "unknown",
            is_manifest=bool(is_manifest),
            training_restricted=bool(training),
            # Not known to be free of foreign holders is not free of them.
            has_foreign_holder=foreign is not False,
            has_company_holder=bool(company),
        )
        for expression, category, is_manifest, training, foreign, company in _values(
            table, _LICENSING
        )
    ]
    return _agreed(table, rows)


def read_content(table: pa.Table) -> dict[UnitKey, ContentFacts]:
    """Return content facts of units whose every scan completed and whose scans agree."""
    rows = [
        ContentFacts(
            language=language,
            language_source=source,
            is_generated=bool(generated) or bool(minified),
        )
        for language, source, generated, minified in _values(table, _CONTENT)
    ]
    return _agreed(table, rows)


def _values(table: pa.Table, names: tuple[str, ...]) -> zip[tuple[object, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _agreed(table: pa.Table, rows: list[Row]) -> dict[UnitKey, Row]:
    keys = zip(table["blob_id"].to_pylist(), table["suffix"].to_pylist(), strict=True)
    found: dict[UnitKey, Row] = {}
    refused: set[UnitKey] = set()
    for key, status, row in zip(keys, table["status"].to_pylist(), rows, strict=True):
        if status != ScanStatus.COMPLETED or found.setdefault(key, row) != row:
            refused.add(key)
    return {key: row for key, row in found.items() if key not in refused}
