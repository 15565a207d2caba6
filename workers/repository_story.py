"""One repository as its owner needs it: how its files stand, what is new, what holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.artefacts import TREE_FACTS
from ingest.errors import InputError
from policies.columns import FINDING_FAMILIES
from policies.database import open_dossier
from policies.decision import Outcome
from policies.report.model import Amount, Group
from policies.report.places import show_paths
from store.asking import MAX_COUNTED, Filter, Query
from workers.context import Context
from workers.corpus import tree_key, units_lacking
from workers.group_story import group_of
from workers.reading.groups import list_groups
from workers.reading.present import present_decisions
from workers.reading.repositories import RepositoryView, VisitView, list_visits
from workers.reading.syncing import CommandView, SyncView, tell_sync
from workers.remembered import Remembered

ROWS: Final = 500
"""Entries of a folder that are listed."""
_LICENSES: Final = 10
_VISITS: Final = 8
_GROUPS: Final = 8
_KEPT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """An entry of a folder: a folder below it, or a file."""

    name: str
    """As it may be shown."""
    is_folder: bool
    outcomes: Mapping[str, int]
    """Files by outcome."""
    bytes: int
    lanes: tuple[str, ...]
    """Lanes that something in it waits for."""
    licenses: tuple[str, ...]
    """Effective licenses in it, at most three."""

    @property
    def files(self) -> int:
        """Files in it."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRow:
    """Files under one effective license."""

    expression: str
    """Empty where none was found."""
    type: str
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The newest snapshot beside the one before it."""

    added: int
    changed: int
    removed: int
    new_findings: int
    """Values that the files before did not show."""
    gone_findings: int
    carried_findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryStory:
    """A repository with everything that its page tells."""

    repository: RepositoryView
    folder: str
    """That is listed, with ``/`` at its end; empty: the root."""
    tree: Sequence[TreeRow]
    """`ROWS` at most."""
    entries: int
    """That the folder has in all."""
    licenses: Sequence[LicenseRow]
    changes: Changes | None
    """None where there is no earlier snapshot to compare with."""
    visits: Sequence[VisitView]
    sync: SyncView
    commands: Mapping[str, Sequence[CommandView]]
    """What git was told in the last visits, by their ids."""
    groups: Sequence[Group]
    """What holds most of it, first what holds most."""
    group_count: int
    """As far as they are counted: `MAX_COUNTED` at most."""


_Listed = tuple[Sequence[TreeRow], int, Sequence[LicenseRow]]


def tell_repository(context: Context, view: RepositoryView, folder: str = "") -> RepositoryStory:
    """Return everything about a repository.

    Raises:
        NotFound: it is registered no more.
    """
    repository_id = view.id
    of_it = Query(filters=(Filter(field="repository", values=(repository_id,)),), limit=_VISITS)
    visits = list_visits(context, of_it).items
    tree: Sequence[TreeRow] = ()
    entries = 0
    licenses: Sequence[LicenseRow] = ()
    groups: Sequence[Group] = ()
    group_count = 0
    present = present_decisions(context)
    folder = folder.rstrip("/") + "/" if folder.strip("/") else ""
    if present is not None:
        found = _listed(context, present.key, (repository_id, folder))
        tree, entries, licenses = found
        groups, group_count = _groups(context, repository_id)
    sync = tell_sync(context, repository_id)
    return RepositoryStory(
        repository=view,
        folder=folder,
        tree=tree,
        entries=entries,
        licenses=licenses,
        changes=_changes(context, visits),
        visits=visits,
        sync=sync,
        commands={told.visit.id: told.commands for told in sync.visits},
        groups=groups,
        group_count=group_count,
    )


def _listed(context: Context, decisions: str, place: tuple[str, str]) -> _Listed:
    """Return a folder of a repository with how much is in it, and the licenses of all of it."""
    repository_id, folder = place
    trees = _trees_key(context, repository_id)

    def read() -> _Listed:
        with open_dossier(context.lake.path("decisions", decisions), "decisions") as connection:
            facts = context.lake.read("trees", trees) if trees else TREE_FACTS.empty_table()
            connection.register("masked", _masked(facts, repository_id, connection))
            tree = _tree(connection, repository_id, folder)
            return *tree, _licenses(connection, repository_id)

    return _LISTED.get((context.lake.path("decisions", decisions), trees, *place), read)


def _groups(context: Context, repository_id: str) -> tuple[Sequence[Group], int]:
    """Return the groups that hold most of a repository, and how many there are."""
    of_it = Filter(field="repository_id", values=(repository_id,))
    try:
        page = list_groups(context, Query(filters=(of_it,), limit=_GROUPS))
        groups = [group_of(context, view) for view in page.items]
    except InputError:
        return (), 0
    return groups, MAX_COUNTED if page.total is None else page.total


def _masked(trees: pa.Table, repository_id: str, connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return (path, as it may be shown) of the paths that are not shown as they are."""
    paths = connection.execute(
        "SELECT path FROM decisions WHERE repo_id = $1", [repository_id]
    ).fetchall()
    is_clean = pc.equal(pc.list_value_length(trees["path_findings"]), 0)
    clean = set(trees.filter(is_clean)["path"].to_pylist())
    hidden = [path for (path,) in paths if path not in clean]
    shown = show_paths([(repository_id, path) for path in hidden], trees)
    return pa.table({"path": pa.array(hidden, pa.binary()), "shown": pa.array(shown, pa.binary())})


