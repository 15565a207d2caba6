"""Fan-in by counting rows: a job that waits for others is added once none of them is left.

Every change by which a job ends, and every count of what is left, is made under the lock of the
run's row (on SQLite: of the file). So of two jobs that end at once, the second one sees the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.catalog.records import JobSpec, JobState, RunState
from store.catalog.tables import JobRow, RunRow

UNFINISHED: Final = (JobState.READY.value, JobState.RUNNING.value)
_ROWS_PER_STATEMENT: Final = 500
"""SQLite takes 32,766 parameters in a statement (limits.html, SQLITE_MAX_VARIABLE_NUMBER)."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A job that waits for all jobs of some stages."""

    awaits: tuple[str, ...]
    scope: str | None
    """Repository whose jobs are awaited; None: those of the whole run."""
    spec: JobSpec


def lock_runs(session: Session, run_ids: Iterable[str]) -> None:
    """Hold the rows of some runs until the transaction ends; always before a row of a job."""
    query = select(RunRow.id).where(RunRow.id.in_(sorted(set(run_ids)))).order_by(RunRow.id)
    session.execute(query.with_for_update(key_share=True)).all()


def count_unfinished(
    session: Session, run_id: str, stages: Sequence[str] | None, scope: str | None
) -> int:
    """Return how many jobs of a run are ready or running; None: of all stages, of all scopes."""
    query = select(func.count()).where(JobRow.run_id == run_id, JobRow.state.in_(UNFINISHED))
    if stages is not None:
        query = query.where(JobRow.stage.in_(stages))
    if scope is not None:
        query = query.where(JobRow.scope == scope)
    return session.scalar(query) or 0


def add_all_finished(
    session: Session, run_id: str, barriers: Iterable[Barrier], *, now: datetime
) -> list[str]:
    """Add the jobs of those barriers for which no awaited job is left; return the new ids.

    They are judged in order, so that a job which one adds keeps later ones shut; those of one
    stage, a repository each, by one question for all of them.
    """
    lock_runs(session, [run_id])
    if not _has_jobs(session, run_id):
        return []  # its first jobs are not added yet
    added: list[str] = []
    for (awaits, _stage, is_scoped), found in groupby(barriers, key=_kind_of):
        specs = {barrier.scope: barrier.spec for barrier in found}
        if is_scoped:
            waiting = _waiting_scopes(session, run_id, awaits, specs)
            open_ = [spec for scope, spec in specs.items() if scope not in waiting]
        else:
            open_ = [] if _is_waiting(session, run_id, awaits) else list(specs.values())
        added += insert_new_jobs(session, _unknown(session, open_), now=now)
    return added


def _kind_of(barrier: Barrier) -> tuple[tuple[str, ...], str, bool]:
    return barrier.awaits, barrier.spec.stage, barrier.scope is not None


def _is_waiting(session: Session, run_id: str, stages: Sequence[str]) -> bool:
    left = exists().where(
        JobRow.run_id == run_id, JobRow.stage.in_(stages), JobRow.state.in_(UNFINISHED)
    )
    return bool(session.scalar(select(left)))


def _waiting_scopes(
    session: Session, run_id: str, stages: Sequence[str], scopes: Collection[str | None]
) -> set[str]:
    """Return the scopes of which a job of some stages is left."""
    query = (
        select(JobRow.scope)
        .distinct()
        .where(JobRow.run_id == run_id, JobRow.stage.in_(stages), JobRow.state.in_(UNFINISHED))
    )
    if len(scopes) == 1:
        query = query.where(JobRow.scope.in_(scopes))
    return set(session.scalars(query))


def _unknown(session: Session, specs: Sequence[JobSpec]) -> list[JobSpec]:
    """Return the specs of which there is no job yet."""
    if not specs:
        return []
    query = select(JobRow.id).where(
        JobRow.run_id == specs[0].run_id, JobRow.stage == specs[0].stage
    )
    if len(specs) == 1:
        query = query.where(JobRow.id == specs[0].id)
    known = set(session.scalars(query))
    return [spec for spec in specs if spec.id not in known]


def add_when_finished(
    session: Session, run_id: str, barrier: Barrier, *, now: datetime
) -> list[str]:
    """Add the barrier's job if no awaited job is left; return its id if it is new.

    Belongs into the transaction in which an awaited job ends, see `JobQueue.complete`.
    """
    lock_runs(session, [run_id])
    if not _has_jobs(session, run_id):
        return []  # its first jobs are not added yet
    if count_unfinished(session, run_id, barrier.awaits, barrier.scope):
        return []
    return insert_new_jobs(session, [barrier.spec], now=now)


def insert_new_jobs(session: Session, specs: Sequence[JobSpec], *, now: datetime) -> list[str]:
    """Insert the jobs whose key is new and return their ids, in the order given."""
    rows = [_new_row(spec, now) for spec in {spec.key: spec for spec in specs}.values()]
    # One order for all writers: two that insert the same keys cannot wait for each other.
    rows.sort(key=lambda row: str(row["id"]))
    added: set[str] = set()
    dialect = session.get_bind().dialect.name
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = insert(JobRow).values(chunk).on_conflict_do_nothing().returning(JobRow.id)
        added.update(session.execute(statement).scalars())
    if added:
        reopen_runs(session, {spec.run_id for spec in specs if spec.id in added})
    return [spec.id for spec in dict.fromkeys(specs) if spec.id in added]


def finish_run(session: Session, run_id: str, now: datetime) -> bool:
    """End the run, under its lock, if none of its jobs is left; tell whether it has ended."""
    left = exists().where(JobRow.run_id == run_id, JobRow.state.in_(UNFINISHED))
    if not _has_jobs(session, run_id) or session.scalar(select(left)):
        return False
    parked = exists().where(JobRow.run_id == run_id, JobRow.state == JobState.PARKED.value)
    state = RunState.FAILED if session.scalar(select(parked)) else RunState.DONE
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id, RunRow.state == RunState.RUNNING.value)
        .values(state=state.value, finished_at=now)
    )
    return True


def reopen_runs(session: Session, run_ids: Iterable[str]) -> None:
    """Let runs that had ended go on: a job was added, or taken up again."""
    session.execute(
        update(RunRow)
        .where(RunRow.id.in_(sorted(set(run_ids))), RunRow.state != RunState.RUNNING.value)
        .values(state=RunState.RUNNING.value, finished_at=None)
    )


def _has_jobs(session: Session, run_id: str) -> bool:
    return bool(session.scalar(select(exists().where(JobRow.run_id == run_id))))


def _new_row(spec: JobSpec, now: datetime) -> dict[str, Any]:
    return {
        "id": spec.id,
        "key": spec.key,
        "run_id": spec.run_id,
        "stage": spec.stage,
        "scope": spec.scope,
        "subject": spec.subject,
        "state": JobState.READY.value,
        "attempt": 0,
        "deaths": 0,
        "fence": 0,
        "reason": "",
        "progress_done": 0,
        "progress_total": 0,
        "created_at": now,
    }
