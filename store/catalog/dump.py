"""The rows of the catalog as text, and back: between versions of one schema, on any database.

One file a table, none for logins and work under way; one JSON object a row, in the order of the
primary key: the same rows give the same bytes, whichever database they stood in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Date, Integer, Table, func, insert, select, text
from sqlalchemy.orm import Session

from ingest.errors import InputError
from store.catalog.catalog import Catalog
from store.catalog.tables import Base, UtcDateTime

_ROWS_AT_ONCE: Final = 1000
_SUFFIX: Final = ".jsonl"
_PASSING: Final = frozenset(
    {"answers", "errands", "fetches", "login_failures", "login_links", "sessions"}
)
"""Tables of what is over by the time a copy is needed; a login that was ended stays ended."""


def dump_catalog(catalog: Catalog, folder: Path) -> dict[str, int]:
    """Write every table as of one moment; return how many rows each has.

    Raises:
        ResourceExhausted: the database stayed away.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def query(session: Session) -> dict[str, int]:
        return {table.name: _dump_table(session, table, folder) for table in _tables()}

    return catalog.database.read_one_moment(query)


def load_catalog(catalog: Catalog, folder: Path) -> dict[str, int]:
    """Fill an empty catalog in one transaction; return how many rows each table got.

    Raises:
        InputError: the catalog has rows, or a row does not fit its table.
    """

    def transaction(session: Session) -> dict[str, int]:
        for table in Base.metadata.sorted_tables:
            if session.execute(select(table).limit(1)).first() is not None:
                raise InputError(
                    "The catalog is not empty.", hint="Restore into a new home or database."
                )
        counts = {table.name: _load_table(session, table, folder) for table in _tables()}
        if not catalog.database.is_sqlite:
            _advance_sequences(session)
        return counts

    return catalog.database.write(transaction)


def _tables() -> list[Table]:
    """Return every table of what lasts, one that others refer to before these."""
    return [table for table in Base.metadata.sorted_tables if table.name not in _PASSING]


def _dump_table(session: Session, table: Table, folder: Path) -> int:
    count = 0
    rows = session.execute(
        select(table).order_by(*table.primary_key),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    # Whose folder it is may have said who else reads in it.
    path = folder / f"{table.name}{_SUFFIX}"
    path.touch(0o600)
    with path.open("w", encoding="utf-8") as file:
        for row in rows.mappings():
            line = {column.name: _as_json(row[column.name]) for column in table.columns}
            file.write(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n")
            count += 1
    return count


def _load_table(session: Session, table: Table, folder: Path) -> int:
    count, waiting = 0, []
    for values in _read_rows(table, folder / f"{table.name}{_SUFFIX}"):
        waiting.append(values)
        count += 1
        if len(waiting) == _ROWS_AT_ONCE:
            session.execute(insert(table), waiting)
            waiting = []
    if waiting:
        session.execute(insert(table), waiting)
    return count


def _read_rows(table: Table, file: Path) -> Iterator[dict[str, Any]]:
    columns = {column.name: column for column in table.columns}
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            raw = json.loads(line)
            if raw.keys() != columns.keys():
                raise InputError(f"{file.name}, line {number}: another table's columns.")
            yield {name: _from_json(value, columns[name].type) for name, value in raw.items()}


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, (datetime, date)) else value


def _from_json(value: Any, kind: object) -> Any:  # noqa: ANN401 - what a column holds
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _advance_sequences(session: Session) -> None:
    """Let PostgreSQL number on after the rows that brought their numbers along."""
    for table in _tables():
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer):
            continue
        sequence = session.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        )
        newest = session.scalar(select(func.max(column)))
        if sequence is not None and newest is not None:
            session.execute(select(func.setval(sequence, newest)))
