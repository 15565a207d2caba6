"""What discovery saw: under which number a host knows a repository that is registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.polls import dialect_insert
from store.catalog.tables_hosts import FoundRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A registered repository as its host knows it."""

    remote_id: str
    repository_id: str
    full_name: str


class FoundBook:
    """Keeps what discovery saw; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def list_all(self, source: str) -> list[FoundRecord]:
        """Return what was ever seen in a source, by number."""
        query = select(FoundRow).where(FoundRow.source == source).order_by(FoundRow.remote_id)
        return self._database.read(
            lambda s: [
                FoundRecord(
                    remote_id=row.remote_id,
                    repository_id=row.repository_id,
                    full_name=row.full_name,
                )
                for row in s.scalars(query)
            ]
        )

    def save(self, source: str, records: Sequence[FoundRecord]) -> None:
        """Write under which number a source has each repository; a later word replaces it."""
        now = self._clock()
        rows = [
            {
                "source": source,
                "remote_id": record.remote_id,
                "repository_id": record.repository_id,
                "full_name": record.full_name,
                "seen_at": now,
            }
            for record in sorted(records, key=lambda r: r.remote_id)
        ]
        if not rows:
            return

        def transaction(session: Session) -> None:
            for row in rows:
                statement = dialect_insert(session)(FoundRow).values(**row)
                change = {name: row[name] for name in ("repository_id", "full_name", "seen_at")}
                keys = [FoundRow.source, FoundRow.remote_id]
                session.execute(statement.on_conflict_do_update(index_elements=keys, set_=change))

        self._database.write(transaction)
