"""Visits that wait for a host."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from store.catalog.catalog import Catalog
from store.catalog.polls import is_of_host
from store.catalog.records import JobState
from store.catalog.tables import JobRow, RepositoryRow


def wake_visits(catalog: Catalog, host: str) -> int:
    """Let every waiting visit of a host be due now; return how many."""
    change = update(JobRow).where(*_waiting(host), JobRow.not_before.is_not(None))
    done = change.values(not_before=None).returning(JobRow.id)
    return catalog.database.write(lambda s: len(list(s.scalars(done))))


def count_waiting(catalog: Catalog, host: str) -> int:
    """Return how many visits of a host are to be made and are not running."""
    query = select(func.count()).select_from(JobRow).where(*_waiting(host))
    return catalog.database.read(lambda s: s.scalar(query) or 0)


def _waiting(host: str) -> tuple[Any, ...]:
    of_host = select(RepositoryRow.id).where(is_of_host(host))
    is_ready = JobRow.state == JobState.READY.value
    return is_ready, JobRow.stage == "mirror", JobRow.scope.in_(of_host)
