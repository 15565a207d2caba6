"""The catalog: repositories with their rights, the visits paid to them, and the runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from ingest.domain.repository import Repository, RightsBasis, Visit, VisitStatus
from ingest.errors import InputError, RegistrationRefused
from store.catalog.database import Database
from store.catalog.ids import checked_ids, derived_id, fresh_id
from store.catalog.records import RepositoryState, Run, RunState, VisitRecord
from store.catalog.schema import upgrade_schema
from store.catalog.tables import RepositoryRow, RunRow, VisitRow
from store.catalog.visit_commands import keep_commands

_GOOD = (VisitStatus.FULL.value, VisitStatus.PARTIAL.value)


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


_CHANGES: Final = """
    SELECT (SELECT count(*) FROM repositories), (SELECT coalesce(max(seq), 0) FROM audit)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What tells that a catalog is as it was."""

    repositories: int
    """How many are registered."""
    last_entry: int
    """Number of the last entry of the audit chain; 0 where there is none."""


class Catalog:
    """Repositories, visits and runs in a SQL database; also a `RepositoryRegistry`.

    Every method is one transaction and raises `ResourceExhausted` when the database stays away.

    Raises:
        ConfigurationError: the URL names neither a SQLite file nor PostgreSQL.
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime] = utc_now) -> None:
        """Take the SQLAlchemy URL and the clock of `created_at`; nothing is opened yet."""
        self.database = Database(url)
        self._clock = clock

    def upgrade(self) -> None:
        """Bring the database to this version's schema.

        Raises:
            ConfigurationError: it was written by a newer version.
        """
        upgrade_schema(self.database)

    def close(self) -> None:
        """Close idle connections; the catalog stays usable."""
        self.database.close()

    # repositories

    def list_repositories(self) -> list[Repository]:
        """Return all, sorted by name and id."""
        query = select(RepositoryRow).order_by(RepositoryRow.name, RepositoryRow.id)
        found = self.database.read(lambda s: [repository_of(row) for row in s.scalars(query)])
        # Databases collate differently; the order of the code points is the same everywhere.
        return sorted(found, key=lambda r: (r.name, r.id))

    def count_repositories(self) -> int:
        """Return how many there are."""
        return self.database.read(lambda s: s.scalar(select(func.count(RepositoryRow.id)))) or 0

    def changes(self) -> Changes:
        """Return what is another whenever anybody registers, says or takes away anything. Cheap."""
        repositories, last = self.database.row(_CHANGES)
        return Changes(repositories=repositories, last_entry=last)

    def find_by_id(self, repository_id: str) -> Repository | None:
        """Return the repository of this id."""
        return self._find(select(RepositoryRow).where(RepositoryRow.id == repository_id))

    def find_by_url(self, canonical_url: str) -> Repository | None:
        """Return the repository registered under this canonical URL or, failing that, identity."""
        is_named = or_(RepositoryRow.url == canonical_url, RepositoryRow.identity == canonical_url)
        exact_first = (RepositoryRow.url == canonical_url).desc()
        return self._find(select(RepositoryRow).where(is_named).order_by(exact_first).limit(1))

    def save_repository(self, repository: Repository, *, identity: str = "") -> None:
        """Insert, or replace the rights of the same id; state and identity stay as they are.

        `identity` is what all URLs of one repository have in common; empty: its URL.

        Raises:
            RegistrationRefused: another repository has this URL or identity.
        """
        self.database.write(lambda s: save_stated(s, repository, self._clock(), identity))

    def set_state(self, repository_id: str, state: RepositoryState, reason: str) -> None:
        """Quarantine a repository or take it back; the corpus holds active ones only.

        Raises:
            InputError: no such repository.
        """
        self.database.write(lambda s: set_state(s, repository_id, state, reason))

    def repository_state(self, repository_id: str) -> tuple[RepositoryState, str] | None:
        """Return state and reason of a repository."""
        query = select(RepositoryRow).where(RepositoryRow.id == repository_id)
        row = self.database.read(lambda s: s.scalar(query))
        return None if row is None else (RepositoryState(row.state), row.reason)

    def _find(self, query: Any) -> Repository | None:  # noqa: ANN401 - a select of any shape
        row = self.database.read(lambda s: s.scalar(query))
        return None if row is None else repository_of(row)

    # visits

    def add_visit(self, visit: Visit) -> str:
        """Write a visit and return its id; the same visit again changes nothing.

        A visit is the same when repository and start are.

        Raises:
            InputError: the repository is not registered.
        """
        return self.database.write(lambda s: _add_visit(s, visit))

    def find_visit(self, visit_id: str) -> VisitRecord | None:
        """Return a visit by id."""
        return self._visit(VisitRow.id == visit_id)

    def latest_visit(self, repository_id: str) -> Visit | None:
        """Return the newest visit, however it ended."""
        found = self._visit(VisitRow.repository_id == repository_id)
        return None if found is None else found.visit

    def last_visits(self, repository_id: str, limit: int) -> list[VisitRecord]:
        """Return the newest visits, however they ended, newest first."""
        query = select(VisitRow).where(VisitRow.repository_id == repository_id)
        query = query.order_by(VisitRow.generation.desc()).limit(limit)
        return self.database.read(lambda s: [visit_of(row) for row in s.scalars(query)])

    def latest_snapshot(self, repository_id: str) -> VisitRecord | None:
        """Return the newest full or partial visit that has a snapshot: the last good state."""
        return self._visit(
            VisitRow.repository_id == repository_id,
            VisitRow.status.in_(_GOOD),
            VisitRow.snapshot_key.is_not(None),
        )

    def set_snapshot(self, visit_id: str, key: str) -> None:
        """Name the snapshot artefact of a visit.

        Raises:
            InputError: there is no such visit.
        """
        change = (
            update(VisitRow)
            .where(VisitRow.id == visit_id)
            .values(snapshot_key=key)
            .returning(VisitRow.id)
        )
        if self.database.write(lambda s: s.scalar(change)) is None:
            raise InputError(f"There is no visit {visit_id}.")

    def corpus(self, repository_id: str | None = None) -> dict[str, str]:
        """Return repository id to snapshot key of every active repository that has one, or one."""
        query = (
            select(VisitRow.repository_id, VisitRow.snapshot_key)
            .join(RepositoryRow, RepositoryRow.id == VisitRow.repository_id)
            .where(
                RepositoryRow.state == RepositoryState.ACTIVE.value,
                VisitRow.status.in_(_GOOD),
                VisitRow.snapshot_key.is_not(None),
            )
            .order_by(VisitRow.generation)
        )
        if repository_id is not None:
            query = query.where(VisitRow.repository_id == repository_id)
        rows = self.database.read(lambda s: s.execute(query).all())
        newest = {repository_id: key for repository_id, key in rows if key is not None}
        return dict(sorted(newest.items()))

    def _visit(self, *conditions: Any) -> VisitRecord | None:  # noqa: ANN401 - SQL conditions
        query = select(VisitRow).where(*conditions).order_by(VisitRow.generation.desc()).limit(1)
        row = self.database.read(lambda s: s.scalar(query))
        return None if row is None else visit_of(row)

    # runs

    def add_run(self, kind: str, params: Mapping[str, Any]) -> str:
        """Start a run (kind ``sync`` or ``release``) and return its id.

        Raises:
            ValueError: `params` holds anything but identifiers and numbers.
        """
        run_id, now, checked = fresh_id("run"), self._clock(), checked_ids(params)
        self.database.write(lambda s: insert_run(s, run_id, kind, checked, now))
        return run_id

    def find_run(self, run_id: str) -> Run | None:
        """Return a run by id."""
        row = self.database.read(lambda s: s.get(RunRow, run_id))
        return None if row is None else run_of(row)

    def list_runs(self, limit: int = 20) -> list[Run]:
        """Return the newest runs, newest first."""
        query = select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id).limit(limit)
        return self.database.read(lambda s: [run_of(row) for row in s.scalars(query)])

    def run_tiers(self, run_id: str) -> list[str]:
        """Return the tiers that a run is to build: its parameter ``tiers``."""
        run = self.find_run(run_id)
        return [] if run is None else list(run.params.get("tiers", ()))


