"""Explicit Arrow schemas of what a release ships, and the law of its counts.

Column names follow The Stack v2 first, Stack v3 second. A list column is never null: nothing to
list is an empty list. Columns that no stage derives yet are present with a neutral value, so that
a reader's schema does not change on the day they are filled:

- null: ``visit_date``, ``added`` (a row is a pure function of its inputs and knows no clock),
  ``revision_date`` (a snapshot keeps the committer date only), ``near_dup_cluster``,
  ``near_dup_of``, ``quality_score``, ``token_count``, ``tokenizer``, ``repo_order``,
  ``pack_group``;
- empty list: ``decontam``, ``eval_sets``, ``quality_hits``.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

import pyarrow as pa

from policies.decision import Tier

ROW_SCHEMA_VERSION: Final = "1"
NO_LICENSE: Final = "NOASSERTION"
NO_LANGUAGE: Final = "unknown"
"""What totals call a row that names none."""

_UTC = pa.timestamp("us", tz="UTC")


def _list_of(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind))


def _must(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


_STRINGS = _list_of(pa.string())
REDACTION: Final = pa.struct(
    [
        pa.field("kind", pa.string()),
        pa.field("placeholder", pa.string()),
        pa.field("start", pa.int64()),
        pa.field("end", pa.int64()),
    ]
)
"""`start`, `end`: bytes of the UTF-8 of the shipped `content`; never the value."""
_DECONTAM = pa.struct(
    [
        pa.field("benchmark", pa.string()),
        pa.field("method", pa.string()),
        pa.field("score", pa.float32()),
        pa.field("action", pa.string()),
    ]
)
_SCANNER = pa.struct([pa.field("tool", pa.string()), pa.field("version", pa.string())])
"""A list of pairs and not a map: Hugging Face `datasets` has no map type."""
_EVIDENCE = (
    pa.field("kind", pa.string()),
    pa.field("path", pa.string()),
    pa.field("line", pa.int32()),
    pa.field("spdx", pa.string()),
    pa.field("score", pa.float32()),
)
_METADATA = pa.struct([pa.field("schema_version", pa.string())])

_INTERNAL_COLUMNS: Final = frozenset({"blob_id", "revision_id", "branch_name", "waiver_ids"})
"""Columns that the releasable projection omits: an id of the original tells who holds it."""


def _columns(tier: Tier) -> list[pa.Field]:
    return [*_IDENTITY, *_description(tier)]


_IDENTITY: Final = [
    _must("id", pa.string()),
    _must("content", pa.string()),
    _must("blob_id", pa.string()),
    _must("content_id", pa.string()),
    _must("repo_name", pa.string()),
    _must("repo_id", pa.string()),
    _must("path", pa.string()),
    _must("extension", pa.string()),
    _must("revision_id", pa.string()),
    _must("branch_name", pa.string()),
    pa.field("revision_date", _UTC),
    pa.field("committer_date", _UTC),
    pa.field("visit_date", _UTC),
    _must("snapshot_id", pa.string()),
    _must("src_encoding", pa.string()),
]


def _description(tier: Tier) -> list[pa.Field]:
    evidence = [f for f in _EVIDENCE if tier is Tier.INTERNAL_ONLY or f.name != "path"]
    return [
        pa.field("language", pa.string()),
        pa.field("language_source", pa.string()),
        pa.field("is_vendor", pa.bool_()),
        pa.field("is_generated", pa.bool_()),
        pa.field("is_minified", pa.bool_()),
        pa.field("is_test", pa.bool_()),
        _must("length_bytes", pa.int64()),
        _must("num_lines", pa.int32()),
        _must("avg_line_length", pa.float32()),
        _must("max_line_length", pa.int32()),
        _must("alphanum_fraction", pa.float32()),
        _must("alpha_fraction", pa.float32()),
        _must("detected_licenses", _STRINGS),
        pa.field("license_expression", pa.string()),
        _must("license_type", pa.string()),
        _must("license_evidence", _list_of(pa.struct(evidence))),
        _must("copyright_holders", _STRINGS),
        _must("ownership", pa.string()),
        _must("tier", pa.string()),
        _must("eligibility_reasons", _STRINGS),
        _must("waiver_ids", _STRINGS),
        _must("policy_id", pa.string()),
        _must("policy_digest", pa.string()),
        _must("scanner_versions", _list_of(_SCANNER)),
        _must("redactions", _list_of(REDACTION)),
        _must("secret_count", pa.int32()),
        _must("pii_count", pa.int32()),
        pa.field("near_dup_cluster", pa.string()),
        pa.field("near_dup_of", pa.string()),
        _must("exact_dup_count", pa.int32()),
        _must("decontam", _list_of(_DECONTAM)),
        _must("eval_sets", _STRINGS),
        pa.field("quality_score", pa.float32()),
        _must("quality_hits", _STRINGS),
        pa.field("token_count", pa.int32()),
        pa.field("tokenizer", pa.string()),
        pa.field("repo_order", pa.int32()),
        pa.field("pack_group", pa.string()),
        _must("run_id", pa.string()),
        _must("shard_id", pa.string()),
        pa.field("added", _UTC),
        _must("source", pa.string()),
        _must("metadata", _METADATA),
    ]


INTERNAL_ROWS: Final = pa.schema(_columns(Tier.INTERNAL_ONLY))
"""One row per kept file of the internal-only tier: every column."""

RELEASABLE_ROWS: Final = pa.schema(
    [f for f in _columns(Tier.RELEASABLE) if f.name not in _INTERNAL_COLUMNS]
)
"""One row per kept file of the releasable tier: no original hash, commit, branch or waiver."""


def rows_schema(tier: Tier) -> pa.Schema:
    """Return the schema of a tier's shards."""
    return INTERNAL_ROWS if tier is Tier.INTERNAL_ONLY else RELEASABLE_ROWS


