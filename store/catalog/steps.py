"""Steps of what people say: written once, and only on the version that was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from ingest.errors import Conflict
from policies.decision import Lane
from policies.model import Policy
from policies.review import Bench
from store.catalog.database import Database
from store.catalog.reviewers import active_names
from store.catalog.tables import Base

Said = TypeVar("Said")


def write_step(
    database: Database,
    event: tuple[type[Base], str],
    find: Callable[[Session], Said | None],
    step: Callable[[Session], Said],
) -> Said:
    """Run a step that writes an event, in one transaction, and return what it made.

    Args:
        database: where.
        event: table of the events, and the id under which the step writes its own.
        find: returns what the step is about.
        step: writes, and returns what it made.
    """
    table, event_id = event

    def transaction(session: Session) -> Said:
        done = session.get(table, event_id) is not None
        if done and (kept := find(session)) is not None:
            # The connection broke during the commit, and the first run was kept after all.
            return kept
        return step(session)

    return database.write(transaction)


def overwrite(
    session: Session,
    table: Any,  # noqa: ANN401 - any table with id and version
    seen: tuple[str, int],
    change: Mapping[str, object],
) -> None:
    """Change a row by id, if it has the version that was seen.

    Raises:
        Conflict: somebody moved it meanwhile.
    """
    name, version = seen
    statement = update(table).where(table.id == name, table.version == version)
    result = session.execute(statement.values(**change))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise Conflict(f"{name} was changed meanwhile; nothing was written.")


def bench_of(session: Session, policy: Policy, lane: Lane) -> Bench:
    """Return who decides in a lane, and how many of them have to agree."""
    return Bench(members=active_names(session, lane), quorum=policy.quorum(lane))