def insert_run(
    session: Session, run_id: str, kind: str, params: Mapping[str, Any], now: datetime
) -> None:
    """Insert a run. A transaction that runs again finds the row that was kept after all."""
    if session.get(RunRow, run_id) is None:
        values = {"kind": kind, "params": dict(params), "created_at": now}
        session.execute(insert(RunRow).values(id=run_id, state=RunState.RUNNING.value, **values))


def _add_visit(session: Session, visit: Visit) -> str:
    # The repository's row is the lock under which generations are counted.
    owner = select(RepositoryRow.id).where(RepositoryRow.id == visit.repository_id)
    if session.scalar(owner.with_for_update()) is None:
        raise InputError(f"There is no repository {visit.repository_id}.")
    of_repository = VisitRow.repository_id == visit.repository_id
    same = select(VisitRow.id).where(of_repository, VisitRow.started_at == visit.started_at)
    known = session.scalar(same)
    if known is not None:
        return known
    newest = select(VisitRow.generation).where(of_repository)
    generation = (session.scalar(newest.order_by(VisitRow.generation.desc()).limit(1)) or 0) + 1
    visit_id = derived_id("visit", visit.repository_id, generation)
    values = asdict(replace(visit, commands=())) | {"status": visit.status.value}
    del values["commands"]
    session.execute(insert(VisitRow).values(id=visit_id, generation=generation, **values))
    keep_commands(session, visit_id, visit)
    return visit_id


