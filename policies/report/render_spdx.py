"""The licensing of repositories as SPDX 3.0.1: what files state, and what was concluded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from ingest.domain.finding import Family
from policies.database import open_database
from policies.holders import is_organisation
from policies.report.escape import display_path, display_text
from policies.report.model import ViolationReport
from policies.report.places import show_paths
from policies.report.spdx import NO_ASSERTION, NO_LICENSE, SpdxGraph, git_object

_CHUNK: Final = 64 * 1024
_QUERY: Final = """
    SELECT d.repo_id, d.path, d.blob_id, d.commit_id, d.license_expression, d.license_type,
        d.license_source, x.repo_name, x.repo_license_expression, x.own_license_expression,
        x.licensing_status, l.holders,
        list_transform(l.evidence, lambda e: e.kind) AS kinds
    FROM decisions d
    JOIN dossier x ON (x.repo_id = d.repo_id AND x.path = d.path)
    LEFT JOIN licensing l ON (l.blob_id = d.blob_id AND l.suffix = d.suffix)
    ORDER BY d.repo_id, d.path
"""


def to_spdx(
    report: ViolationReport,
    decisions: pa.Table,
    dossier: pa.Table,
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
) -> str:
    """Return one package per repository, and one file per occurrence with its licenses.

    Declared is what the file itself states, concluded what the policy's precedence makes of it.
    Holders of copyright are named only where they are organisations.

    Args:
        report: names the inputs and the moment.
        decisions: `DECISIONS` of these repositories.
        dossier: what they were made from.
        facts: facts by family; those of licensing are read.
        trees: `TREE_FACTS`, for findings in paths.
    """
    graph = SpdxGraph("Licensing of repositories", report.input_digest, report.data_at)
    rows = _rows(decisions, dossier, facts[Family.LICENSING])
    packages: dict[str, str] = {}
    files: dict[str, list[str]] = {}
    for row, path in _with_paths(rows, trees):
        repo = row["repo_id"]
        if repo not in packages:
            packages[repo] = _package(graph, row)
        files.setdefault(repo, []).append(_file(graph, row, path))
    for repo, package in packages.items():
        graph.relate(package, "contains", files[repo])
    roots = list(packages.values()) or [graph.add("software_Package", name="nothing")]
    return graph.render(roots, ["software", "simpleLicensing"])


def _rows(decisions: pa.Table, dossier: pa.Table, licensing: pa.Table) -> pa.Table:
    with open_database() as connection:
        connection.register("decisions", decisions)
        connection.register("dossier", dossier)
        connection.register("licensing", licensing)
        return connection.sql(_QUERY).to_arrow_table()


def _with_paths(rows: pa.Table, trees: pa.Table) -> Iterator[tuple[dict[str, Any], bytes]]:
    for start in range(0, rows.num_rows, _CHUNK):
        part = rows.slice(start, _CHUNK).to_pylist()
        shown = show_paths([(row["repo_id"], row["path"]) for row in part], trees)
        yield from zip(part, shown, strict=True)


def _package(graph: SpdxGraph, row: Mapping[str, Any]) -> str:
    revision = {
        "type": "software_ContentIdentifier",
        "software_contentIdentifierType": "swhid",
        "software_contentIdentifierValue": f"swh:1:rev:{row['commit_id']}",
    }
    package = graph.add(
        "software_Package",
        name=display_text(row["repo_name"] or row["repo_id"]),
        software_packageVersion=row["commit_id"],
        software_primaryPurpose="source",
        software_contentIdentifier=[revision],
    )
    registered = row["repo_license_expression"]
    license_id = graph.license(registered) if registered else NO_ASSERTION
    graph.relate(package, "hasDeclaredLicense", [license_id], "as registered by its owner")
    return package


def _file(graph: SpdxGraph, row: Mapping[str, Any], path: bytes) -> str:
    is_read = row["licensing_status"] == "completed"
    file = graph.add(
        "software_File",
        name=display_path(path),
        software_fileKind="file",
        software_contentIdentifier=[git_object(row["blob_id"])],
        software_copyrightText=_copyright(row["holders"]) if is_read else "NOASSERTION",
    )
    own, effective = row["own_license_expression"], row["license_expression"]
    silent = NO_LICENSE if is_read else NO_ASSERTION
    declared = graph.license(own) if own else silent
    graph.relate(file, "hasDeclaredLicense", [declared], _evidence(row["kinds"] or ()))
    concluded = graph.license(effective) if effective else NO_ASSERTION
    why = f"type {row['license_type']}, read from: {row['license_source']}"
    graph.relate(file, "hasConcludedLicense", [concluded], why)
    return file


def _evidence(kinds: Sequence[str]) -> str:
    """Return how many statements of each kind were found."""
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(kinds).items()))
    return f"evidence: {counts or 'none'}"


def _copyright(holders: Sequence[str] | None) -> str:
    """Return the holders that may be named; of the others only how many they are."""
    named = sorted({display_text(holder) for holder in holders or () if is_organisation(holder)})
    others = len({holder for holder in holders or () if not is_organisation(holder)})
    parts = [f"Copyright {holder}" for holder in named]
    if others:
        verb = "holder who is" if others == 1 else "holders who are"
        parts.append(f"{others} {verb} not named here")
    return "\n".join(parts) or "NONE"
