"""Explicit Arrow schemas of what ingest writes to the lake. Nothing is inferred from a row.

Artefacts are content-addressed and immutable; a change of a schema is a change of
`SCHEMA_VERSION`, which is part of every key.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from ingest.domain.finding import Family

SCHEMA_VERSION: Final = "3"

UTC_MICROSECONDS: Final = pa.timestamp("us", tz="UTC")


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


SNAPSHOT: Final = pa.schema(
    [
        _required("repo_id", pa.string()),
        _required("commit_id", pa.string()),
        _required("branch", pa.string()),
        _required("committer_date", UTC_MICROSECONDS),
        _required("path", pa.binary()),
        _required("mode", pa.int32()),
        _required("blob_id", pa.string()),
        _required("size", pa.int64()),
        _required("suffix", pa.string()),
        _required("encoding", pa.string()),
        pa.field("skip_reason", pa.string()),
    ]
)
"""One row per entry of the HEAD tree, sorted by path. `skip_reason` is null for text."""

HISTORY: Final = pa.schema(
    [
        _required("repo_id", pa.string()),
        _required("blob_id", pa.string()),
        _required("size", pa.int64()),
        _required("path", pa.binary()),
        _required("suffix", pa.string()),
        pa.field("skip_reason", pa.string()),
    ]
)
"""One row per blob reachable from any ref (`path`: the first that git names), sorted by id."""

FINDING: Final = pa.struct(
    [
        _required("fingerprint", pa.string()),
        _required("detector_id", pa.string()),
        _required("rule_id", pa.string()),
        _required("category", pa.string()),
        _required("start", pa.int64()),
        _required("end", pa.int64()),
        _required("line", pa.int32()),
        _required("confidence", pa.string()),
        _required("hmac", pa.string()),
        _required("preview", pa.string()),
        _required("evidence", pa.string()),
        _required("views", pa.list_(pa.field("element", pa.string(), nullable=False))),
    ]
)
FINDINGS: Final = pa.list_(pa.field("element", FINDING, nullable=False))

LICENSE_EVIDENCE: Final = pa.struct(
    [
        _required("kind", pa.string()),
        _required("spdx", pa.string()),
        _required("line", pa.int32()),
        _required("start", pa.int64()),
        _required("end", pa.int64()),
        _required("score", pa.float32()),
    ]
)
"""`kind`: tag | text | manifest | notice | restriction. `spdx`: SPDX expression or LicenseRef."""

SPAN: Final = pa.struct([_required("start", pa.int64()), _required("end", pa.int64())])

_SCAN = [
    _required("blob_id", pa.string()),
    _required("suffix", pa.string()),
    _required("status", pa.string()),
    _required("reason", pa.string()),
]
"""First columns of every facts table: the scan. `reason` says why it did not complete."""

_FAMILY_COLUMNS: Final[dict[Family, list[pa.Field]]] = {
    Family.CONTENT: [
        pa.field("language", pa.string()),
        pa.field("language_source", pa.string()),
        pa.field("is_generated", pa.bool_()),
        pa.field("is_minified", pa.bool_()),
        pa.field("length_bytes", pa.int64()),
        pa.field("num_lines", pa.int32()),
        pa.field("avg_line_length", pa.float32()),
        pa.field("max_line_length", pa.int32()),
        pa.field("alphanum_fraction", pa.float32()),
        pa.field("alpha_fraction", pa.float32()),
        pa.field("num_shingles", pa.int32()),
        pa.field("minhash", pa.binary()),
        pa.field("bands", pa.list_(pa.int64())),
    ],
    Family.SECRETS: [
        pa.field("findings", FINDINGS),
        pa.field("allow_markers", pa.int32()),
        pa.field("undecoded", pa.int32()),
    ],
    Family.PII: [pa.field("findings", FINDINGS)],
    Family.CONFIDENTIAL: [pa.field("findings", FINDINGS)],
    Family.LICENSING: [
        pa.field("license_expression", pa.string()),
        pa.field("license_category", pa.string()),
        pa.field("is_license_text", pa.bool_()),
        pa.field("is_manifest", pa.bool_()),
        pa.field("has_restriction", pa.bool_()),
        pa.field("training_restricted", pa.bool_()),
        pa.field("holders", pa.list_(pa.string())),
        pa.field("has_foreign_holder", pa.bool_()),
        pa.field("has_company_holder", pa.bool_()),
        pa.field("evidence", pa.list_(LICENSE_EVIDENCE)),
        pa.field("notice_spans", pa.list_(SPAN)),
    ],
}
"""Family columns are null in a row whose scan did not complete."""


def facts_schema(family: Family) -> pa.Schema:
    """Return the schema of a blob family's facts table: one row per `ScanUnit`."""
    return pa.schema([*_SCAN, *_FAMILY_COLUMNS[family]])


TREE_FACTS: Final = pa.schema(
    [
        _required("repo_id", pa.string()),
        _required("path", pa.binary()),
        _required("status", pa.string()),
        _required("reason", pa.string()),
        pa.field("language", pa.string()),
        pa.field("language_source", pa.string()),
        pa.field("is_vendor", pa.bool_()),
        pa.field("is_generated", pa.bool_()),
        pa.field("is_test", pa.bool_()),
        pa.field("scope_license_expression", pa.string()),
        pa.field("scope_license_category", pa.string()),
        pa.field("scope_evidence", pa.binary()),
        pa.field("scope_training_restricted", pa.bool_()),
        pa.field("annotation_license_expression", pa.string()),
        pa.field("annotation_license_category", pa.string()),
        pa.field("annotation_evidence", pa.binary()),
        pa.field("is_build_boilerplate", pa.bool_()),
        pa.field("provenance", pa.string()),
        pa.field("provenance_evidence", pa.list_(pa.string())),
        pa.field("path_findings", FINDINGS),
    ]
)
"""Facts of the provenance family: one row per occurrence of a snapshot, sorted by path.

`scope_*`: the nearest license file or manifest above the file, `scope_evidence` its path;
null where there is none. `annotation_*`: what a side file, REUSE.toml or a Debian copyright file
states of this very path, where it counts beside the file's own notice; `annotation_evidence` the
stating file. `is_build_boilerplate`: the own notice is that of the build tool.
`provenance`: first_party | third_party | mixed | unknown.
`path_findings`: secrets, personal data and confidential terms in the path itself (spans in it).
"""
