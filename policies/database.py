"""An in-memory DuckDB that can reach nothing outside itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@contextmanager
def open_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database without files, network, extensions or access to Python variables.

    The configuration is locked, so no statement can open it again.
    """
    with duckdb.connect(":memory:", config=_CONFIG) as connection:
        connection.execute("SET python_enable_replacements = false")
        # Every result that leaves is ordered explicitly; insertion order only costs memory.
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET lock_configuration = true")
        yield connection
