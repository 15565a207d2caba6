"""Which reviews bear on which row: joined by content or by path pattern, once per evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from policies.review.active import Bearing
from policies.review.model import Review
from policies.review.paths import glob_regex
from policies.review.withdrawal import Selector, Withdrawal, license_regex

_BY_PATTERN = """
    INSERT INTO marks
    SELECT repo_id, path, $number::INTEGER FROM dossier
    WHERE repo_id = $repo AND regexp_full_match(path_text, $regex)
"""
_BY_REPOSITORY = """
    INSERT INTO marks SELECT repo_id, path, $number::INTEGER FROM dossier WHERE repo_id = $repo
"""
# What is registered speaks of files of which nothing else is known.
_BY_LICENSE = """
    INSERT INTO marks
    SELECT repo_id, path, $number::INTEGER FROM dossier
    WHERE regexp_full_match(coalesce(own_license_expression, ''), $regex)
        OR regexp_full_match(coalesce(annotation_license_expression, ''), $regex)
        OR regexp_full_match(coalesce(scope_license_expression, ''), $regex)
        OR (coalesce(own_license_expression, annotation_license_expression,
                scope_license_expression, '') = ''
            AND regexp_full_match(coalesce(repo_license_expression, ''), $regex))
"""
_BY_CONTENT = """
    INSERT INTO marks
    SELECT d.repo_id, d.path, b.number FROM dossier d
    JOIN named_blobs b ON (b.blob_id = d.blob_id AND b.repo_id IN ('', d.repo_id))
"""
_BY_ROW = """
    CREATE TEMP TABLE marked AS
    SELECT repo_id, path, applied, dense_rank() OVER (ORDER BY applied)::INTEGER AS mark
    FROM (
        SELECT repo_id, path, list_sort(list_distinct(list(number))) AS applied
        FROM marks GROUP BY repo_id, path
    )
"""


def mark_rows(
    connection: duckdb.DuckDBPyConnection, bearing: Sequence[Bearing], withdrawn: pa.Table
) -> None:
    """Make the table ``marked``: a row (repo_id, path, applied, mark) per row that something is of.

    Reads the table ``dossier``. `applied` lists positions in `bearing`, ascending; `mark` numbers
    these lists from 1 on.

    Args:
        connection: where the dossier is.
        bearing: reviews and withdrawals that count.
        withdrawn: `WITHDRAWN_CONTENTS` of the withdrawals.
    """
    connection.execute("CREATE TEMP TABLE marks (repo_id VARCHAR, path BLOB, number INTEGER)")
    for number, said in enumerate(bearing):
        query, given = _by_place(said)
        if query:
            connection.execute(query, {"number": number, **given})
    named = _named_blobs(bearing, withdrawn)
    if named.num_rows:
        connection.register("named_blobs", named)
        connection.execute(_BY_CONTENT)
    connection.execute(_BY_ROW)


def read_marks(
    connection: duckdb.DuckDBPyConnection, bearing: Sequence[Bearing]
) -> dict[int, tuple[Bearing, ...]]:
    """Return the reviews and withdrawals that each `mark` stands for."""
    found = connection.execute("SELECT DISTINCT mark, applied FROM marked").fetchall()
    return {mark: tuple(bearing[number] for number in applied) for mark, applied in found}


def clearing_ids(name: str, bearing: Sequence[Bearing]) -> Mapping[str, tuple[str, ...]]:
    """Return blob id to the reviews that clear a reason of the engine for it."""
    found: dict[str, list[str]] = {}
    for review in bearing:
        if (
            isinstance(review, Review)
            and review.kind.clears_a_rule
            and review.target.rule_id == name
        ):
            for blob in review.target.blob_ids:
                found.setdefault(blob, []).append(review.id)
    return {blob: tuple(sorted(ids)) for blob, ids in found.items()}


def _by_place(said: Bearing) -> tuple[str, dict[str, str]]:
    """Return the statement that marks by repository, path or license, if any, and its values."""
    # The expression is a constant of the statement, so it is compiled once.
    if isinstance(said, Review):
        pattern, repo = said.target.pattern, said.target.repo_id
    elif said.selector is Selector.REPOSITORY:
        return _BY_REPOSITORY, {"repo": said.repo_id}
    elif said.selector is Selector.LICENSE:
        return _BY_LICENSE, {"regex": license_regex(said.value)}
    else:
        pattern, repo = (said.value if said.selector is Selector.PATH else ""), said.repo_id
    return (_BY_PATTERN, {"repo": repo, "regex": glob_regex(pattern)}) if pattern else ("", {})


def _named_blobs(bearing: Sequence[Bearing], withdrawn: pa.Table) -> pa.Table:
    """Return (number, repo_id, blob_id) of the contents that are named; no repository: in all."""
    rows = [
        (number, said.target.repo_id, blob)
        for number, said in enumerate(bearing)
        if isinstance(said, Review)
        for blob in said.target.blob_ids
    ]
    numbers = {said.id: number for number, said in enumerate(bearing)}
    places = {said.id: said for said in bearing if isinstance(said, Withdrawal)}
    rows += [
        (numbers[name], said.repo_id, said.value)
        for name, said in places.items()
        if said.selector is Selector.BLOB
    ]
    ids = zip(withdrawn["withdrawal_id"].to_pylist(), withdrawn["blob_id"].to_pylist(), strict=True)
    rows += [
        (numbers[name], places[name].repo_id, blob)
        for name, blob in dict.fromkeys(ids)
        if name in places and places[name].selector is not Selector.REPOSITORY
    ]
    return pa.table(
        {
            "number": pa.array([row[0] for row in rows], pa.int32()),
            "repo_id": pa.array([row[1] for row in rows], pa.string()),
            "blob_id": pa.array([row[2] for row in rows], pa.string()),
        }
    )
