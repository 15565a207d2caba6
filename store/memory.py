"""The catalog and the lake in memory, for tests: they pass the contract tests of the real ones.

Nothing is kept, and nothing is shared between processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from ingest.domain.repository import Repository, Visit, VisitStatus
from ingest.errors import ArtefactCorrupt, InputError, RegistrationRefused
from store import facts_index
from store.catalog.ids import checked_ids, derived_id
from store.catalog.records import RepositoryState, VisitRecord
from store.lake import SCHEMAS, check_name, check_table

_GOOD = (VisitStatus.FULL, VisitStatus.PARTIAL)


@dataclass(slots=True, kw_only=True)
class _Entry:
    repository: Repository
    identity: str
    state: RepositoryState = RepositoryState.ACTIVE
    reason: str = ""
    visits: list[VisitRecord] = field(default_factory=list)


class MemoryCatalog:
    """Repositories and visits as `store.catalog.Catalog` keeps them."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[str, _Entry] = {}
        self._runs: dict[str, dict[str, Any]] = {}

    def list_repositories(self) -> list[Repository]:
        """Return all, sorted by name and id."""
        found = (entry.repository for entry in self._entries.values())
        return sorted(found, key=lambda r: (r.name, r.id))

    def find_by_id(self, repository_id: str) -> Repository | None:
        """Return the repository of this id."""
        entry = self._entries.get(repository_id)
        return None if entry is None else entry.repository

    def find_by_url(self, canonical_url: str) -> Repository | None:
        """Return the repository registered under this canonical URL or, failing that, identity."""
        by_identity = None
        for entry in self._entries.values():
            if entry.repository.url == canonical_url:
                return entry.repository
            if entry.identity == canonical_url:
                by_identity = entry.repository
        return by_identity

    def save_repository(self, repository: Repository, *, identity: str = "") -> None:
        """Insert, or replace the rights of the same id; state and identity stay as they are.

        Raises:
            RegistrationRefused: another repository has this URL or identity.
        """
        names = {repository.url, identity or repository.url}
        for other in self._entries.values():
            is_other = other.repository.id != repository.id
            if is_other and names & {other.repository.url, other.identity}:
                raise RegistrationRefused(f"{repository.url} is registered under another id.")
        entry = self._entries.get(repository.id)
        if entry is None:
            entry = _Entry(repository=repository, identity=repository.url)
            self._entries[repository.id] = entry
        entry.repository = repository
        entry.identity = identity or entry.identity

    def set_state(self, repository_id: str, state: RepositoryState, reason: str) -> None:
        """Quarantine a repository or take it back.

        Raises:
            InputError: no such repository.
        """
        entry = self._entry(repository_id)
        entry.state, entry.reason = state, reason

    def repository_state(self, repository_id: str) -> tuple[RepositoryState, str] | None:
        """Return state and reason of a repository."""
        entry = self._entries.get(repository_id)
        return None if entry is None else (entry.state, entry.reason)

    def add_visit(self, visit: Visit) -> str:
        """Write a visit and return its id; the same visit again changes nothing.

        Raises:
            InputError: the repository is not registered.
            ValueError: a time has no zone.
        """
        if visit.started_at.utcoffset() is None or visit.finished_at.utcoffset() is None:
            msg = "a time without a zone is refused"
            raise ValueError(msg)
        visits = self._entry(visit.repository_id).visits
        for known in visits:
            if known.visit.started_at == visit.started_at:
                return known.id
        generation = len(visits) + 1
        visit_id = derived_id("visit", visit.repository_id, generation)
        visits.append(
            VisitRecord(id=visit_id, generation=generation, snapshot_key=None, visit=visit)
        )
        return visit_id

    def find_visit(self, visit_id: str) -> VisitRecord | None:
        """Return a visit by id."""
        visits = (v for entry in self._entries.values() for v in entry.visits)
        return next((v for v in visits if v.id == visit_id), None)

    def latest_visit(self, repository_id: str) -> Visit | None:
        """Return the newest visit, however it ended."""
        entry = self._entries.get(repository_id)
        return entry.visits[-1].visit if entry and entry.visits else None

    def latest_snapshot(self, repository_id: str) -> VisitRecord | None:
        """Return the newest full or partial visit that has a snapshot."""
        entry = self._entries.get(repository_id)
        good = [
            v for v in (entry.visits if entry else []) if v.snapshot_key and v.visit.status in _GOOD
        ]
        return good[-1] if good else None

    def set_snapshot(self, visit_id: str, key: str) -> None:
        """Name the snapshot artefact of a visit.

        Raises:
            InputError: there is no such visit.
        """
        for entry in self._entries.values():
            for index, visit in enumerate(entry.visits):
                if visit.id == visit_id:
                    entry.visits[index] = replace(visit, snapshot_key=key)
                    return
        raise InputError(f"There is no visit {visit_id}.")

    def corpus(self) -> dict[str, str]:
        """Return repository id to snapshot key of every active repository that has one."""
        found = {}
        for repository_id, entry in sorted(self._entries.items()):
            newest = self.latest_snapshot(repository_id)
            if entry.state is RepositoryState.ACTIVE and newest and newest.snapshot_key:
                found[repository_id] = newest.snapshot_key
        return found

    def add_run(self, kind: str, params: Mapping[str, Any]) -> str:
        """Start a run and return its id.

        Raises:
            ValueError: `params` holds anything but identifiers and numbers.
        """
        run_id = derived_id("run", kind, len(self._runs))
        self._runs[run_id] = checked_ids(params)
        return run_id

    def run_tiers(self, run_id: str) -> list[str]:
        """Return the tiers that a run is to build: its parameter ``tiers``."""
        return list(self._runs.get(run_id, {}).get("tiers", ()))

    def _entry(self, repository_id: str) -> _Entry:
        if repository_id not in self._entries:
            raise InputError(f"There is no repository {repository_id}.")
        return self._entries[repository_id]