def schema_digest(schema: pa.Schema) -> str:
    """Return SHA-256 hex over names, types and nullability, in order."""
    lines = "".join(f"{f.name}\0{f.type}\0{f.nullable}\n" for f in schema)
    return hashlib.sha256(lines.encode()).hexdigest()


EXCLUSIONS: Final = pa.schema(
    [
        _must("repo_id", pa.string()),
        _must("path", pa.binary()),
        _must("fate", pa.string()),
        _must("stage", pa.string()),
        _must("rule", pa.string()),
        pa.field("counterpart", pa.string()),
        pa.field("score", pa.float32()),
    ]
)
"""One row per occurrence that is not emitted, sorted by (repo_id, path); stays internal.

- `fate`: a `Fate` other than emitted.
- `stage`: snapshot | decide | tier | dedup | build | withdraw.
- `rule`: reason codes, comma-joined; never text of a blob.
- `counterpart`: row id of the kept copy (folded), or ``repo_id:path`` of the file that restricts
  this one; null where there is none.
"""


class Fate(StrEnum):
    """What became of an occurrence in one release."""

    EMITTED = "emitted"
    FOLDED = "folded"
    OTHER_TIER = "other_tier"
    HELD = "held"
    EXCLUDED = "excluded"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Occurrences by fate. Nothing vanishes: the parts add up to what was seen.

    Raises:
        ValueError: a count is negative, or the sum differs.
    """

    seen: int
    emitted: int
    folded: int
    other_tier: int
    held: int
    excluded: int
    skipped: int
    withdrawn: int = 0
    """Taken out of a release that was published, by one that replaces it."""

    def __post_init__(self) -> None:
        """Check the law."""
        parts = asdict(self)
        seen = parts.pop("seen")
        if min(parts.values()) < 0 or seen != sum(parts.values()):
            msg = f"seen = {' + '.join(parts)} does not hold"
            raise ValueError(msg)
