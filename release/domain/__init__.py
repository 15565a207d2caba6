"""The nouns of a release: rows, shards, counts, the manifest. Pure values, no I/O."""

from release.domain.manifest import Manifest, Release, Shard
from release.domain.rows import (
    EXCLUSIONS,
    INTERNAL_ROWS,
    RELEASABLE_ROWS,
    ROW_SCHEMA_VERSION,
    Counts,
    Fate,
    rows_schema,
    schema_digest,
)

__all__ = [
    "EXCLUSIONS",
    "INTERNAL_ROWS",
    "RELEASABLE_ROWS",
    "ROW_SCHEMA_VERSION",
    "Counts",
    "Fate",
    "Manifest",
    "Release",
    "Shard",
    "rows_schema",
    "schema_digest",
]
