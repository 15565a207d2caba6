"""The lists of the catalog: which fields they have in SQL, and what their rows are."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session

from ingest.domain.repository import Repository
from policies.review import Review
from store.asking import Position, Query, Slice
from store.catalog.audit import AuditEntry, entry_of
from store.catalog.catalog import Catalog, repository_of, visit_of
from store.catalog.job_views import counts_by_run
from store.catalog.lists import Listing, page_and_count
from store.catalog.recalls import replacements
from store.catalog.records import RepositoryState, StageCount, VisitRecord
from store.catalog.releases import ReleaseRecord, release_of
from store.catalog.reviews import reviews_of
from store.catalog.tables import (
    AuditRow,
    JobRow,
    ReleaseRow,
    RepositoryRow,
    ReviewRow,
    RunRow,
    UtcDateTime,
    VisitRow,
)
from store.catalog.tables_recall import RecalledReleaseRow

T = TypeVar("T")

NEVER: Final = "never"
"""Status of the visits of a repository that was not visited."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FAR: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRepository:
    """A repository with its state and its newest visit."""

    repository: Repository
    state: RepositoryState
    reason: str
    registered_at: datetime
    visit: VisitRecord | None


class CatalogLists:
    """Pages of the catalog's lists; each method is one transaction.

    Queries have their order said; every method raises ValueError for a position of another list.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Take the catalog."""
        self._database = catalog.database

    def repositories(
        self, query: Query, after: Position | None, today: date
    ) -> tuple[Slice[ListedRepository], int | None]:
        """Return a page of repositories and how many there are; `today` judges consents."""
        rows = select(RepositoryRow, VisitRow).outerjoin(VisitRow, _IS_NEWEST)
        return self._list(rows, _repositories(today), query, (after, _listed))

    def visits(self, query: Query, after: Position | None) -> tuple[Slice[VisitRecord], int | None]:
        """Return a page of visits and how many there are."""
        return self._list(select(VisitRow), VISITS, query, (after, lambda row: visit_of(row[0])))

    def releases(
        self, query: Query, after: Position | None
    ) -> tuple[Slice[ReleaseRecord], int | None]:
        """Return a page of releases and how many there are."""
        return self._releases(RELEASES, query, after)

    def releases_out(
        self, query: Query, after: Position | None
    ) -> tuple[Slice[ReleaseRecord], int | None]:
        """Return a page of releases, of which reasons are not searched, and how many there are."""
        return self._releases(_RELEASES_OUT, query, after)

    def _releases(
        self, listing: Listing, query: Query, after: Position | None
    ) -> tuple[Slice[ReleaseRecord], int | None]:
        def read(session: Session) -> tuple[Slice[ReleaseRecord], int | None]:
            recalled = replacements(session)
            found, count = page_and_count(session, select(ReleaseRow), listing, query, after)
            rows = [release_of(row[0], recalled) for row in found.rows]
            return replace(found, rows=rows), count

        return self._database.read(read)

    def reviews(
        self, query: Query, after: Position | None, now: datetime
    ) -> tuple[Slice[Review], int | None]:
        """Return a page of reviews and how many there are; states are those of a moment."""
        listing = _reviews(now)

        def read(session: Session) -> tuple[Slice[Review], int | None]:
            found, count = page_and_count(session, select(ReviewRow), listing, query, after)
            rows = reviews_of(session, [row[0] for row in found.rows])
            return replace(found, rows=rows), count

        return self._database.read(read)

    def stage_counts(self, run_ids: Collection[str]) -> dict[str, list[StageCount]]:
        """Return counts and progress of each of some runs, by stage and state."""
        return self._database.read(lambda s: counts_by_run(s, run_ids))

    def audit(self, query: Query, after: Position | None) -> tuple[Slice[AuditEntry], int | None]:
        """Return a page of the audit chain and how many entries there are."""
        return self._list(select(AuditRow), AUDIT, query, (after, lambda row: entry_of(row[0])))

    def _list(
        self,
        rows: Select[*tuple[Any, ...]],
        listing: Listing,
        query: Query,
        how: tuple[Position | None, Callable[[Any], T]],
    ) -> tuple[Slice[T], int | None]:
        after, record = how

        def read(session: Session) -> tuple[Slice[T], int | None]:
            found, count = page_and_count(session, rows, listing, query, after)
            return replace(found, rows=[record(row) for row in found.rows]), count

        return self._database.read(read)


