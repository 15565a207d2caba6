from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from release.build import FORMATS
from release.build.parquet import ParquetShardWriter, table_digest

_SCHEMA = pa.schema(
    [pa.field("id", pa.string()), pa.field("content", pa.string()), pa.field("n", pa.int32())]
)


def _rows(count: int) -> pa.Table:
    rows = [{"id": f"{n:04d}", "content": "x" * n, "n": n} for n in range(count)]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _write(path: Path, *groups: pa.Table) -> bytes:
    shard = ParquetShardWriter().open(path, _SCHEMA)
    for group in groups:
        shard.write(group)
    shard.close()
    return path.read_bytes()


def test_rows_come_back_in_the_groups_they_were_written_in(tmp_path: Path) -> None:
    _write(tmp_path / "a", _rows(3), _rows(2))
    assert pq.read_table(tmp_path / "a").equals(pa.concat_tables([_rows(3), _rows(2)]))
    assert pq.ParquetFile(tmp_path / "a").metadata.num_row_groups == 2


def test_the_same_rows_give_the_same_bytes_however_they_are_chunked(tmp_path: Path) -> None:
    chunked = pa.concat_tables([_rows(9).slice(0, 4), _rows(9).slice(4)])
    assert _write(tmp_path / "a", _rows(9)) == _write(tmp_path / "b", chunked.combine_chunks())


def test_content_has_no_statistics_and_ids_have_a_page_index(tmp_path: Path) -> None:
    _write(tmp_path / "a", _rows(3))
    group = pq.ParquetFile(tmp_path / "a").metadata.row_group(0)
    by_name = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert not by_name["content"].is_stats_set
    assert by_name["id"].statistics.max == "0002"
    assert by_name["id"].has_column_index
    assert by_name["content"].compression == "ZSTD"


@given(st.lists(st.tuples(st.text(max_size=3), st.none() | st.integers(0, 9)), max_size=12))
def test_a_table_digest_depends_on_values_and_not_on_slices(rows: list[tuple[str, int]]) -> None:
    schema = pa.schema([("a", pa.string()), ("b", pa.int32())])
    table = pa.Table.from_pylist([{"a": a, "b": b} for a, b in rows], schema=schema)
    cut = len(rows) // 2
    pieces = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    assert table_digest(pieces) == table_digest(table)
    assert table_digest(pa.concat_tables([table, table])) != table_digest(table) or not rows


def test_formats_are_listed_under_their_own_names() -> None:
    assert {name: writer.name for name, writer in FORMATS.items()} == {"parquet": "parquet"}
