"""Secrets that HEAD no longer shows: a deleted credential is still in every clone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa

from policies.database import open_database
from policies.report.model import NOTHING, Amount, Group, Location, RuleText, ViolationReport
from policies.report.places import show_paths

IN_HISTORY: Final = RuleText(
    id="SECRET_IN_HISTORY",
    title="A secret in the history",
    because="HEAD does not show it any more, but every clone still holds it.",
    remedy="Rotate it; no change of files takes it back.",
    effect="report",
    lane="security",
)
_QUERY: Final = """
    WITH found AS (
        SELECT blob_id, suffix, unnest(findings) AS finding FROM secrets
    ), at_head AS (
        SELECT finding.fingerprint FROM found WHERE blob_id IN (SELECT blob_id FROM snapshots)
    ), gone AS (
        SELECT DISTINCT h.repo_id, h.blob_id, h.path, h.size, f.finding
        FROM history h JOIN found f USING (blob_id, suffix)
        WHERE f.finding.fingerprint NOT IN (SELECT fingerprint FROM at_head)
    )
    SELECT repo_id, finding.fingerprint, any_value(finding.category) AS category,
        any_value(finding.preview) AS preview, count(*) AS cases,
        count(DISTINCT blob_id) AS blobs, sum(size)::BIGINT AS size,
        list({'path': path, 'line': finding.line} ORDER BY path, finding.line)[:5] AS places
    FROM gone
    GROUP BY repo_id, finding.fingerprint
    ORDER BY repo_id, blobs DESC, finding.fingerprint
"""


def add_history(
    report: ViolationReport,
    history: pa.Table,
    snapshots: pa.Table,
    *,
    secrets: pa.Table,
    trees: pa.Table,
) -> ViolationReport:
    """Return the report with one group per secret that only the history holds.

    Args:
        report: of the same repositories.
        history: `HISTORY` rows; without any the report stays as it is.
        snapshots: `SNAPSHOT` rows; what stands at HEAD is in the report already.
        secrets: facts of the secrets family.
        trees: `TREE_FACTS` columns about the paths of `history`, for findings in these.
    """
    if not history.num_rows:
        return report
    with open_database() as connection:
        connection.register("history", history)
        connection.register("snapshots", snapshots.select(["blob_id"]))
        connection.register("secrets", secrets.select(["blob_id", "suffix", "findings"]))
        rows = connection.sql(_QUERY).to_arrow_table().to_pylist()
    places = [(row["repo_id"], place["path"]) for row in rows for place in row["places"]]
    shown = dict(zip(places, show_paths(places, trees), strict=True))
    groups = tuple(_as_group(row, shown) for row in rows)
    return replace(report, groups=report.groups + groups, rules=(*report.rules, IN_HISTORY))


def add_rotations(report: ViolationReport, states: Mapping[str, str]) -> ViolationReport:
    """Return the report with what people said of its secrets; `states` is by fingerprint."""
    groups = tuple(
        replace(group, rotation=states[group.key])
        if group.kind != "license" and group.key in states
        else group
        for group in report.groups
    )
    return replace(report, groups=groups)


def _as_group(row: Mapping[str, Any], shown: Mapping[tuple[str, bytes], bytes]) -> Group:
    return Group(
        repo_id=row["repo_id"],
        rule_id=IN_HISTORY.id,
        title=IN_HISTORY.title,
        because=IN_HISTORY.because,
        remedy=IN_HISTORY.remedy,
        effect=IN_HISTORY.effect,
        lane=IN_HISTORY.lane,
        kind="finding",
        key=row["fingerprint"],
        label=row["category"],
        preview=row["preview"],
        cases=row["cases"],
        touched=Amount(files=row["blobs"], bytes=row["size"]),
        blocked=NOTHING,
        examples=tuple(
            Location(path=shown[row["repo_id"], place["path"]], line=place["line"])
            for place in row["places"]
        ),
    )
