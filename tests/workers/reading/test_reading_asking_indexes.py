"""The same question to the same index is answered once, and never by another index."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from store.asking import Filter, Query
from store.index_lists import IndexListing
from workers.context import Context
from workers.indexing import indexes_of
from workers.reading.asking_indexes import ask_index, page_of_index
from workers.settings import Settings

LISTING = IndexListing(columns={"n": "n", "word": "word"}, key="n")
KIND = "toy"


def index_of(home: Path, key: str, count: int) -> Context:
    context = Context(settings=Settings(home=home))
    rows = pa.table({"n": list(range(count)), "word": [f"{key}{n % 2}" for n in range(count)]})
    indexes_of(context).write(KIND, key, {"given": rows}, "FROM given ORDER BY n")
    return context


def test_an_answer_is_that_of_its_index_and_question(tmp_path: Path) -> None:
    one, two = (index_of(tmp_path / home, "k", n) for home, n in (("one", 5), ("two", 7)))
    index_of(tmp_path / "one", "other", 3)
    everything = Query(sort="n")
    odd = Query(filters=(Filter(field="word", values=("k1",)),), sort="n")
    for _ in range(2):
        found = [
            page_of_index(context, (KIND, key), LISTING, (query, after))
            for context, key, query, after in (
                (one, "k", everything, None),
                (two, "k", everything, None),
                (one, "other", everything, None),
                (one, "k", odd, None),
                (one, "k", odd, (1,)),
            )
        ]
        assert [[row["n"] for row in page.rows] for page, _ in found] == [
            [0, 1, 2, 3, 4],
            [0, 1, 2, 3, 4, 5, 6],
            [0, 1, 2],
            [1, 3],
            [3],
        ]
        assert [count for _, count in found] == [5, 7, 3, None, None]


def test_a_short_page_is_read_once_and_a_long_one_each_time(tmp_path: Path) -> None:
    context = index_of(tmp_path, "k", 200)
    place = indexes_of(context).path(KIND, "k")
    short, long = Query(sort="n", limit=60), Query(sort="n", limit=61)
    index = (KIND, "k")
    before = page_of_index(context, index, LISTING, (short, None))
    assert len(page_of_index(context, index, LISTING, (long, None))[0].rows) == 61
    place.rename(place.with_suffix(".away"))
    assert page_of_index(context, index, LISTING, (short, None)) == before
    try:
        page_of_index(context, index, LISTING, (long, None))
    except duckdb.IOException:
        return
    raise AssertionError("a long page was kept")


def test_what_fails_is_asked_again(tmp_path: Path) -> None:
    context = index_of(tmp_path, "k", 1)
    asked = []

    def ask(_: duckdb.DuckDBPyConnection, source: str) -> int:
        asked.append(source)
        if len(asked) == 1:
            raise ValueError(source)
        return len(asked)

    for _ in range(3):
        try:
            answer = ask_index(context, (KIND, "k"), "how many", ask)
        except ValueError:
            continue
        assert answer == 2
    assert len(asked) == 2
