"""Facts of blobs as the tree needs them, looked up by blob and name hint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

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
_CONTENT: Final = ("language", "language_source", "is_generated")

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
    return _agreed(table, [_license_facts(*values) for values in _values(table, _LICENSING)])


# Few distinct rows repeat over thousands of files: making each once is most of the speed.
@lru_cache(maxsize=4096)
def _license_facts(  # noqa: PLR0913, PLR0917 - one argument per column
    expression: str | None,
    category: str | None,
    is_manifest: object,
    training_restricted: object,
    has_foreign_holder: object,
    has_company_holder: object,
) -> LicenseFacts:
    return LicenseFacts(
        expression=expression,
        category=category or "unknown",
        is_manifest=bool(is_manifest),
        # Not known to be free of restrictions or foreign holders is not free of them.
        training_restricted=training_restricted is not False,
        has_foreign_holder=has_foreign_holder is not False,
        has_company_holder=bool(has_company_holder),
    )


def read_content(table: pa.Table) -> dict[UnitKey, ContentFacts]:
    """Return content facts of units whose every scan completed and whose scans agree."""
    return _agreed(table, [_content_facts(*values) for values in _values(table, _CONTENT)])


@lru_cache(maxsize=4096)
def _content_facts(
    language: str | None, language_source: str | None, is_generated: object
) -> ContentFacts:
    return ContentFacts(
        language=language, language_source=language_source, is_generated=bool(is_generated)
    )


def _values(table: pa.Table, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    yield from zip(*(table[name].to_pylist() for name in names), strict=True)


def _agreed(table: pa.Table, rows: list[Row]) -> dict[UnitKey, Row]:
    keys = zip(table["blob_id"].to_pylist(), table["suffix"].to_pylist(), strict=True)
    found: dict[UnitKey, Row] = {}
    refused: set[UnitKey] = set()
    for key, status, row in zip(keys, table["status"].to_pylist(), rows, strict=True):
        if status != ScanStatus.COMPLETED or found.setdefault(key, row) != row:
            refused.add(key)
    return {key: row for key, row in found.items() if key not in refused}
