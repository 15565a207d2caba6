"""An in-memory DuckDB that can reach nothing outside itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    # Every result that leaves is ordered explicitly; insertion order only costs memory.
    "preserve_insertion_order": "false",
    # To divide by zero fails, as to overflow does, and is not infinite: `policies.unanswered` has
    # one way for both.
    "error_on_division_by_zero": "true",
    "ieee_floating_point_ops": "false",
    # What several expressions share would be worked out before them, outside the TRY of each.
    "disabled_optimizers": "common_subexpressions",
    "lock_configuration": "true",
}

_ENGINES: dict[int, duckdb.DuckDBPyConnection] = {}
"""By process id: to start an engine costs as much as all queries over a small corpus, and one that
was started before a fork has no threads in the child. It is not even closed there."""
_MOST_DOSSIERS = 4
_DOSSIERS: dict[tuple[int, str], duckdb.DuckDBPyConnection] = {}
"""By process id and file: the engines that were used last, for the same reason."""


@contextmanager
def open_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database without files, network, extensions or access to Python variables.

    The configuration is locked, so no statement can open it again. What is registered, and what
    is made as TEMP, is seen by this connection alone and is gone with it.
    """
    process = os.getpid()
    if process not in _ENGINES:
        _ENGINES[process] = duckdb.connect(":memory:", config=_CONFIG)
    with _ENGINES[process].cursor() as connection:
        yield connection


@contextmanager
def open_dossier(path: Path, view: str = "dossier") -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database with a view of a Parquet file; it reads no other.

    What is registered, and what is made as TEMP, is gone with the connection.
    """
    mark = (os.getpid(), str(path))
    known: duckdb.DuckDBPyConnection | None = _DOSSIERS.pop(mark, None)
    engine = _reader_of(path) if known is None else known
    # Put in anew, so that the one that was used last is the last.
    _DOSSIERS[mark] = engine
    for old in [m for m in list(_DOSSIERS) if m[0] == mark[0]][:-_MOST_DOSSIERS]:
        # Connections that are open keep it; it ends with the last of them.
        _DOSSIERS.pop(old, None)
    with engine.cursor() as connection:
        connection.execute(f"CREATE TEMP VIEW {view} AS FROM read_parquet({_quoted(path)})")
        yield connection


def _reader_of(path: Path) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(":memory:")
    engine.execute(f"SET allowed_paths = [{_quoted(path)}]")
    for name, value in _CONFIG.items():
        engine.execute(f"SET {name} = '{value}'")
    return engine


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
