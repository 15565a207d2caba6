"""Repositories as pages and API show them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ingest.domain.problem import WORDS, problem_of
from ingest.domain.repository import Repository, RightsBasis, VisitStatus
from policies.decision import Lane, Outcome
from policies.report.model import Amount
from store.asking import Filter, Query
from store.catalog import CatalogLists, ListedRepository, RepositoryState, VisitRecord
from store.catalog.listings import NEVER
from workers.context import Context
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of, within
from workers.reading.standing import Standings, read_standings

FIELDS: Final[Mapping[str, Field]] = {
    "repository": Field(does="Name of the repository.", is_sortable=True),
    "id": Field(does="Id of the repository."),
    "owner": Field(does="Team that answers for the code.", is_sortable=True),
    "rights": Field(
        does="Why the company may use the code.",
        kind=Kind.CHOICE,
        choices=tuple(basis.value for basis in RightsBasis),
    ),
    "license": Field(does="License of first-party files."),
    "consent": Field(
        does="Whether it may be released.", kind=Kind.CHOICE, choices=("valid", "expired", "none")
    ),
    "state": Field(
        does="Whether it is part of the corpus.",
        kind=Kind.CHOICE,
        choices=tuple(state.value for state in RepositoryState),
    ),
    "sync": Field(
        does="How the newest visit ended.",
        kind=Kind.CHOICE,
        choices=(*(status.value for status in VisitStatus), NEVER),
    ),
    "registered": Field(does="When it was registered.", kind=Kind.MOMENT, is_sortable=True),
    "visited": Field(does="When it was last visited.", kind=Kind.MOMENT, is_sortable=True),
}
DEFAULT_SORT: Final = "repository"
VISIT_FIELDS: Final[Mapping[str, Field]] = {
    "repository": Field(does="Id of the repository."),
    "status": Field(
        does="How it ended.",
        kind=Kind.CHOICE,
        choices=tuple(status.value for status in VisitStatus),
    ),
    "started": Field(does="When it began.", kind=Kind.MOMENT, is_sortable=True),
}
DEFAULT_VISIT_SORT: Final = "-started"
_VERSION_CHARS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """One visit."""

    id: str
    repository: str
    """Id."""
    generation: int
    """Counts the visits of one repository from 1."""
    started_at: datetime
    finished_at: datetime
    status: str
    """full | partial | not_found | failed."""
    cause: str
    """In words for a person; empty for a plain full visit."""
    problem: str
    """What kind of thing went wrong; empty where nothing did."""
    says: str
    """The problem in plain words; empty without one."""
    do: str
    """What a person does about it; empty without a problem."""
    head_commit: str
    branch: str
    ref_count: int
    has_snapshot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryView:
    """A repository with its rights, its newest visit and what was decided about its files."""

    id: str
    name: str
    url: str
    owner: str
    rights: str
    license: str
    consent: str
    """valid | expired | none."""
    consent_until: date | None
    evidence: str
    version: str
    """Of what is stated of it; whoever states it anew names the one that they looked at."""
    state: str
    """active | quarantined."""
    state_reason: str
    registered_at: datetime
    sync: str
    """Status of the newest visit; ``never`` where there was none."""
    cause: str
    """Why it is so, in words for a person."""
    visit: VisitView | None
    is_decided: bool
    is_stale: bool
    """Decisions are about to be made anew."""
    lanes: Mapping[Lane, int]
    """Files that wait for each lane; empty while nothing was decided."""
    outcomes: Mapping[Outcome, Amount]
    """Files and bytes of each outcome; empty while nothing was decided."""


def rights_version(repository: Repository) -> str:
    """Return a digest of what is stated of a repository: of two who change it one is told."""
    said = (
        repository.owner,
        repository.rights_basis.value,
        repository.license,
        repository.evidence,
        str(repository.release_consent),
        str(repository.consent_until),
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:_VERSION_CHARS]


def list_repositories(
    context: Context, query: Query, *, owners: Collection[str] | None = None
) -> Page[RepositoryView]:
    """Return a page of repositories; `owners` are those whose may be seen, None: all.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    today = context.today()
    return page_of(
        within(query, "owner", owners).sorted_by(DEFAULT_SORT),
        lambda q, after: CatalogLists(context.catalog).repositories(q, after, today),
        lambda rows: _views(context, rows, today),
    )


def find_repository(context: Context, repository_id: str) -> RepositoryView:
    """Return one repository.

    Raises:
        NotFound: there is no such repository.
    """
    query = Query(filters=(Filter(field="id", values=(repository_id,)),))
    found = list_repositories(context, query).items if "*" not in repository_id else ()
    if not found:
        raise NotFound(f"There is no repository {repository_id}.")
    return found[0]


def list_visits(
    context: Context, query: Query, *, repositories: Collection[str] | None = None
) -> Page[VisitView]:
    """Return a page of visits, newest first; of some repositories, None: of all.

    Raises:
        QueryRefused: the cursor belongs to another list.
    """
    return page_of(
        within(query, "repository", repositories).sorted_by(DEFAULT_VISIT_SORT),
        CatalogLists(context.catalog).visits,
        lambda rows: [visit_view(row) for row in rows],
    )


def visit_view(record: VisitRecord) -> VisitView:
    """Return a visit as pages and API show it."""
    visit = record.visit
    problem = problem_of(visit.problem) if visit.problem else None
    words = WORDS[problem] if problem is not None else None
    return VisitView(
        id=record.id,
        repository=visit.repository_id,
        generation=record.generation,
        started_at=visit.started_at,
        finished_at=visit.finished_at,
        status=visit.status.value,
        cause=visit.cause,
        problem=problem.value if problem is not None else "",
        says=words.says if words else "",
        do=words.do if words else "",
        head_commit=visit.head_commit,
        branch=visit.branch,
        ref_count=visit.ref_count,
        has_snapshot=record.snapshot_key is not None,
    )


def _views(context: Context, rows: Sequence[ListedRepository], today: date) -> list[RepositoryView]:
    standings = read_standings(context, [row.repository.id for row in rows])
    return [_view(row, standings, today) for row in rows]


def _view(row: ListedRepository, standings: Standings, today: date) -> RepositoryView:
    repository = row.repository
    standing = standings.by_repository.get(repository.id)
    visit = None if row.visit is None else visit_view(row.visit)
    consent = "valid" if repository.has_valid_consent(today) else "expired"
    return RepositoryView(
        id=repository.id,
        name=repository.name,
        url=repository.url,
        owner=repository.owner,
        rights=repository.rights_basis.value,
        license=repository.license,
        consent=consent if repository.release_consent else "none",
        consent_until=repository.consent_until,
        evidence=repository.evidence,
        version=rights_version(repository),
        state=row.state.value,
        state_reason=row.reason,
        registered_at=row.registered_at,
        sync=visit.status if visit else NEVER,
        cause=visit.cause if visit else "It was not visited yet.",
        visit=visit,
        is_decided=standing is not None,
        is_stale=standings.present is not None and standings.present.is_stale,
        lanes=standing.lanes if standing else {},
        outcomes=standing.outcomes if standing else {},
    )
