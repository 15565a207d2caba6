"""Where jobs wait: what routes them to their queues, and how many are in each state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from store.catalog.catalog import Catalog
from store.catalog.records import JobLoad, JobState
from store.catalog.tables import JobRow

_MOST_IDS: Final = 5_000
_HEAD_CHARS: Final = len("internal-only.")
"""A build's subject begins with its tier."""


def job_steps(catalog: Catalog, job_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return stage and subject of jobs, by id; without those that are not there."""
    columns = select(JobRow.id, JobRow.stage, JobRow.subject)
    # Databases take tens of thousands of parameters in a statement, and a run may begin with more.
    starts = range(0, len(job_ids), _MOST_IDS)
    queries = [columns.where(JobRow.id.in_(job_ids[at : at + _MOST_IDS])) for at in starts]

    def read(session: Session) -> dict[str, tuple[str, str]]:
        rows = (row for query in queries for row in session.execute(query))
        return {job_id: (stage, subject) for job_id, stage, subject in rows}

    return catalog.database.read(read)


def job_loads(catalog: Catalog) -> list[JobLoad]:
    """Return how many jobs that are not done there are, by stage and state; of builds by tier."""
    head = case((JobRow.stage == "build", func.substr(JobRow.subject, 1, _HEAD_CHARS)), else_="")
    query = (
        select(JobRow.stage, head, JobRow.state, func.count(), func.min(JobRow.created_at))
        .where(JobRow.state != JobState.DONE.value)
        .group_by(JobRow.stage, head, JobRow.state)
    )

    def read(session: Session) -> list[JobLoad]:
        return [
            JobLoad(stage=stage, subject=subject, state=JobState(state), count=count, oldest=since)
            for stage, subject, state, count, since in session.execute(query)
        ]

    return catalog.database.read(read)