class MemoryLake:
    """Artefacts as `store.lake.Lake` keeps them."""

    def __init__(self) -> None:
        """Start empty."""
        self._tables: dict[tuple[str, ...], dict[str, pa.Table]] = {}

    def exists(self, kind: str, key: str) -> bool:
        """Tell whether the artefact was written."""
        return check_name(key) in self._folder(check_name(kind))

    def keys(self, kind: str) -> list[str]:
        """Return the keys of a kind, sorted."""
        return sorted(self._folder(check_name(kind)))

    def write(self, kind: str, key: str, table: pa.Table) -> bool:
        """Write an artefact; return False, and change nothing, where there is one.

        Raises:
            ArtefactCorrupt: the table has not the schema of its kind, or lacks required values.
        """
        return self._put((check_name(kind),), key, table, SCHEMAS.get(kind))

    def read(
        self,
        kind: str,
        key: str,
        columns: Sequence[str] | None = None,
        schema: pa.Schema | None = None,
    ) -> pa.Table:
        """Read an artefact, or some of its columns.

        Raises:
            ArtefactCorrupt: it is missing, or has another schema.
        """
        table = self._folder(check_name(kind)).get(check_name(key))
        if table is None or (schema is not None and not table.schema.equals(schema)):
            raise ArtefactCorrupt(f"{key} is missing, or has another schema.")
        return table if columns is None else table.select(list(columns))

    def discard(self, kind: str, key: str) -> None:
        """Remove an artefact."""
        self._folder(check_name(kind)).pop(check_name(key), None)

    def write_facts(
        self, family: Family, ruleset_digest: str, batch_key: str, table: pa.Table
    ) -> bool:
        """Write what a family found in one batch; as `write`."""
        folder = ("facts", family.value, check_name(ruleset_digest))
        return self._put(folder, batch_key, table, facts_schema(family))

    def read_facts(
        self,
        family: Family,
        ruleset_digest: str,
        blob_ids: pa.Array | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return one row per (blob_id, suffix), sorted by both; the worst status counts."""
        schema = facts_schema(family)
        tables = self._facts(family, ruleset_digest)
        picks = facts_index.pick_rows(facts_index.number_rows(tables), blob_ids)
        parts = [tables[file].take(rows) for file, rows in picks.rows_by_file()]
        found = pa.concat_tables([schema.empty_table(), *parts]).take(picks.order())
        return found if columns is None else found.select(list(columns))

    def missing_units(self, units: pa.Table, family: Family, ruleset_digest: str) -> pa.Table:
        """Return the units (blob_id, suffix, size) that have no facts row, in their order."""
        known = facts_index.number_rows(self._facts(family, ruleset_digest))
        return units.take(facts_index.missing_rows(units, known))

    def _facts(self, family: Family, ruleset_digest: str) -> list[pa.Table]:
        folder = self._folder("facts", family.value, check_name(ruleset_digest))
        return [folder[key] for key in sorted(folder)]

    def _folder(self, *names: str) -> dict[str, pa.Table]:
        return self._tables.setdefault(names, {})

    def _put(
        self, folder: tuple[str, ...], key: str, table: pa.Table, schema: pa.Schema | None
    ) -> bool:
        tables = self._folder(*folder)
        if check_name(key) in tables:
            return False
        tables[key] = check_table(table, schema)
        return True
