"""False positives: findings that people declared none leave the facts before anything counts them.

A finding of a content is left out only if what was declared covers every repository that has the
content: the same bytes have one verdict. One in a path is left out where the path stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.finding import Family
from policies.columns import FINDING_FAMILIES
from policies.review.active import Reviews

_Key = tuple[str, str]
"""Fingerprint and category of a finding."""
_PATHS: Final = "path_findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """Facts without what people declared false positives."""

    facts: Mapping[Family, pa.Table]
    trees: pa.Table
    accepted: frozenset[str]
    """`Finding.hmac` of values of which no finding is left: the exit scan may meet them."""


@dataclass(slots=True)
class _Declared:
    """Where one finding counts as none."""

    everywhere: bool = False
    repositories: set[str] = field(default_factory=set)
    blobs: dict[str, set[str]] = field(default_factory=dict)
    """Blob id to repositories; an empty name stands for all of them."""

    def covers_blob(self, blob_id: str, repositories: set[str]) -> bool:
        if self.everywhere:
            return True
        at_blob = self.blobs.get(blob_id, set())
        is_told_of_all = bool(repositories) and repositories <= self.repositories | at_blob
        return "" in at_blob or is_told_of_all


def clear_findings(
    facts: Mapping[Family, pa.Table], trees: pa.Table, snapshots: pa.Table, reviews: Reviews
) -> Cleared:
    """Return facts and trees without the false positives; the very same tables without any.

    Args:
        facts: facts by blob family.
        trees: `TREE_FACTS`.
        snapshots: `SNAPSHOT` rows of the corpus (``repo_id`` and ``blob_id`` are read); they
            tell which repositories have a content.
        reviews: those in force.
    """
    declared = _declared(reviews)
    if not declared:
        return Cleared(facts=facts, trees=trees, accepted=frozenset())
    homes = _homes(snapshots, facts, declared)

    def is_false_in_blob(row: Mapping[str, Any], finding: Mapping[str, Any]) -> bool:
        said = declared.get(_key(finding))
        blob = row["blob_id"]
        return said is not None and said.covers_blob(blob, homes.get(blob, set()))

    def is_false_in_path(row: Mapping[str, Any], finding: Mapping[str, Any]) -> bool:
        said = declared.get(_key(finding))
        return said is not None and (said.everywhere or row["repo_id"] in said.repositories)

    cleared = dict(facts)
    for family in FINDING_FAMILIES:
        if family in cleared:
            cleared[family] = _without(cleared[family], "findings", declared, is_false_in_blob)
    paths = _without(trees, _PATHS, declared, is_false_in_path)
    removed = _identities(facts, trees) - _identities(cleared, paths)
    return Cleared(facts=cleared, trees=paths, accepted=frozenset(removed))


def _declared(reviews: Reviews) -> dict[_Key, _Declared]:
    declared: dict[_Key, _Declared] = {}
    for review in reviews.false_positives:
        target = review.target
        said = declared.setdefault((target.fingerprint, target.category), _Declared())
        for blob in target.blob_ids:
            said.blobs.setdefault(blob, set()).add(target.repo_id)
        if not target.blob_ids and target.repo_id:
            said.repositories.add(target.repo_id)
        said.everywhere |= not target.blob_ids and not target.repo_id
    return declared


def _key(finding: Mapping[str, Any]) -> _Key:
    return finding["fingerprint"], finding["category"]


def _homes(
    snapshots: pa.Table, facts: Mapping[Family, pa.Table], declared: Iterable[_Key]
) -> dict[str, set[str]]:
    """Return the repositories of each content that has a declared finding."""
    blobs: set[str] = set()
    for family in FINDING_FAMILIES:
        if family in facts:
            table = facts[family]
            rows = pa.array(_rows_with(table["findings"], declared), pa.int64())
            blobs.update(table["blob_id"].take(rows).to_pylist())
    found = snapshots.filter(pc.is_in(snapshots["blob_id"], pa.array(sorted(blobs), pa.string())))
    homes: dict[str, set[str]] = {}
    for blob, repo in zip(found["blob_id"].to_pylist(), found["repo_id"].to_pylist(), strict=True):
        homes.setdefault(blob, set()).add(repo)
    return homes


def _rows_with(lists: pa.ChunkedArray, declared: Iterable[_Key]) -> list[int]:
    """Return the positions of the lists that hold a finding with a declared fingerprint."""
    column = lists.combine_chunks()
    wanted = pa.array(sorted({fingerprint for fingerprint, _ in declared}), pa.string())
    hits = pc.is_in(column.flatten().field("fingerprint"), wanted)
    parents = pc.list_parent_indices(column).filter(hits)
    positions: list[int] = np.unique(parents.to_numpy(zero_copy_only=False)).tolist()
    return positions


def _without(table: pa.Table, column: str, declared: Iterable[_Key], is_false: Any) -> pa.Table:  # noqa: ANN401 - a predicate over rows as dictionaries
    """Return the table, in its order, with the lists of some rows rewritten."""
    rows = _rows_with(table[column], declared)
    if not rows:
        return table
    changed = table.take(pa.array(rows, pa.int64())).to_pylist()
    for row in changed:
        row[column] = [finding for finding in row[column] if not is_false(row, finding)]
    kept = np.setdiff1d(np.arange(table.num_rows), rows)
    joined = pa.concat_tables(
        [table.take(pa.array(kept)), pa.Table.from_pylist(changed, schema=table.schema)]
    )
    return joined.take(pa.array(np.argsort(np.concatenate([kept, rows]), kind="stable")))


def _identities(facts: Mapping[Family, pa.Table], trees: pa.Table) -> set[str]:
    columns = [facts[f]["findings"] for f in FINDING_FAMILIES if f in facts]
    return {value for lists in (*columns, trees[_PATHS]) for value in _values(lists)}


def _values(lists: pa.ChunkedArray) -> Iterator[str]:
    yield from lists.combine_chunks().flatten().field("hmac").unique().to_pylist()
