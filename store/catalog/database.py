"""One process's connection to the catalog's database: SQLite by default, PostgreSQL by psycopg 3.

A transaction is a function of a session, so that it can be run again when the database asks for
it. SQLite does not survive a fork with an open connection (its lock table is copied and the
copy believes in locks that the child does not hold), so forks wait for open transactions and
close idle connections first.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from ingest.errors import ConfigurationError, ResourceExhausted

Result = TypeVar("Result")

MAX_TRIES: Final = 5
_BUSY_TIMEOUT_MS: Final = 10_000
_FIRST_PAUSE_SECONDS: Final = 0.05
_WRITES: Final = "is_write"
_AGAIN_STATES: Final = ("40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300")
"""Serialization, deadlock, lock; shutdown, crash, start-up; connections (PostgreSQL, table A.1)."""
_CONNECTION_CLASS: Final = "08"

_FORK_GUARD = threading.RLock()
_SQLITE_ENGINES: weakref.WeakSet[Engine] = weakref.WeakSet()


def _close_before_fork() -> None:
    _FORK_GUARD.acquire()
    for engine in list(_SQLITE_ENGINES):
        engine.dispose()


os.register_at_fork(
    before=_close_before_fork,
    after_in_parent=_FORK_GUARD.release,
    after_in_child=_FORK_GUARD.release,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engines:
    """One pool of connections, and how they are used."""

    plain: Engine
    writing: Engine
    reading: Engine
    still: Engine


class Database:
    """Runs functions of a session as transactions; safe to share between threads and forks.

    Raises:
        ConfigurationError: the URL names neither a SQLite file nor PostgreSQL.
    """

    def __init__(self, url: str) -> None:
        """Keep the URL; nothing is opened before the first transaction."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            self._url = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() == "sqlite" and parsed.database not in (
            None,
            "",
            ":memory:",
        ):
            self._url = parsed.set(drivername="sqlite+pysqlite")
        else:
            raise ConfigurationError(
                f"A catalog cannot be kept in {parsed.render_as_string(hide_password=True)}.",
                hint="Give a sqlite:/// file or a postgresql:// URL.",
            )
        # An engine of another process is kept and never touched: to collect it would close
        # connections that belong to the parent.
        self._engines: dict[int, _Engines] = {}

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is a SQLite file."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> Engine:
        """Engine of this process, made on first use and again after a fork."""
        return self._of_process.plain

    @property
    def _of_process(self) -> _Engines:
        engines = self._engines.get(os.getpid())
        # `setdefault` decides between threads; the engine that loses has opened nothing.
        return engines or self._engines.setdefault(os.getpid(), self._make_engines())

    def write(self, transaction: Callable[[Session], Result]) -> Result:
        """Run a function in a write transaction; again, up to 5 times, when the database asks.

        The function must be harmless when it runs twice: where a connection breaks during the
        commit, nobody can tell whether the first run was kept.

        Raises:
            ResourceExhausted: the database stayed busy or away, or its disk is full.
        """
        return self._run(transaction, self._of_process.writing)

    def read(self, query: Callable[[Session], Result]) -> Result:
        """Run a function that reads, with the same retries; each statement sees its own moment.

        PostgreSQL isolates statements alone where nobody asks for more (READ COMMITTED), so there
        is no transaction around them, which would be two more messages there and back.
        """
        return self._run(query, self._of_process.reading)

    def read_one_moment(self, query: Callable[[Session], Result]) -> Result:
        """Run a function that reads, with the same retries; all its statements see one moment."""
        return self._run(query, self._of_process.still)

    def close(self) -> None:
        """Close this process's idle connections; the next transaction opens a new one."""
        engines = self._engines.pop(os.getpid(), None)
        if engines is not None:
            engines.plain.dispose()

    def row(self, statement: str) -> Sequence[Any]:
        """Return the one row of a statement that reads, with the same retries. Cheap.

        It is sent by itself: no transaction around it, and no object for what it finds.
        """
        engine = self._of_process.reading

        def ask() -> Sequence[Any]:
            with self._guard(), engine.connect() as connection:
                return connection.exec_driver_sql(statement).one()

        return self._persist(ask)

    def _run(self, function: Callable[[Session], Result], engine: Engine) -> Result:
        def once() -> Result:
            with self._guard(), Session(engine, expire_on_commit=False) as session:
                result = function(session)
                session.commit()
                return result

        return self._persist(once)

    def _persist(self, once: Callable[[], Result]) -> Result:
        for again in range(1, MAX_TRIES + 1):
            try:
                return once()
            except DBAPIError as error:
                if not _is_worth_another_try(error):
                    raise
            if again < MAX_TRIES:
                time.sleep(_FIRST_PAUSE_SECONDS * 2**again)
        raise ResourceExhausted(
            f"The catalog did not answer in {MAX_TRIES} tries.",
            hint="Check its disk, its server and its number of connections.",
        ) from None

    def _guard(self) -> AbstractContextManager[object]:
        return _FORK_GUARD if self.is_sqlite else nullcontext()

    def _make_engines(self) -> _Engines:
        # Parameters stay out of error texts; errors are logged, parameters are not.
        engine = create_engine(self._url, hide_parameters=True)
        if self.is_sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            with _FORK_GUARD:
                _SQLITE_ENGINES.add(engine)
        weakref.finalize(self, _dispose, engine, os.getpid())
        writing = engine.execution_options(**{_WRITES: True})
        if self.is_sqlite:  # there a transaction is one moment anyhow
            return _Engines(plain=engine, writing=writing, reading=engine, still=engine)
        return _Engines(
            plain=engine,
            writing=writing,
            reading=engine.execution_options(isolation_level="AUTOCOMMIT"),
            still=engine.execution_options(isolation_level="REPEATABLE READ"),
        )


def _dispose(engine: Engine, pid: int) -> None:
    """Close the idle connections of a catalog that nobody holds any more, in its own process."""
    if os.getpid() == pid:
        engine.dispose()


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.cursor().execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A read that turns into a write cannot wait for its turn, so writes say so at once.
    is_write = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def _is_worth_another_try(error: DBAPIError) -> bool:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)
    state = getattr(original, "sqlstate", None)
    if state is None:
        return error.connection_invalidated or type(original).__name__ == "OperationalError"
    return state in _AGAIN_STATES or state.startswith(_CONNECTION_CLASS)
