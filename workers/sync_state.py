"""How it stands between us and the host of a repository: last visit, next one, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.domain.problem import WORDS, Problem, problem_of
from ingest.domain.repository import GitCommand, Repository
from store.catalog import (
    HostBook,
    HostRecord,
    PollBook,
    PollRecord,
    RepositoryState,
    VisitRecord,
    list_commands,
)
from workers.context import Context, utc_now
from workers.hosts import host_of

SHOWN_VISITS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedOnce:
    """A visit with what git was told in it."""

    record: VisitRecord
    commands: Sequence[GitCommand]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """What a person needs to know when a repository is not up to date."""

    repository: Repository
    state: RepositoryState
    state_reason: str
    problem: Problem | None
    """Of the last visit; None where all is well or none was made."""
    says: str
    """The problem in plain words; empty without one."""
    do: str
    """What a person does about it; empty without a problem."""
    host: HostRecord | None
    """None for a local repository."""
    poll: PollRecord | None
    """None before the first visit."""
    visits: Sequence[VisitedOnce]
    """The last ones, newest first."""


def sync_state(
    context: Context, repository: Repository, *, visits: int = SHOWN_VISITS
) -> SyncState:
    """Return how it stands with a registered repository."""
    catalog = context.catalog
    records = catalog.last_visits(repository.id, visits)
    newest = records[0].visit if records else None
    problem = problem_of(newest.problem) if newest is not None and newest.problem else None
    words = WORDS[problem] if problem is not None else None
    state, reason = catalog.repository_state(repository.id) or (RepositoryState.ACTIVE, "")
    host = host_of(repository.url)
    return SyncState(
        repository=repository,
        state=state,
        state_reason=reason,
        problem=problem,
        says=words.says if words else "",
        do=words.do if words else "",
        host=HostBook(catalog, utc_now).find(host) if host else None,
        poll=PollBook(catalog, utc_now).find(repository.id),
        visits=[
            VisitedOnce(record=record, commands=list_commands(catalog.database, record.id))
            for record in records
        ],
    )
