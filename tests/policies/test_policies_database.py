from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from policies.database import open_database


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