def _trees_key(context: Context, repository_id: str) -> str:
    """Return the key of the facts about a repository's paths; empty where there are none."""
    repository = context.find_repository(repository_id)
    key = context.catalog.corpus().get(repository_id)
    if repository is None or key is None:
        return ""
    name = tree_key(context, repository, key)
    return name if context.lake.exists("trees", name) else ""


def _tree(
    connection: duckdb.DuckDBPyConnection, repository_id: str, folder: str
) -> tuple[list[TreeRow], int]:
    """Return the first entries of a folder, and how many there are."""
    rows = connection.execute(_TREE, [repository_id, folder, ROWS]).fetchall()
    tree = [
        TreeRow(
            name=name,
            is_folder=is_folder,
            outcomes=dict(zip((o.value for o in Outcome), counts, strict=True)),
            bytes=size,
            lanes=tuple(lanes or ()),
            licenses=tuple(licenses or ()),
        )
        for name, is_folder, *counts, size, lanes, licenses, _ in rows
    ]
    return tree, rows[0][-1] if rows else 0


def _licenses(connection: duckdb.DuckDBPyConnection, repository_id: str) -> list[LicenseRow]:
    rows = connection.execute(_BY_LICENSE, [repository_id, _LICENSES]).fetchall()
    return [
        LicenseRow(expression=expression, type=kind, amount=Amount(files=files, bytes=size))
        for expression, kind, files, size in rows
    ]


def _changes(context: Context, visits: Iterable[VisitView]) -> Changes | None:
    records = [context.catalog.find_visit(v.id) for v in visits if v.has_snapshot]
    keys = [r.snapshot_key for r in records if r is not None and r.snapshot_key]
    if len(keys) < 2:  # noqa: PLR2004 - one to compare and one to compare it with
        return None
    # What is found in a content never changes; what lacks facts may get some.
    lacking = [tuple(sorted(units_lacking(context, key).items())) for key in keys[:2]]
    digests = context.ruleset_digests.values()
    known = (context.lake.path("snapshots", keys[0]), *keys[:2], *digests, *lacking)
    return _COMPARED.get(known, lambda: _compared(context, keys[0], keys[1]))


def _compared(context: Context, newer: str, older: str) -> Changes:
    new, old = (context.lake.read("snapshots", key) for key in (newer, older))
    before, after = _blobs_by_path(old), _blobs_by_path(new)
    found_before, found_after = _fingerprints(context, old), _fingerprints(context, new)
    return Changes(
        added=len(after.keys() - before.keys()),
        changed=sum(before[path] != after[path] for path in before.keys() & after.keys()),
        removed=len(before.keys() - after.keys()),
        new_findings=len(found_after - found_before),
        gone_findings=len(found_before - found_after),
        carried_findings=len(found_after & found_before),
    )


def _blobs_by_path(snapshot: pa.Table) -> dict[bytes, str]:
    return dict(zip(snapshot["path"].to_pylist(), snapshot["blob_id"].to_pylist(), strict=True))


def _fingerprints(context: Context, snapshot: pa.Table) -> set[str]:
    blobs = pc.unique(snapshot["blob_id"])
    found: set[str] = set()
    for family in FINDING_FAMILIES:
        facts = context.lake.read_facts(
            family, context.ruleset_digests[family], blobs, ["blob_id", "suffix", "findings"]
        )
        values: Any = facts["findings"].combine_chunks().flatten().field("fingerprint")
        found.update(pc.unique(values).to_pylist())
    return found


_LISTED: Final[Remembered[_Listed]] = Remembered(_KEPT)
_COMPARED: Final[Remembered[Changes]] = Remembered(_KEPT)
"""What was read of artefacts, which never change: people open the same pages again and again."""

# Outcomes stand in their own order; paths that are not UTF-8 are compared by their escapes.
_TREE: Final = """
    WITH files AS (
        SELECT coalesce(try(decode(coalesce(m.shown, d.path))), coalesce(m.shown, d.path)::VARCHAR)
            AS path, d.outcome, d.size, d.pending_lanes, d.license_expression
        FROM decisions d LEFT JOIN masked m ON (m.path = d.path) WHERE d.repo_id = $1
    ), below AS (
        SELECT *, substr(path, length($2) + 1) AS rest FROM files WHERE starts_with(path, $2)
    ), entries AS (
    SELECT split_part(rest, '/', 1) AS name, contains(rest, '/') AS is_folder,
        count(*) FILTER (outcome = 'skipped'), count(*) FILTER (outcome = 'excluded'),
        count(*) FILTER (outcome = 'internal-only'), count(*) FILTER (outcome = 'releasable'),
        sum(size)::BIGINT AS bytes,
        list_sort(list_distinct(flatten(list(pending_lanes)))) AS lanes,
        list_sort(list(DISTINCT license_expression)
            FILTER (license_expression IS NOT NULL))[1:3] AS licenses
    FROM below GROUP BY ALL
    )
    SELECT *, count(*) OVER () FROM entries ORDER BY is_folder DESC, name LIMIT $3
"""
_BY_LICENSE: Final = """
    SELECT coalesce(license_expression, ''), license_type, count(*), sum(size)::BIGINT
    FROM decisions WHERE repo_id = $1 AND outcome <> 'skipped'
    GROUP BY ALL ORDER BY count(*) DESC, 1, 2 LIMIT $2
"""
