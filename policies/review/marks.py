"""Which reviews bear on which row: joined by content or by path pattern, once per evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from policies.review.model import Review
from policies.review.paths import glob_regex

_BY_PATTERN = """
    INSERT INTO marks
    SELECT repo_id, path, $number::INTEGER FROM dossier
    WHERE repo_id = $repo AND regexp_full_match(path_text, $regex)
"""
_BY_CONTENT = """
    INSERT INTO marks
    SELECT d.repo_id, d.path, b.number FROM dossier d
    JOIN named_blobs b ON (b.blob_id = d.blob_id AND b.repo_id IN ('', d.repo_id))
"""
_BY_ROW = """
    CREATE TEMP TABLE marked AS
    SELECT repo_id, path, array_to_string(list_sort(list_distinct(list(number))), ',') AS applied
    FROM marks GROUP BY repo_id, path
"""


def mark_rows(connection: duckdb.DuckDBPyConnection, reviews: Sequence[Review]) -> None:
    """Make the table ``marked``: (repo_id, path, applied) of each row that a review bears on.

    Reads the table ``dossier``. `applied` lists positions in `reviews`, ascending, with commas.
    """
    connection.execute("CREATE TEMP TABLE marks (repo_id VARCHAR, path BLOB, number INTEGER)")
    for number, review in enumerate(reviews):
        target = review.target
        if target.pattern:
            # The expression is a constant of the statement, so it is compiled once.
            regex = glob_regex(target.pattern)
            given = {"number": number, "repo": target.repo_id, "regex": regex}
            connection.execute(_BY_PATTERN, given)
    connection.register("named_blobs", _named_blobs(reviews))
    connection.execute(_BY_CONTENT)
    connection.execute(_BY_ROW)


def read_mark(applied: str, reviews: Sequence[Review]) -> tuple[Review, ...]:
    """Return the reviews that a value of ``applied`` stands for."""
    return tuple(reviews[int(number)] for number in applied.split(",") if number)


def clearing_ids(name: str, reviews: Sequence[Review]) -> Mapping[str, tuple[str, ...]]:
    """Return blob id to the reviews that clear a reason of the engine for it."""
    found: dict[str, list[str]] = {}
    for review in reviews:
        if review.kind.clears_a_rule and review.target.rule_id == name:
            for blob in review.target.blob_ids:
                found.setdefault(blob, []).append(review.id)
    return {blob: tuple(sorted(ids)) for blob, ids in found.items()}


def _named_blobs(reviews: Sequence[Review]) -> pa.Table:
    rows = [
        (number, review.target.repo_id, blob)
        for number, review in enumerate(reviews)
        for blob in review.target.blob_ids
    ]
    return pa.table(
        {
            "number": pa.array([row[0] for row in rows], pa.int32()),
            "repo_id": pa.array([row[1] for row in rows], pa.string()),
            "blob_id": pa.array([row[2] for row in rows], pa.string()),
        }
    )
