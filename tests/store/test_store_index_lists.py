"""Lists over an index: pages are the list, filters are what they say, cursors are checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.review.paths import matches
from store import index_lists
from store.asking import Filter, Op, Position, Query
from store.index_counts import IndexTotals, index_totals, index_words
from store.index_lists import IndexListing, index_count, index_slice
from store.indexes import Indexes

RULES = ("secret.aws", "secret.gcp", "pii.mail")
PATHS = ("a.py", "src/a.py", "src/deep/b.c", "docs/x_y.md", "src/a b.py", "100%/it's.py")
ROWS = 60
NUMBERED = IndexListing(
    columns={"place": "n", "rule": "rule", "path": "path"},
    key="n",
    paths=frozenset({"path"}),
    text=("rule", "path"),
    is_numbered=True,
)
BY_SIZE = IndexListing(columns={"size": "size", "rule": "rule", "id": "id"}, key="id")


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexes]:
    found = Indexes(tmp_path_factory.mktemp("lake"))
    rows = [
        {
            "n": n,
            "id": f"id{n:03}",
            "rule": RULES[n % 3],
            "path": PATHS[n % len(PATHS)],
            "size": n % 7,
        }
        for n in range(ROWS)
    ]
    found.write("rows", "k", {"given": pa.Table.from_pylist(rows)}, "FROM given ORDER BY n")
    # Windows of a few rows, so that pages cross them.
    before = index_lists._FIRST_WINDOW
    index_lists._FIRST_WINDOW = 4  # type: ignore[misc]
    yield found
    index_lists._FIRST_WINDOW = before  # type: ignore[misc]


def walk(indexes: Indexes, listing: IndexListing, query: Query) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: Position | None = None
    with indexes.open("rows", "k") as (cursor, source):
        assert index_count(cursor, source) == ROWS
        while True:
            found = index_slice(cursor, source, listing, query, after)
            assert len(found.rows) <= query.limit
            rows += found.rows
            if found.end is None:
                return rows
            assert len(found.rows) == query.limit
            after = found.end


FILTERS = st.lists(
    st.builds(
        Filter,
        field=st.just("rule"),
        op=st.sampled_from([Op.ANY, Op.NONE]),
        values=st.lists(st.sampled_from([*RULES, "secret.*", "*"]), min_size=1, max_size=2).map(
            lambda v: tuple(sorted(set(v)))
        ),
    ),
    max_size=1,
).map(tuple)


def has_rule(row: dict[str, Any], filters: tuple[Filter, ...]) -> bool:
    for found in filters:
        hit = any(
            v in {"*", row["rule"]} or (v == "secret.*" and row["rule"].startswith("secret."))
            for v in found.values
        )
        if hit is (found.op is Op.NONE):
            return False
    return True


@given(filters=FILTERS, limit=st.integers(1, 70), sort=st.sampled_from(["place", "-place"]))
def test_pages_of_a_numbered_index_are_the_list(
    indexes: Indexes, filters: tuple[Filter, ...], limit: int, sort: str
) -> None:
    query = Query(filters=filters, limit=limit, sort=sort)
    whole = walk(indexes, NUMBERED, Query(sort=sort, limit=500))
    assert [r["n"] for r in whole] == sorted(range(ROWS), reverse=sort.startswith("-"))
    expected = [r for r in whole if has_rule(r, filters)]
    assert walk(indexes, NUMBERED, query) == expected


@given(
    word=st.sampled_from(["b.c", "secret", "nowhere"]),
    limit=st.integers(1, 9),
    sort=st.sampled_from(["place", "-place"]),
)
def test_a_search_that_ends_early_goes_on_where_it_ended(
    indexes: Indexes, word: str, limit: int, sort: str
) -> None:
    query, rows, after = Query(text=word, limit=limit, sort=sort), list[int](), None
    before, index_lists._MOST_LOOKED_AT = index_lists._MOST_LOOKED_AT, 7  # type: ignore[misc]
    try:
        with indexes.open("rows", "k") as (cursor, source):
            for _ in range(ROWS + 1):
                found = index_slice(cursor, source, NUMBERED, query, after)
                rows += [row["n"] for row in found.rows]
                if (after := found.end) is None:
                    break
    finally:
        index_lists._MOST_LOOKED_AT = before  # type: ignore[misc]
    whole = walk(indexes, NUMBERED, Query(sort=sort, limit=500))
    assert rows == [r["n"] for r in whole if word in r["path"] + r["rule"]]


@given(limit=st.integers(1, 70), sort=st.sampled_from(["size", "-size", "id", "-id", "rule"]))
def test_pages_sorted_by_any_column_are_the_list(indexes: Indexes, limit: int, sort: str) -> None:
    found = walk(indexes, BY_SIZE, Query(limit=limit, sort=sort))
    name = sort.removeprefix("-")
    expected = sorted(found, key=lambda r: (r[name], r["id"]), reverse=sort.startswith("-"))
    assert found == expected
    assert len(found) == ROWS


@given(filters=FILTERS, text=st.sampled_from(["", "a", "secret", "nowhere"]))
def test_what_is_counted_is_what_is_listed(
    indexes: Indexes, filters: tuple[Filter, ...], text: str
) -> None:
    query = Query(filters=filters, text=text, sort="place", limit=500)
    rows = walk(indexes, NUMBERED, query)
    with indexes.open("rows", "k") as (cursor, source):
        totals = index_totals(cursor, source, NUMBERED, query, ("size",))
        words = index_words(cursor, source, NUMBERED, query, "rule", most=2)
    assert totals == IndexTotals(rows=len(rows), sums=(sum(r["size"] for r in rows),), is_all=True)
    expected = sorted(Counter(r["rule"] for r in rows).items(), key=lambda w: (-w[1], w[0]))
    assert words == expected[:2]


def test_a_count_ends_where_it_would_be_dear(
    indexes: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.index_counts.MAX_COUNTED", 7)
    with indexes.open("rows", "k") as (cursor, source):
        totals = index_totals(cursor, source, NUMBERED, Query(sort="place"))
    assert totals == IndexTotals(rows=7, sums=(), is_all=False)


PIECES = st.sampled_from(
    ["**/", "**", "*", "?", "[ab]", "[!x]", "a", ".py", ".c", "src/", "src", "docs/", "b", "_", "%"]
)
SHAPES = st.sampled_from(
    ["src/", "**/*.py", "**/a.py", "src/**", "*", "**/deep/**", "a.py", "100%/"]
)


@given(pattern=st.lists(PIECES, min_size=1, max_size=4).map("".join) | SHAPES)
def test_a_path_pattern_means_what_it_means_in_reviews(indexes: Indexes, pattern: str) -> None:
    query = Query(filters=(Filter(field="path", values=(pattern,)),), sort="place", limit=500)
    found = {row["path"] for row in walk(indexes, NUMBERED, query)}
    assert found == {path for path in PATHS if matches(pattern, path)}


def test_words_are_looked_for_in_every_text_column(indexes: Indexes) -> None:
    found = walk(indexes, NUMBERED, Query(text="SECRET x_", sort="place"))
    assert found
    assert {row["path"] for row in found} == {"docs/x_y.md"}
    assert walk(indexes, NUMBERED, Query(text="%", sort="place", limit=500))
    assert all("%" in r["path"] for r in walk(indexes, NUMBERED, Query(text="%", sort="place")))


@pytest.mark.parametrize("after", [("x",), (None,), (1, 2), ("x", "y", "z")])
def test_a_position_of_another_list_is_refused(indexes: Indexes, after: Position) -> None:
    with indexes.open("rows", "k") as (cursor, source):
        with pytest.raises(ValueError, match="another list"):
            index_slice(cursor, source, NUMBERED, Query(sort="place"), after)
        if len(after) != 2:
            with pytest.raises(ValueError, match="another list"):
                index_slice(cursor, source, BY_SIZE, Query(sort="size"), after)


def test_an_engine_reaches_its_folder_and_no_other(indexes: Indexes, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    with indexes.open("rows", "k") as (cursor, _), pytest.raises(duckdb.PermissionException):
        cursor.execute(f"FROM read_csv('{tmp_path / 'other.csv'}')")


def test_what_is_there_is_not_made_again(indexes: Indexes) -> None:
    before = indexes.path("rows", "k").read_bytes()
    indexes.write("rows", "k", {}, "SELECT 1")
    indexes.write_from("copy", "k", ("rows", "k"), "FROM rows ORDER BY n DESC")
    assert indexes.path("rows", "k").read_bytes() == before
    assert indexes.exists("copy", "k")
    assert not list(indexes.path("rows", "k").parent.glob(".*"))
