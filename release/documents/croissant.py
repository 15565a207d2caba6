"""Croissant 1.1: the release for dataset catalogues and loaders, as JSON-LD.

Format: the Croissant specification 1.1 of MLCommons (docs.mlcommons.org/croissant), its RAI
extension 1.0, W3C ODRL for conditions of use and PROV-O for provenance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from policies.decision import Tier
from release.documents.notice import NOTICE_FILE, license_ids
from release.documents.totals import Totals
from release.documents.uses import TIER_WORDS, USES
from release.documents.words import human_bytes, plural
from release.domain.manifest import Document, Manifest
from release.domain.rows import rows_schema

CROISSANT_FILE: Final = "croissant.json"
_ROWS, _SHARDS = "rows", "shards"
_SPDX: Final = "https://spdx.org/licenses/"
_MEDIA: Final = {"parquet": "application/x-parquet"}
"""What loaders know Parquet by, and not ``application/vnd.apache.parquet``, its registered name."""
_TERMS: Final = (
    "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field"
    " fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5"
    " parentField path readLines recordSet references regex repeated replace samplingRate"
    " sdVersion separator source subField transform unArchive value"
)
_CONTEXT: Final[Mapping[str, object]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "prov": "http://www.w3.org/ns/prov#",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "conformsTo": "dct:conformsTo",
    **{name: f"cr:{name}" for name in _TERMS.split()},
}
"""Appendix 1 of the specification."""
_PROTOCOL: Final = (
    "Files of registered git repositories, as of one commit each. Detectors report secrets,"
    " personal data, confidential identifiers, licenses and provenance; a policy and reviewers"
    " decide on every file; what is not cleared, or was not looked at, is left out. Values found"
    " are replaced by placeholders or invented values, and every finished file is scanned again."
)
_PERSONAL: Final = (
    "Personal data that detectors find is replaced before a file is shipped. Names and addresses"
    " in copyright notices of third parties stay, because their license wants the notice kept."
    " Detectors miss some: see the measured recall in README.md."
)
_LIMITS: Final = (
    "Detection is measured, not perfect; README.md prints the figures. Rows are files of one"
    " commit without history. Languages are told by name and content and can be wrong."
)
_MAINTENANCE: Final = (
    "A release never changes. Rows that must go are recalled by a signed list of row ids and left"
    " out of the release that replaces this one."
)
_COLUMNS: Final[Mapping[str, str]] = {
    "id": "Stable id of the row.",
    "content": "Text of the file, after redaction.",
    "content_id": "SHA-256 of the content.",
    "repo_name": "Repository, as it may be shown in this tier.",
    "path": "Path in the repository, after redaction.",
    "license_expression": "SPDX expression that the file is under.",
    "eligibility_reasons": "Codes of the rules that let the row in.",
    "redactions": "What was replaced: kind, placeholder, and its place in bytes of the content.",
}


def describe_croissant(
    manifest: Manifest, totals: Totals, documents: Sequence[Document]
) -> dict[str, object]:
    """Return the description of a release with the documents that are written already."""
    rows = plural(manifest.counts.emitted, "file")
    size = human_bytes(sum(total.bytes for total in totals.languages))
    tier = TIER_WORDS[manifest.tier]
    has_rows = bool(manifest.shards)
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": manifest.release_id,
        "description": f"{rows} of source code, {size}. {tier}",
        "url": f"urn:shardgate:{manifest.release_id}",
        "creator": {"@type": "sc:Organization", "name": "The owner of the repositories"},
        "datePublished": manifest.created_at,
        "citeAs": f"{manifest.release_id}, manifest digest in manifest.dsse.json",
        "version": "1.0.0",
        "inLanguage": ["en"],
        "keywords": ["source code", manifest.tier.value, "shardgate"],
        "license": _licenses([total.name for total in totals.licenses]),
        "isLiveDataset": False,
        "usageInfo": _usage(manifest.tier),
        "prov:wasGeneratedBy": _activity(manifest),
        "prov:wasDerivedFrom": [
            {"@id": f"urn:shardgate:{repo_id}:{snapshot}"}
            for repo_id, snapshot in sorted(manifest.snapshots.items())
        ],
        "rai:dataCollection": _PROTOCOL,
        "rai:dataLimitations": _LIMITS,
        "rai:personalSensitiveInformation": _PERSONAL,
        "rai:dataUseCases": [f"{use}: {words}" for use, words in USES[manifest.tier].items()],
        "rai:dataReleaseMaintenancePlan": _MAINTENANCE,
        "distribution": [*_files(manifest, documents), *([_SHARD_SET] if has_rows else [])],
        "recordSet": [_record_set(rows_schema(manifest.tier))] if has_rows else [],
    }


_SHARD_SET: Final[Mapping[str, object]] = {
    "@type": "cr:FileSet",
    "@id": _SHARDS,
    "name": _SHARDS,
    "description": "All files with rows.",
    "encodingFormat": _MEDIA["parquet"],
    "includes": "data/*.parquet",
}


def _files(manifest: Manifest, documents: Sequence[Document]) -> Iterable[dict[str, object]]:
    for shard in manifest.shards:
        media = _MEDIA[shard.format]
        yield _file(shard.path, media, shard.bytes, shard.sha256)
    for document in documents:
        yield _file(document.path, document.media_type, document.bytes, document.sha256)


def _file(path: str, media: str, size: int, sha256: str) -> dict[str, object]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{size} B",
        "encodingFormat": media,
        "sha256": sha256,
    }


def _licenses(expressions: Sequence[str]) -> list[str]:
    """Return links to published texts, and the bundle that has the others."""
    ids = [i for i in license_ids(expressions) if not i.startswith("LicenseRef-")]
    return [NOTICE_FILE, *(f"{_SPDX}{license_id}.html" for license_id in ids)]


def _usage(tier: Tier) -> dict[str, object]:
    permission = {
        "@type": "odrl:Permission",
        "odrl:action": {"@id": "odrl:use"},
        "odrl:constraint": {
            "@type": "odrl:Constraint",
            "odrl:leftOperand": {"@id": "odrl:purpose"},
            "odrl:operator": {"@id": "odrl:isAnyOf"},
            "odrl:rightOperand": list(USES[tier]),
        },
        "odrl:duty": {"@type": "odrl:Duty", "odrl:action": {"@id": "odrl:attribute"}},
    }
    forbidden = {"@type": "odrl:Prohibition", "odrl:action": {"@id": "odrl:distribute"}}
    usage: dict[str, object] = {
        "@type": ["CreativeWork", "odrl:Offer"],
        "name": f"Conditions of use of the tier {tier.value}",
        "description": TIER_WORDS[tier],
        "odrl:permission": permission,
    }
    return usage if tier is Tier.RELEASABLE else usage | {"odrl:prohibition": forbidden}


def _activity(manifest: Manifest) -> dict[str, object]:
    tools = ", ".join(f"{name} {version}" for name, version in sorted(manifest.tools.items()))
    return {
        "@type": "prov:Activity",
        "prov:label": (
            f"Shardgate build by policy {manifest.policy_id} (SHA-256 {manifest.policy_digest})"
            f" with {tools}"
        ),
        "prov:endedAtTime": manifest.created_at,
    }


def _record_set(schema: pa.Schema) -> dict[str, object]:
    return {
        "@type": "cr:RecordSet",
        "@id": _ROWS,
        "name": _ROWS,
        "description": "One record per file of a repository.",
        "key": {"@id": f"{_ROWS}/id"},
        "field": [_field(column) for column in schema],
    }


def _field(column: pa.Field) -> dict[str, object]:
    name, kind = f"{_ROWS}/{column.name}", column.type
    field: dict[str, object] = {
        "@type": "cr:Field",
        "@id": name,
        "name": name,
        "description": _COLUMNS.get(column.name, f"Column {column.name} of the rows."),
    }
    if pa.types.is_list(kind):
        field |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    source = {"fileSet": {"@id": _SHARDS}, "extract": {"column": column.name}}
    if pa.types.is_struct(kind):
        parts = [kind.field(i) for i in range(kind.num_fields)]
        return field | {"subField": [_sub_field(name, part, source) for part in parts]}
    return field | {"dataType": _data_type(kind), "source": source}


def _sub_field(parent: str, part: pa.Field, source: Mapping[str, Any]) -> dict[str, object]:
    return {
        "@type": "cr:Field",
        "@id": f"{parent}/{part.name}",
        "name": f"{parent}/{part.name}",
        "description": f"{part.name} of {parent}.",
        "dataType": _data_type(part.type),
        "source": {**source, "transform": {"jsonPath": part.name}},
    }


def _data_type(kind: pa.DataType) -> str:
    name = re.sub(r"\[.*", "", str(kind))
    return _DATA_TYPES[name]


_DATA_TYPES: Final = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "float": "sc:Float",
    "timestamp": "sc:DateTime",
}