_NEWEST: Final = (
    select(func.max(VisitRow.generation))
    .where(VisitRow.repository_id == RepositoryRow.id)
    .correlate(RepositoryRow)
    .scalar_subquery()
)
_IS_NEWEST: Final = and_(VisitRow.repository_id == RepositoryRow.id, VisitRow.generation == _NEWEST)


def _repositories(today: date) -> Listing:
    until = RepositoryRow.consent_until
    consent = case(
        (RepositoryRow.release_consent.is_(false()), "none"),
        (or_(until.is_(None), until < today), "expired"),
        else_="valid",
    )
    return Listing(
        columns={
            "repository": RepositoryRow.name,
            "id": RepositoryRow.id,
            "owner": RepositoryRow.owner,
            "rights": RepositoryRow.rights_basis,
            "license": RepositoryRow.license,
            "consent": consent,
            "state": RepositoryRow.state,
            "sync": func.coalesce(VisitRow.status, NEVER),
            "registered": RepositoryRow.created_at,
            "visited": func.coalesce(VisitRow.finished_at, literal(_EPOCH, UtcDateTime())),
        },
        key=RepositoryRow.id,
        text=(RepositoryRow.name, RepositoryRow.owner, RepositoryRow.url, VisitRow.cause),
    )


def _listed(row: Any) -> ListedRepository:  # noqa: ANN401 - a row of two tables
    repository, visit = row[0], row[1]
    return ListedRepository(
        repository=repository_of(repository),
        state=RepositoryState(repository.state),
        reason=repository.reason,
        registered_at=repository.created_at,
        visit=None if visit is None else visit_of(visit),
    )


VISITS: Final = Listing(
    columns={
        "id": VisitRow.id,
        "repository": VisitRow.repository_id,
        "status": VisitRow.status,
        "started": VisitRow.started_at,
    },
    key=VisitRow.id,
    text=(VisitRow.cause, VisitRow.branch, VisitRow.head_commit),
)
RELEASES: Final = Listing(
    columns={
        "id": ReleaseRow.id,
        "tier": ReleaseRow.tier,
        "state": case(
            (
                ReleaseRow.id.in_(select(RecalledReleaseRow.release_id)),
                literal("recalled"),
            ),
            else_=ReleaseRow.state,
        ),
        "built": ReleaseRow.created_at,
    },
    key=ReleaseRow.id,
    text=(ReleaseRow.id, ReleaseRow.reason),
)
_RELEASES_OUT: Final = replace(RELEASES, text=(ReleaseRow.id,))
"""As who sees no reasons may search them."""


def _reviews(now: datetime) -> Listing:
    """As `policies.review.Review.state_at` says it."""
    row = ReviewRow
    state = case(
        (row.state.in_(["rejected", "withdrawn"]), row.state),
        (and_(row.expires_at.is_not(None), row.expires_at <= now), "expired"),
        (row.state == "proposed", "proposed"),
        (and_(row.starts_at.is_not(None), row.starts_at > now), "approved"),
        else_="active",
    )
    return Listing(
        columns={
            "id": row.id,
            "kind": row.kind,
            "lane": row.lane,
            "state": state,
            "reason": row.reason,
            "by": row.requested_by,
            "rule": row.target["rule_id"].as_string(),
            "fingerprint": row.target["fingerprint"].as_string(),
            "repository": row.target["repo_id"].as_string(),
            "requested": row.requested_at,
            "expires": func.coalesce(row.expires_at, literal(_FAR, UtcDateTime())),
        },
        key=row.id,
        text=(row.id, row.comment, row.requested_by, row.target["rule_id"].as_string()),
    )


_HAS_PARKED: Final = (
    select(literal(1))
    .where(JobRow.run_id == RunRow.id, JobRow.state == "parked")
    .correlate(RunRow)
    .exists()
)
RUNS: Final = Listing(
    columns={
        "id": RunRow.id,
        "kind": RunRow.kind,
        "state": RunRow.state,
        "parked": case((_HAS_PARKED, literal("yes")), else_=literal("no")),
        "started": RunRow.created_at,
    },
    key=RunRow.id,
    text=(RunRow.id,),
)
AUDIT: Final = Listing(
    columns={
        "seq": AuditRow.seq,
        "actor": AuditRow.actor,
        "action": AuditRow.action,
        "subject": AuditRow.subject,
        "at": AuditRow.at,
    },
    key=AuditRow.seq,
    text=(AuditRow.actor, AuditRow.action, AuditRow.subject),
)
