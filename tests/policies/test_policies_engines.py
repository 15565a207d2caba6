"""Engines are kept and changed for fresh ones; nobody notices."""

from __future__ import annotations

from contextlib import ExitStack

import duckdb
import pytest

from policies import engines
from policies.engines import Engines


class Starter:
    """Counts the engines that it started."""

    def __init__(self) -> None:
        self.started = 0

    def __call__(self) -> duckdb.DuckDBPyConnection:
        self.started += 1
        return duckdb.connect(":memory:")


def test_an_engine_serves_so_many_connections_and_those_that_are_open_keep_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "_MOST_USES", 3)
    kept, start = Engines(1), Starter()
    with ExitStack() as stack:
        opened = [stack.enter_context(kept.connection("", start)) for _ in range(10)]
        assert start.started == 4
        for number, connection in enumerate(opened):
            connection.execute("CREATE TEMP TABLE made AS SELECT ? AS n", [number])
        for number, connection in enumerate(opened):
            assert connection.execute("FROM made").fetchall() == [(number,)]


def test_the_engines_that_were_used_last_are_kept() -> None:
    kept, start = Engines(2), Starter()
    for name in "ababaca":
        with kept.connection(name, start) as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]
    # b gave way to c, and a, which was used after b, is still there.
    assert start.started == 3
    with kept.connection("b", start):
        pass
    assert start.started == 4
