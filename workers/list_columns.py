"""The lists that can be taken as files: their columns, and what of them somebody may see."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from policies.decision import Lane, Outcome
from policies.report.model import OUTCOMES
from policies.report.sheets import Cell, Shown
from store.asking import Query
from workers.context import Context
from workers.list_exports import Columns, ExportedList
from workers.reading import (
    audit,
    findings,
    groups,
    operations,
    releases,
    repositories,
    reviews,
    rows,
)
from workers.reading.grammar import rfc3339
from workers.reading.page import Page
from workers.reading.sight import Sight
from workers.waivers import FIELDS as WAIVER_FIELDS
from workers.waivers import Waiver, list_waivers


def _at(moment: datetime | None) -> str:
    return "" if moment is None else rfc3339(moment)


def _findings(context: Context, query: Query, sight: Sight) -> Page[findings.FindingView]:
    return findings.list_findings(context, query, repositories=sight.repositories)


FINDINGS: Final[ExportedList[findings.FindingView]] = ExportedList(
    noun="findings",
    fields=findings.FIELDS,
    columns={
        "repository": (32, lambda row: row.repository),
        "repository_id": (30, lambda row: row.repository_id),
        "path": (60, lambda row: Shown(row.path)),
        "line": (8, lambda row: row.line),
        "place": (8, lambda row: row.place),
        "family": (14, lambda row: row.family.value),
        "rule": (28, lambda row: row.rule),
        "category": (22, lambda row: row.category.value),
        "lane": (10, lambda row: row.lane.value),
        "confidence": (12, lambda row: row.confidence.value),
        "masked_value": (18, lambda row: row.preview),
        "fingerprint": (36, lambda row: row.fingerprint),
        "outcome": (14, lambda row: row.outcome.value),
        "blob": (44, lambda row: row.blob),
    },
    page=_findings,
)


def _groups(context: Context, query: Query, sight: Sight) -> Page[groups.GroupView]:
    return groups.list_groups(context, query, repositories=sight.repositories)


GROUPS: Final[ExportedList[groups.GroupView]] = ExportedList(
    noun="groups",
    fields=groups.FIELDS,
    columns={
        "group": (22, lambda row: row.id),
        "repository": (32, lambda row: row.repository),
        "repository_id": (30, lambda row: row.repository_id),
        "rule": (24, lambda row: row.rule),
        "title": (36, lambda row: row.title),
        "lane": (10, lambda row: row.lane.value if row.lane else groups.NOBODY),
        "kind": (10, lambda row: row.kind),
        "about": (28, lambda row: row.about),
        "masked_value": (18, lambda row: row.preview),
        "key": (36, lambda row: row.key),
        "cases": (9, lambda row: row.cases),
        "files": (9, lambda row: row.files),
        "bytes": (12, lambda row: row.bytes),
        "blocked_files": (13, lambda row: row.blocked),
        "blocked_bytes": (13, lambda row: row.blocked_bytes),
        "first_path": (60, lambda row: Shown(row.path)),
        "first_line": (10, lambda row: row.line),
    },
    page=_groups,
)


def _repositories(
    context: Context, query: Query, sight: Sight
) -> Page[repositories.RepositoryView]:
    return repositories.list_repositories(context, query, owners=sight.owners)


def _files_that_are(outcome: Outcome) -> Callable[[repositories.RepositoryView], Cell]:
    return lambda row: row.outcomes[outcome].files if row.is_decided else ""


def _files_that_wait_for(lane: Lane) -> Callable[[repositories.RepositoryView], Cell]:
    return lambda row: row.lanes[lane] if row.is_decided else ""


REPOSITORIES: Final[ExportedList[repositories.RepositoryView]] = ExportedList(
    noun="repositories",
    fields=repositories.FIELDS,
    columns={
        "repository": (32, lambda row: row.name),
        "id": (30, lambda row: row.id),
        "owner": (20, lambda row: row.owner),
        "url": (50, lambda row: row.url),
        "rights": (18, lambda row: row.rights),
        "license": (24, lambda row: row.license),
        "consent": (10, lambda row: row.consent),
        "consent_until": (14, lambda row: str(row.consent_until or "")),
        "state": (12, lambda row: row.state),
        "registered": (22, lambda row: _at(row.registered_at)),
        "sync": (12, lambda row: row.sync),
        "visited": (22, lambda row: _at(row.visit.finished_at if row.visit else None)),
        "cause": (50, lambda row: row.cause),
        **{f"{outcome.value}_files": (20, _files_that_are(outcome)) for outcome in OUTCOMES},
        **{f"waits_for_{lane.value}": (20, _files_that_wait_for(lane)) for lane in Lane},
    },
    page=_repositories,
)


def _reviews(context: Context, query: Query, sight: Sight) -> Page[reviews.ReviewView]:
    return reviews.list_reviews(context, query, requested_by=sight.asked_by)


_REVIEW: Final[Columns[reviews.ReviewView]] = {
    "review": (18, lambda row: row.id),
    "state": (12, lambda row: row.state.value),
    "kind": (16, lambda row: row.kind.value),
    "lane": (10, lambda row: row.lane.value),
    "rule": (24, lambda row: row.rule),
    "category": (22, lambda row: row.category),
    "fingerprint": (36, lambda row: row.fingerprint),
    "repository_id": (30, lambda row: row.repository),
    "pattern": (40, lambda row: Shown(row.pattern)),
    "contents": (10, lambda row: row.contents),
    "reason": (20, lambda row: row.reason.value),
    "comment": (60, lambda row: row.comment),
    "asked_by": (16, lambda row: row.requested_by),
    "asked_at": (22, lambda row: _at(row.requested_at)),
    "agreed_by": (24, lambda row: ", ".join(approval.by for approval in row.approvals)),
    "expires_at": (22, lambda row: _at(row.expires_at)),
    "extends": (18, lambda row: row.extends),
}
REVIEWS: Final[ExportedList[reviews.ReviewView]] = ExportedList(
    noun="reviews",
    fields=reviews.FIELDS,
    columns=_REVIEW,
    page=_reviews,
)


def _waivers(context: Context, query: Query, _: Sight) -> Page[Waiver]:
    return list_waivers(context, query)


def _of_review(cell: Callable[[reviews.ReviewView], Cell]) -> Callable[[Waiver], Cell]:
    return lambda row: cell(row.review)


WAIVERS: Final[ExportedList[Waiver]] = ExportedList(
    noun="waivers",
    fields=WAIVER_FIELDS,
    columns={
        **{name: (width, _of_review(cell)) for name, (width, cell) in _REVIEW.items()},
        "repository": (32, lambda row: row.repository),
        "files": (9, lambda row: row.uses),
        "matches_nothing": (40, lambda row: row.orphan),
    },
    page=_waivers,
)


def _releases(context: Context, query: Query, sight: Sight) -> Page[releases.ReleaseView]:
    return releases.list_releases(context, query, tiers=sight.tiers, only_out=not sight.is_inside)


RELEASES: Final[ExportedList[releases.ReleaseView]] = ExportedList(
    noun="releases",
    fields=releases.FIELDS,
    columns={
        "release": (30, lambda row: row.id),
        "tier": (14, lambda row: row.tier.value),
        "state": (12, lambda row: row.state.value),
        "reason": (60, lambda row: row.reason),
        "built": (22, lambda row: _at(row.created_at)),
        "published": (22, lambda row: _at(row.published_at)),
        "replaced_by": (30, lambda row: row.replaced_by),
        "rows": (10, lambda row: row.rows),
        "bytes": (14, lambda row: row.bytes),
        "manifest_sha256": (66, lambda row: row.manifest_digest),
    },
    page=_releases,
)


def rows_of(release_id: str) -> ExportedList[rows.RowView]:
    """Return the list of the rows of one release."""
    return ExportedList(
        noun=f"rows-of-{release_id}",
        fields=rows.FIELDS,
        columns={
            "row": (66, lambda row: row.id),
            "repository": (32, lambda row: row.repository),
            "repository_id": (30, lambda row: row.repository_id),
            "path": (60, lambda row: row.path),
            "language": (16, lambda row: row.language),
            "license": (30, lambda row: row.license),
            "license_type": (16, lambda row: row.license_type),
            "bytes": (12, lambda row: row.bytes),
            "lines": (10, lambda row: row.lines),
            "redactions": (11, lambda row: row.redactions),
            "copies": (8, lambda row: row.copies),
            "shard": (30, lambda row: row.shard),
        },
        page=lambda context, query, _: rows.list_rows(context, release_id, query),
    )


def _operations(context: Context, query: Query, _: Sight) -> Page[operations.OperationView]:
    return operations.list_operations(context, query)


OPERATIONS: Final[ExportedList[operations.OperationView]] = ExportedList(
    noun="operations",
    fields=operations.FIELDS,
    columns={
        "operation": (30, lambda row: row.id),
        "kind": (10, lambda row: row.kind),
        "state": (10, lambda row: row.state.value),
        "begun": (22, lambda row: _at(row.created_at)),
        "ended": (22, lambda row: _at(row.finished_at)),
        "tiers": (26, lambda row: ", ".join(row.tiers)),
        "stages": (40, lambda row: ", ".join(stage.stage for stage in row.stages)),
        "jobs_left": (10, lambda row: row.jobs_left),
        "parked": (8, lambda row: len(row.parked)),
    },
    page=_operations,
)


def _entries(context: Context, query: Query, _: Sight) -> Page[audit.AuditView]:
    return audit.list_entries(context, query)


AUDIT: Final[ExportedList[audit.AuditView]] = ExportedList(
    noun="audit",
    fields=audit.FIELDS,
    columns={
        "seq": (8, lambda row: row.seq),
        "at": (22, lambda row: _at(row.at)),
        "actor": (16, lambda row: row.actor),
        "action": (20, lambda row: row.action),
        "subject": (30, lambda row: row.subject),
        "detail": (60, lambda row: json.dumps(row.detail, sort_keys=True)),
        "prev_hash": (66, lambda row: row.prev_hash),
        "hash": (66, lambda row: row.hash),
    },
    page=_entries,
)
EXPORTED: Final[Sequence[ExportedList[Any]]] = (
    FINDINGS,
    GROUPS,
    REPOSITORIES,
    REVIEWS,
    WAIVERS,
    RELEASES,
    OPERATIONS,
    AUDIT,
)
