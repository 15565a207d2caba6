"""What a release has that the one before it had not, and the other way round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policies.database import open_database
from policies.decision import Tier
from release.documents.draft import ROW_COLUMNS, ReleaseDraft, read_rows, unnested
from release.documents.totals import Totals
from release.domain.rows import NO_LANGUAGE, NO_LICENSE

DIFFERENCE_FILE: Final = "difference.json"
COLUMNS: Final = tuple(
    name for name in ROW_COLUMNS if name not in {"copyright_holders", "redactions"}
)
"""What of a row is compared, or counted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Rows and bytes of shipped content under one name, then and now."""

    name: str
    rows_before: int
    rows_after: int
    bytes_before: int
    bytes_after: int
    added: int
    removed: int
    changed: int
    """Rows of the same repository and path with another content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Changes against the parent; names without any change are left out of the groups."""

    parent_release_id: str
    whole: Change
    groups: Mapping[str, Sequence[Change]]
    """By ``repositories``, ``languages``, ``licenses`` and ``reasons``, the largest change first.
    A changed row whose own language or license is another now counts as removed under the one and
    as added under the other."""
    left_out: Sequence[tuple[str, int, int]]
    """Reason of files that are not in the release, files then, files now."""


# A path may be shown masked, so several rows can share one: they are paired in a fixed order.
_PAIRS: Final = """
WITH old AS (
    SELECT n, repo_id, path, row_number() OVER (PARTITION BY repo_id, path ORDER BY id) AS nth
    FROM parent ANTI JOIN release USING (id, content_id)
), new AS (
    SELECT n, repo_id, path, row_number() OVER (PARTITION BY repo_id, path ORDER BY id) AS nth
    FROM release ANTI JOIN parent USING (id, content_id)
)
SELECT old.n AS old, new.n AS new FROM old FULL JOIN new USING (repo_id, path, nth)
"""
_GROUPS: Final = {
    "repositories": "shown_name",
    "languages": "language",
    "licenses": "license_expression",
    "reasons": "eligibility_reasons",
}
"""Group to the column that names a row in it."""
_UNNAMED: Final = {"languages": NO_LANGUAGE, "licenses": NO_LICENSE}


def find_difference(
    draft: ReleaseDraft, rows: pa.Table, totals: Totals, before: Mapping[str, Any] | None
) -> Difference | None:
    """Return what changed against the parent; None without one.

    `before` is the parent's totals, where it has some.
    """
    if draft.parent is None:
        return None
    then = read_rows(draft.parent.directory, draft.parent.manifest, COLUMNS)
    whole, groups = compare(then, rows.select(list(COLUMNS)), draft.manifest.tier)
    if draft.manifest.tombstone_digest:
        # The name itself may be what was taken back: only those are told that rows still show.
        groups = {
            group: [change for change in changes if change.rows_after]
            for group, changes in groups.items()
        }
    return Difference(
        parent_release_id=draft.parent.manifest.release_id,
        whole=whole,
        groups=groups,
        left_out=_left_out(totals, before),
    )


def compare(
    then: pa.Table, now: pa.Table, tier: Tier
) -> tuple[Change, Mapping[str, Sequence[Change]]]:
    """Return what changed between two tables of `COLUMNS`: of all rows, and by group."""
    then, now = _with_shown_names(then, now, tier)
    pairs = _pair(then, now)
    groups = {group: _changes(then, now, pairs, group) for group in _GROUPS}
    old, new = pairs["old"], pairs["new"]
    whole = Change(
        name="",
        rows_before=then.num_rows,
        rows_after=now.num_rows,
        bytes_before=pc.sum(then["length_bytes"], min_count=0).as_py(),
        bytes_after=pc.sum(now["length_bytes"], min_count=0).as_py(),
        added=old.null_count,
        removed=new.null_count,
        changed=len(pairs) - old.null_count - new.null_count,
    )
    return whole, groups


def _pair(then: pa.Table, now: pa.Table) -> pa.Table:
    """Return the rows that are not in both, by number: ``old``, ``new``, one of them null."""
    keys = ["id", "content_id", "repo_id", "path"]
    with open_database() as connection:
        for name, table in (("parent", then), ("release", now)):
            numbers = pa.array(np.arange(table.num_rows))
            connection.register(name, table.select(keys).append_column("n", numbers))
        return connection.sql(_PAIRS).to_arrow_table()


def _changes(then: pa.Table, now: pa.Table, pairs: pa.Table, group: str) -> list[Change]:
    """Return the changes of a group, the largest first."""
    steps: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    old, new = _names(then, pairs["old"], group), _names(now, pairs["new"], group)
    for before, after in zip(old, new, strict=True):
        for number, names in enumerate((after - before, before - after, before & after)):
            for name in names:
                steps[name][number] += 1
    sizes = _sizes(then, group), _sizes(now, group)
    changes = []
    for name, (added, removed, changed) in steps.items():
        (rows_before, bytes_before), (rows_after, bytes_after) = (
            side.get(name, (0, 0)) for side in sizes
        )
        changes.append(
            Change(
                name=name,
                rows_before=rows_before,
                rows_after=rows_after,
                bytes_before=bytes_before,
                bytes_after=bytes_after,
                added=added,
                removed=removed,
                changed=changed,
            )
        )
    return sorted(changes, key=lambda c: (-(c.added + c.removed + c.changed), c.name))


def _names(table: pa.Table, rows: pa.ChunkedArray, group: str) -> list[frozenset[str]]:
    """Return the names of each row in a group; no name where a pair has no row."""
    values = table[_GROUPS[group]].take(rows).to_pylist()
    if group == "reasons":
        return [frozenset(names or ()) for names in values]
    unnamed, known = _UNNAMED.get(group, ""), rows.is_valid().to_pylist()
    return [
        frozenset({value or unnamed}) if is_known else frozenset()
        for value, is_known in zip(values, known, strict=True)
    ]


def _sizes(table: pa.Table, group: str) -> dict[str, tuple[int, int]]:
    """Return rows and bytes by name."""
    names, sizes = table[_GROUPS[group]], table["length_bytes"]
    if group == "reasons":
        lists = unnested(names)
        names, sizes = lists["item"], sizes.take(lists["row"])
    labelled = pa.table({"name": pc.fill_null(names, _UNNAMED.get(group, "")), "size": sizes})
    sums = labelled.group_by("name").aggregate([("size", "count"), ("size", "sum")]).to_pylist()
    return {line["name"]: (line["size_count"], line["size_sum"]) for line in sums}


def _with_shown_names(then: pa.Table, now: pa.Table, tier: Tier) -> tuple[pa.Table, pa.Table]:
    """Return both with a column `shown_name`: a repository goes by the name it has now.

    An owner may have given it an alias since. Where no row says which name is right today, the
    releasable tier shows its id.
    """
    names: dict[str, str] = {}
    for table in [now] if tier is Tier.RELEASABLE else [then, now]:
        for pair in table.group_by(["repo_id", "repo_name"]).aggregate([]).to_pylist():
            names[pair["repo_id"]] = pair["repo_name"]
    known = pa.array(list(names), pa.string())
    shown = pa.chunked_array([pa.array(list(names.values()), pa.string())])

    def named(table: pa.Table) -> pa.Table:
        found = shown.take(pc.index_in(table["repo_id"], known))
        return table.append_column("shown_name", pc.coalesce(found, table["repo_id"]))

    return named(then), named(now)


def _left_out(totals: Totals, before: Mapping[str, Any] | None) -> list[tuple[str, int, int]]:
    if before is None:
        return []
    then = {left["reason"]: left["files"] for left in before["left_out"]}
    now = {left.reason: left.files for left in totals.left_out}
    changed = [(name, then.get(name, 0), now.get(name, 0)) for name in sorted({*then, *now})]
    return [line for line in changed if line[1] != line[2]]
