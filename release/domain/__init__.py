"""The nouns of a release: rows, shards, counts, the manifest. Pure values, no I/O."""

from release.domain.grant import Grant, PullRefused, Purpose, Refusal, Wish, may_pull
from release.domain.manifest import Manifest, Release, Shard
from release.domain.receipt import Receipt
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
    "Grant",
    "Manifest",
    "PullRefused",
    "Purpose",
    "Receipt",
    "Refusal",
    "Release",
    "Shard",
    "Wish",
    "may_pull",
    "rows_schema",
    "schema_digest",
]
