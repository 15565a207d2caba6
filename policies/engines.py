"""DuckDB engines that a process keeps: to start one costs as much as the queries of a page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

_MOST_USES: Final = 500
"""Connections that an engine serves. It never forgets the buffers of its joins (5 KB for a small
one, DuckDB 2.0) while memory does not run short, so another one takes its place at times."""


class Engines:
    """The engines that were used last, by a name; safe to share between threads and forks.

    One that was started before a fork has no threads in the child, where it is not even closed.
    """

    def __init__(self, most: int) -> None:
        """Take how many a process keeps."""
        self._most = most
        self._kept: dict[tuple[int, str], tuple[duckdb.DuckDBPyConnection, int]] = {}

    @contextmanager
    def connection(
        self, name: str, start: Callable[[], duckdb.DuckDBPyConnection]
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection to the engine of a name, which is started where there is none.

        What is registered, and what is made as TEMP, is seen by this connection alone and is gone
        with it.
        """
        mark = os.getpid(), name
        kept = self._kept.get(mark)
        engine, uses = kept if kept is not None and kept[1] < _MOST_USES else (start(), 0)
        # Put in anew, so that the one that was used last is the last.
        self._kept.pop(mark, None)
        self._kept[mark] = engine, uses + 1
        for old in [m for m in list(self._kept) if m[0] == mark[0]][: -self._most]:
            # Connections that are open keep it; it ends with the last of them.
            self._kept.pop(old, None)
        with engine.cursor() as connection:
            yield connection
