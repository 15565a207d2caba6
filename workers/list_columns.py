"""The lists that can be taken as files: their columns, and what of them somebody may see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from policies.decision import Lane
from policies.report.model import OUTCOMES
from policies.report.sheets import Cell, Column, Shown
from store.asking import Query
from workers.context import Context
from workers.list_exports import ExportedList
from workers.reading import audit, findings, groups, operations, releases, repositories, reviews
from workers.reading.grammar import rfc3339
from workers.reading.page import Page
from workers.reading.sight import Sight
from workers.waivers import FIELDS as WAIVER_FIELDS
from workers.waivers import Waiver, list_waivers


def _at(moment: datetime | None) -> str:
    return "" if moment is None else rfc3339(moment)


def _columns(**widths: int) -> Sequence[Column]:
    return tuple(Column(name, width) for name, width in widths.items())


def _finding(row: findings.FindingView) -> Sequence[Cell]:
    return (
        row.repository,
        row.repository_id,
        Shown(row.path),
        row.line,
        row.place,
        row.family.value,
        row.rule,
        row.category.value,
        row.lane.value,
        row.confidence.value,
        row.preview,
        row.fingerprint,
        row.outcome.value,
        row.blob,
    )


def _findings(context: Context, query: Query, sight: Sight) -> Page[findings.FindingView]:
    return findings.list_findings(context, query, repositories=sight.repositories)


FINDINGS: Final = ExportedList(
    noun="findings",
    fields=findings.FIELDS,
    columns=_columns(
        repository=32,
        repository_id=30,
        path=60,
        line=8,
        place=8,
        family=14,
        rule=28,
        category=22,
        lane=10,
        confidence=12,
        masked_value=18,
        fingerprint=36,
        outcome=14,
        blob=44,
    ),
    page=_findings,
    cells=_finding,
)


def _group(row: groups.GroupView) -> Sequence[Cell]:
    return (
        row.id,
        row.repository,
        row.repository_id,
        row.rule,
        row.title,
        row.lane.value if row.lane else groups.NOBODY,
        row.kind,
        row.about,
        row.preview,
        row.key,
        row.cases,
        row.files,
        row.bytes,
        row.blocked,
        row.blocked_bytes,
        Shown(row.path),
        row.line,
    )


def _groups(context: Context, query: Query, sight: Sight) -> Page[groups.GroupView]:
    return groups.list_groups(context, query, repositories=sight.repositories)


GROUPS: Final = ExportedList(
    noun="groups",
    fields=groups.FIELDS,
    columns=_columns(
        group=22,
        repository=32,
        repository_id=30,
        rule=24,
        title=36,
        lane=10,
        kind=10,
        about=28,
        masked_value=18,
        key=36,
        cases=9,
        files=9,
        bytes=12,
        blocked_files=13,
        blocked_bytes=13,
        first_path=60,
        first_line=10,
    ),
    page=_groups,
    cells=_group,
)


def _repository(row: repositories.RepositoryView) -> Sequence[Cell]:
    amounts = [row.outcomes[o].files if row.is_decided else "" for o in OUTCOMES]
    waiting = [row.lanes[lane] if row.is_decided else "" for lane in Lane]
    return (
        row.name,
        row.id,
        row.owner,
        row.url,
        row.rights,
        row.license,
        row.consent,
        row.consent_until.isoformat() if row.consent_until else "",
        row.state,
        _at(row.registered_at),
        row.sync,
        _at(row.visit.finished_at if row.visit else None),
        row.cause,
        *amounts,
        *waiting,
    )


def _repositories(
    context: Context, query: Query, sight: Sight
) -> Page[repositories.RepositoryView]:
    return repositories.list_repositories(context, query, owners=sight.owners)


REPOSITORIES: Final = ExportedList(
    noun="repositories",
    fields=repositories.FIELDS,
    columns=(
        *_columns(
            repository=32,
            id=30,
            owner=20,
            url=50,
            rights=18,
            license=24,
            consent=10,
            consent_until=14,
            state=12,
            registered=22,
            sync=12,
            visited=22,
            cause=50,
        ),
        *(Column(f"{outcome.value}_files", 20) for outcome in OUTCOMES),
        *(Column(f"waits_for_{lane.value}", 20) for lane in Lane),
    ),
    page=_repositories,
    cells=_repository,
)


def _review(row: reviews.ReviewView) -> Sequence[Cell]:
    return (
        row.id,
        row.state.value,
        row.kind.value,
        row.lane.value,
        row.rule,
        row.category,
        row.fingerprint,
        row.repository,
        Shown(row.pattern),
        row.contents,
        row.reason.value,
        row.comment,
        row.requested_by,
        _at(row.requested_at),
        ", ".join(approval.by for approval in row.approvals),
        _at(row.expires_at),
        row.extends,
    )


def _reviews(context: Context, query: Query, sight: Sight) -> Page[reviews.ReviewView]:
    return reviews.list_reviews(context, query, requested_by=sight.asked_by)


_REVIEW_COLUMNS: Final = _columns(
    review=18,
    state=12,
    kind=16,
    lane=10,
    rule=24,
    category=22,
    fingerprint=36,
    repository_id=30,
    pattern=40,
    contents=10,
    reason=20,
    comment=60,
    asked_by=16,
    asked_at=22,
    agreed_by=24,
    expires_at=22,
    extends=18,
)
REVIEWS: Final = ExportedList(
    noun="reviews",
    fields=reviews.FIELDS,
    columns=_REVIEW_COLUMNS,
    page=_reviews,
    cells=_review,
)


def _waiver(row: Waiver) -> Sequence[Cell]:
    return (*_review(row.review), row.repository, row.uses, row.orphan)


def _waivers(context: Context, query: Query, _: Sight) -> Page[Waiver]:
    return list_waivers(context, query)


WAIVERS: Final = ExportedList(
    noun="waivers",
    fields=WAIVER_FIELDS,
    columns=(*_REVIEW_COLUMNS, *_columns(repository=32, files=9, matches_nothing=40)),
    page=_waivers,
    cells=_waiver,
)


def _release(row: releases.ReleaseView) -> Sequence[Cell]:
    return (
        row.id,
        row.tier.value,
        row.state.value,
        row.reason,
        _at(row.created_at),
        _at(row.published_at),
        row.replaced_by,
        row.rows,
        row.bytes,
        row.manifest_digest,
    )


def _releases(context: Context, query: Query, sight: Sight) -> Page[releases.ReleaseView]:
    return releases.list_releases(context, query, tiers=sight.tiers, only_out=not sight.is_inside)


RELEASES: Final = ExportedList(
    noun="releases",
    fields=releases.FIELDS,
    columns=_columns(
        release=30,
        tier=14,
        state=12,
        reason=60,
        built=22,
        published=22,
        replaced_by=30,
        rows=10,
        bytes=14,
        manifest_sha256=66,
    ),
    page=_releases,
    cells=_release,
)


def _operation(row: operations.OperationView) -> Sequence[Cell]:
    return (
        row.id,
        row.kind,
        row.state.value,
        _at(row.created_at),
        _at(row.finished_at),
        ", ".join(row.tiers),
        ", ".join(stage.stage for stage in row.stages),
        row.jobs_left,
        len(row.parked),
    )


def _operations(context: Context, query: Query, _: Sight) -> Page[operations.OperationView]:
    return operations.list_operations(context, query)


OPERATIONS: Final = ExportedList(
    noun="operations",
    fields=operations.FIELDS,
    columns=_columns(
        operation=30,
        kind=10,
        state=10,
        begun=22,
        ended=22,
        tiers=26,
        stages=40,
        jobs_left=10,
        parked=8,
    ),
    page=_operations,
    cells=_operation,
)


def _entry(row: audit.AuditView) -> Sequence[Cell]:
    return (
        row.seq,
        _at(row.at),
        row.actor,
        row.action,
        row.subject,
        json.dumps(row.detail, sort_keys=True),
        row.prev_hash,
        row.hash,
    )


def _entries(context: Context, query: Query, _: Sight) -> Page[audit.AuditView]:
    return audit.list_entries(context, query)


AUDIT: Final = ExportedList(
    noun="audit",
    fields=audit.FIELDS,
    columns=_columns(
        seq=8, at=22, actor=16, action=20, subject=30, detail=60, prev_hash=66, hash=66
    ),
    page=_entries,
    cells=_entry,
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