def repository_of(row: RepositoryRow) -> Repository:
    """Return a row as the noun."""
    return Repository(
        id=row.id,
        url=row.url,
        name=row.name,
        owner=row.owner,
        rights_basis=RightsBasis(row.rights_basis),
        license=row.license,
        release_consent=row.release_consent,
        consent_until=row.consent_until,
        evidence=row.evidence,
        credential=row.credential,
    )


def visit_of(row: VisitRow) -> VisitRecord:
    """Return a row as a record."""
    visit = Visit(
        repository_id=row.repository_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        status=VisitStatus(row.status),
        cause=row.cause,
        head_commit=row.head_commit,
        branch=row.branch,
        refs_digest=row.refs_digest,
        ref_count=row.ref_count,
        problem=row.problem,
    )
    return VisitRecord(
        id=row.id, generation=row.generation, snapshot_key=row.snapshot_key, visit=visit
    )


def run_of(row: RunRow) -> Run:
    """Return a row as a record."""
    return Run(
        id=row.id,
        kind=row.kind,
        params=row.params,
        state=RunState(row.state),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def save_stated(session: Session, repository: Repository, at: datetime, identity: str = "") -> None:
    """Do `Catalog.save_repository` inside a caller's transaction; `at` is its `created_at`."""
    values = asdict(repository) | {"rights_basis": repository.rights_basis.value}
    if identity:
        values["identity"] = identity
    identity = values.get("identity", values["url"])
    same = or_(
        RepositoryRow.url.in_((values["url"], identity)),
        RepositoryRow.identity.in_((values["url"], identity)),
    )
    others = select(RepositoryRow.id).where(same, RepositoryRow.id != values["id"])
    if session.scalar(others.limit(1)) is not None:
        raise RegistrationRefused(f"{values['url']} is registered under another id.")
    if session.get(RepositoryRow, values["id"]) is not None:
        session.execute(
            update(RepositoryRow).where(RepositoryRow.id == values["id"]).values(**values)
        )
        return
    fresh = {"identity": identity, "created_at": at}
    state = {"state": RepositoryState.ACTIVE.value, "reason": ""}
    session.execute(insert(RepositoryRow).values(**(fresh | state | values)))


def replace_stated(session: Session, before: Repository, after: Repository, at: datetime) -> bool:
    """Replace what is stated of a repository if it still is `before`; tell whether it was."""
    query = select(RepositoryRow).where(RepositoryRow.id == before.id).with_for_update()
    row = session.scalar(query)
    if row is None or repository_of(row) != before:
        return False
    save_stated(session, after, at)
    return True


def set_state(session: Session, repository_id: str, state: RepositoryState, reason: str) -> None:
    """Do `Catalog.set_state` inside a caller's transaction."""
    change = (
        update(RepositoryRow)
        .where(RepositoryRow.id == repository_id)
        .values(state=state.value, reason=reason)
        .returning(RepositoryRow.id)
    )
    if session.scalar(change) is None:
        raise InputError(f"There is no repository {repository_id}.")
