"""Repositories that are scanned again because rules changed: begun once, and how far they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.orm import Session

from store.catalog.barrier import UNFINISHED, insert_new_jobs
from store.catalog.catalog import Catalog, insert_run
from store.catalog.ids import fresh_id
from store.catalog.records import JobSpec, JobState, RunState
from store.catalog.tables import JobRow, RunRow

STAGE: Final = "refresh"
_SCANNING: Final = ("snapshot", STAGE, "detect", "provenance")
_LOCK: Final = "SELECT pg_advisory_xact_lock(7283412908)"
"""Two that begin at once wait for one another, so that no repository is begun twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshing:
    """Runs that scan again, and are not through."""

    done: int
    """Repositories of which all is there."""
    total: int


def start_refresh(catalog: Catalog, wanted: Mapping[str, str], now: datetime) -> list[str]:
    """Begin one run for all repositories that were never begun so; return the ids of its jobs.

    `wanted` is repository id to a digest of what is to be scanned by which rules. What was begun
    once is not begun again, be it done, parked or under way.
    """
    run_id = fresh_id("run")

    def transaction(session: Session) -> list[str]:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(_LOCK))
        begun = _begun(session)
        specs = [
            JobSpec.of(run_id=run_id, stage=STAGE, scope=scope, subject=subject)
            for scope, subject in sorted(wanted.items())
            if subject not in begun
        ]
        if not specs:
            return []
        insert_run(session, run_id, "sync", {"tiers": [], "history": False}, now)
        return insert_new_jobs(session, specs, now=now)

    return catalog.database.write(transaction)


def read_refreshing(catalog: Catalog, *, besides: str = "") -> Refreshing | None:
    """Return how far runs are that scan again, `besides` one; None where none is under way.

    A run is under way until its own decision is asked for: all that it awaits has ended then.
    """
    return catalog.database.read(lambda session: _refreshing(session, besides))


def scanning_scopes(catalog: Catalog) -> set[str]:
    """Return the repositories that a run is scanning, new snapshots of them as well as old ones."""
    open_runs = select(RunRow.id).where(RunRow.state == RunState.RUNNING.value)
    query = select(JobRow.scope).distinct()
    query = query.where(
        JobRow.run_id.in_(open_runs), JobRow.stage.in_(_SCANNING), JobRow.state.in_(UNFINISHED)
    )
    return catalog.database.read(lambda s: set(s.scalars(query)))


def parked_scopes(catalog: Catalog, run_id: str) -> set[str]:
    """Return the repositories of a run of which something could not be scanned."""
    query = select(JobRow.scope).distinct()
    query = query.where(
        JobRow.run_id == run_id,
        JobRow.stage.in_(_SCANNING),
        JobRow.state == JobState.PARKED.value,
    )
    return catalog.database.read(lambda s: set(s.scalars(query)))


def _begun(session: Session) -> set[str]:
    return set(session.scalars(select(JobRow.subject).where(JobRow.stage == STAGE)))


def _refreshing(session: Session, besides: str) -> Refreshing | None:
    runs = select(RunRow.id).where(
        RunRow.state == RunState.RUNNING.value,
        RunRow.id != besides,
        _has(STAGE),
        ~_has("decide"),
    )
    run_ids = list(session.scalars(runs))
    if not run_ids:
        return None
    total, done = _counted(session, run_ids)
    return Refreshing(done=done, total=total)


def _has(stage: str) -> ColumnElement[bool]:
    return exists().where(JobRow.run_id == RunRow.id, JobRow.stage == stage)


def _counted(session: Session, run_ids: Sequence[str]) -> Iterator[int]:
    ended = JobRow.state.not_in(UNFINISHED)
    of_runs = JobRow.run_id.in_(run_ids)
    for condition in (JobRow.stage == STAGE, (JobRow.stage == "provenance") & ended):
        query = select(func.count(JobRow.scope.distinct())).where(of_runs, condition)
        yield session.scalar(query) or 0
