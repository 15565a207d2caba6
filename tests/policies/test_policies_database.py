from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policies.database import open_database, open_dossier


def test_one_connection_sees_nothing_of_another() -> None:
    with open_database() as first, open_database() as second:
        first.register("given", pa.table({"a": [1]}))
        first.execute("CREATE TEMP TABLE made AS SELECT * FROM given")
        for name in ("given", "made"):
            assert first.execute(f"SELECT a FROM {name}").fetchall() == [(1,)]
            with pytest.raises(duckdb.CatalogException):
                second.execute(f"SELECT a FROM {name}")


def test_what_one_connection_made_is_gone_for_the_next() -> None:
    for _ in range(2):
        with open_database() as connection:
            connection.execute("CREATE TEMP TABLE made AS SELECT 1")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("enable_external_access", False),
        ("python_enable_replacements", False),
        ("autoload_known_extensions", False),
        ("lock_configuration", True),
    ],
)
def test_every_connection_is_closed_to_the_outside(setting: str, value: object) -> None:
    for _ in range(2):
        with open_database() as connection:
            found = connection.execute(f"SELECT current_setting('{setting}')").fetchone()
            assert found == (value,)
            with pytest.raises(duckdb.InvalidInputException):
                connection.execute(f"SET {setting} = {not value}")


def test_files_and_variables_of_python_are_out_of_reach(tmp_path: Path) -> None:
    mine = pa.table({"a": [1]})
    (tmp_path / "a.csv").write_text("a\n1\n")
    with open_database() as connection:
        with pytest.raises(duckdb.CatalogException):
            connection.execute("SELECT * FROM mine")
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"SELECT * FROM read_csv('{tmp_path}/a.csv')")
    assert mine.num_rows


def parquet(path: Path, *values: int) -> Path:
    pq.write_table(pa.table({"a": values}), path)
    return path


def test_connections_to_one_file_see_nothing_of_one_another(tmp_path: Path) -> None:
    path = parquet(tmp_path / "one.parquet", 1, 2)
    with open_dossier(path) as first, open_dossier(path, "other") as second:
        first.register("given", pa.table({"b": [1]}))
        first.execute("CREATE TEMP TABLE made AS FROM given")
        assert first.execute("SELECT count(*) FROM dossier, made").fetchall() == [(2,)]
        for name in ("given", "made", "dossier"):
            with pytest.raises(duckdb.CatalogException):
                second.execute(f"FROM {name}")
    with open_dossier(path) as third, pytest.raises(duckdb.CatalogException):
        third.execute("FROM given")


def test_more_files_are_open_at_once_than_engines_are_kept(tmp_path: Path) -> None:
    paths = [parquet(tmp_path / f"{n}.parquet", n) for n in range(12)]
    with ExitStack() as stack:
        opened = [stack.enter_context(open_dossier(path)) for path in paths]
        for n, connection in enumerate(opened):
            assert connection.execute("FROM dossier").fetchall() == [(n,)]
            with pytest.raises(duckdb.PermissionException):
                connection.execute(f"FROM read_parquet('{paths[n - 1]}')")


def test_threads_share_an_engine_and_nothing_else(tmp_path: Path) -> None:
    paths = [parquet(tmp_path / f"{n}.parquet", n) for n in range(6)]

    def read(n: int) -> list[tuple[int, int]]:
        with open_dossier(paths[n % 6]) as connection:
            connection.register("given", pa.table({"b": [n]}))
            return connection.execute("SELECT a, b FROM dossier, given").fetchall()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(120))) == [[(n % 6, n)] for n in range(120)]


def test_a_child_opens_a_file_that_its_parent_had_open(tmp_path: Path) -> None:
    path = parquet(tmp_path / "one.parquet", 7)
    with open_dossier(path) as connection:
        connection.execute("FROM dossier").fetchall()
        child = get_context("fork").Process(target=_reads, args=(path,))
        child.start()
        child.join(60)
        assert child.exitcode == 0


def _reads(path: Path) -> None:
    for _ in range(2):
        with open_dossier(path) as connection:
            assert connection.execute("FROM dossier").fetchall() == [(7,)]
