"""Indexes: sorted Parquet files of the lake that lists are paged from, by DuckDB.

Unlike other artefacts an index has dictionaries and statistics, as it is there to be searched: a
filter skips row groups that cannot hold what is asked for, and a page is read by the place where
the one before ended. An index can be made again from artefacts at any time; no verdict rests on
one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from policies.engines import Engines
from store.lake import check_name

_ROW_GROUP_ROWS: Final = 122_880
"""As DuckDB works: 60 of its vectors of 2,048."""
_ENGINES: Final = Engines(4)
"""By folder."""


class Indexes:
    """Index files under one folder: ``<kind>/<key>.parquet``; names as in `store.lake`."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made with the first index."""
        self._root = root.absolute()

    def path(self, kind: str, key: str) -> Path:
        """Return where an index is, or would be."""
        return self._root / check_name(kind) / f"{check_name(key)}.parquet"

    def exists(self, kind: str, key: str) -> bool:
        """Tell whether the index was made."""
        return self.path(kind, key).exists()

    def write(self, kind: str, key: str, tables: Mapping[str, pa.Table], query: str) -> None:
        """Make an index of what a query over some tables gives, in its order.

        What is there is not made again. A reader sees all of it or nothing.
        """
        with self._cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)
            self._copy(cursor, self.path(kind, key), query)

    def write_from(self, kind: str, key: str, source: tuple[str, str], query: str) -> None:
        """Make an index of a query over another one (kind, key), which it calls ``rows``."""
        with self.open(*source) as (cursor, rows):
            cursor.execute(f"CREATE TEMP VIEW rows AS FROM {rows}")
            self._copy(cursor, self.path(kind, key), query)

    @staticmethod
    def _copy(cursor: duckdb.DuckDBPyConnection, place: Path, query: str) -> None:
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_name(f".{place.name}.{uuid.uuid4().hex}.tmp")
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP_ROWS}"
        try:
            cursor.execute(f"COPY ({query}) TO {quoted(str(temporary))} ({options})")
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def open(self, kind: str, key: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """Give a cursor, and the index as it is named in its FROM."""
        with self._cursor() as cursor:
            yield cursor, f"read_parquet({quoted(str(self.path(kind, key)))})"

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with _ENGINES.connection(str(self._root), lambda: _engine(self._root)) as cursor:
            yield cursor


def quoted(text: str) -> str:
    """Return text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _engine(root: Path) -> duckdb.DuckDBPyConnection:
    """Return a database that reads and writes below one folder and reaches nothing else."""
    engine = duckdb.connect(":memory:")
    settings: Sequence[tuple[str, Any]] = (
        ("allowed_directories", [f"{root}/"]),
        ("temp_directory", ""),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("python_enable_replacements", False),
        ("parquet_metadata_cache", True),
        ("enable_external_access", False),
        ("lock_configuration", True),
    )
    for name, value in settings:
        said = f"[{quoted(value[0])}]" if isinstance(value, list) else _literal(value)
        engine.execute(f"SET {name} = {said}")
    return engine


def _literal(value: bool | str) -> str:  # noqa: FBT001 - a setting
    return quoted(value) if isinstance(value, str) else str(value).lower()
