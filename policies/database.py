"""An in-memory DuckDB that can reach nothing outside itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from policies.engines import Engines

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

_ENGINE: Final = Engines(1)
_DOSSIERS: Final = Engines(4)
"""By file."""


@contextmanager
def open_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database without files, network, extensions or access to Python variables.

    The configuration is locked, so no statement can open it again. What is registered, and what
    is made as TEMP, is seen by this connection alone and is gone with it.
    """
    with _ENGINE.connection("", lambda: duckdb.connect(":memory:", config=_CONFIG)) as connection:
        yield connection


@contextmanager
def open_dossier(path: Path, view: str = "dossier") -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database with a view of a Parquet file; it reads no other, and is closed as above."""
    with _DOSSIERS.connection(str(path), lambda: _reader_of(path)) as connection:
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
