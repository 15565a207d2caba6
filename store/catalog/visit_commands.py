"""The git commands of visits, as a person may read them."""

from __future__ import annotations

import shlex
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ingest.domain.repository import GitCommand, Visit
from store.catalog.database import Database
from store.catalog.tables import VisitRow
from store.catalog.tables_hosts import VisitCommandRow

KEPT_VISITS: Final = 20
"""Visits of a repository whose commands are kept."""


def keep_commands(session: Session, visit_id: str, visit: Visit) -> None:
    """Write the commands of a new visit, and drop those of visits long past."""
    rows = [
        {
            "visit_id": visit_id,
            "position": position,
            "command": shlex.join(("git", *command.argv)),
            "returncode": command.returncode,
            "milliseconds": command.milliseconds,
            "message": command.message,
        }
        for position, command in enumerate(visit.commands)
    ]
    if rows:
        session.execute(insert(VisitCommandRow), rows)
    past = select(VisitRow.id).where(VisitRow.repository_id == visit.repository_id)
    past = past.order_by(VisitRow.generation.desc()).offset(KEPT_VISITS)
    old = list(session.scalars(past.limit(KEPT_VISITS)))
    if old:
        session.execute(delete(VisitCommandRow).where(VisitCommandRow.visit_id.in_(old)))


def list_commands(database: Database, visit_id: str) -> list[GitCommand]:
    """Return the commands of a visit, in order; none where they are no longer kept."""
    query = select(VisitCommandRow).where(VisitCommandRow.visit_id == visit_id)
    query = query.order_by(VisitCommandRow.position)
    return database.read(lambda s: [_command(row) for row in s.scalars(query)])


def _command(row: VisitCommandRow) -> GitCommand:
    return GitCommand(
        argv=tuple(shlex.split(row.command)[1:]),
        returncode=row.returncode,
        milliseconds=row.milliseconds,
        message=row.message,
    )
