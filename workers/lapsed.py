"""Values that people had declared none, and do not any more, in files that left the corpus.

No decision of today tells of such a file. What it was decided by still stands: its row of the
dossier, and the facts that false positives had been left out of. Judged with them, it is as if the
file were decided on today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.artefacts import TREE_FACTS, facts_schema
from ingest.domain.finding import Family
from policies.columns import DOSSIER, FINDING_FAMILIES
from policies.database import open_database, open_dossier
from policies.evaluate import decide
from policies.folds import folds
from policies.review import Review, ReviewKind, ReviewState, clear_findings
from policies.standing import COUNTS, PRESENT
from store.catalog import ReleaseRecord, ReviewBook
from workers.context import Context
from workers.corpus import CorpusKeys, share_findings
from workers.released import SIGNATURE, manifest_of, released_rows

MARGIN: Final = timedelta(days=1)
"""How long before a release went out a review may have ended and still be asked about."""
_PLACE: Final = ["repo_id", "path", "blob_id"]
_PATHS: Final = "path_findings"
_GONE_SQL: Final = "SELECT e.* FROM emitted e ANTI JOIN present p USING (repo_id, path, blob_id)"
_TREES_SQL: Final = "SELECT t.* FROM trees t SEMI JOIN gone g USING (repo_id, path)"
_FILES_SQL: Final = """
    SELECT * FROM gone
    WHERE list_contains($blobs::VARCHAR[], blob_id) OR (repo_id, path) IN (FROM named)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """A finding that people had agreed is none, until a moment."""

    fingerprint: str
    ended_at: datetime


def lapsed_findings(context: Context, keys: CorpusKeys) -> tuple[Lapsed, ...]:
    """Return what reviews that were agreed to had called none, and that are not in force."""
    book = ReviewBook(context.catalog, context.policy)
    standing = {review.id for review in keys.reviews.items}
    return tuple(
        Lapsed(fingerprint=review.target.fingerprint, ended_at=ended)
        for review in book.list_all()
        if review.kind is ReviewKind.FALSE_POSITIVE
        and review.approvals
        and review.id not in standing
        and (ended := _end_of(book, review)) is not None
    )


def judge_lapsed(
    context: Context,
    release: ReleaseRecord,
    lapsed: Iterable[Lapsed],
    now: tuple[CorpusKeys, pa.Table],
) -> pa.Table:
    """Return `PRESENT` of the files of a release that left the corpus and hold such a finding.

    Args:
        context: adapters.
        release: which.
        lapsed: see `lapsed_findings`; what ended long before the release went out is no matter.
        now: what holds today, and `PRESENT` of the corpus.

    Raises:
        ArtefactCorrupt: what is known of the release is damaged or gone.
    """
    keys, present = now
    since = (release.published_at or release.created_at) - MARGIN
    wanted = pa.array(sorted({x.fingerprint for x in lapsed if x.ended_at > since}), pa.string())
    if not len(wanted):
        return PRESENT.empty_table()
    with open_database() as connection:
        connection.register("emitted", released_rows(context, release).select(_PLACE))
        connection.register("present", present.select(_PLACE))
        gone = connection.sql(_GONE_SQL).to_arrow_table()
    facts = dict(_facts_then(context, release, gone, wanted))
    trees = _trees_then(context, gone, wanted)
    files = _files(gone, facts, trees)
    if not files.num_rows:
        return PRESENT.empty_table()
    cleared = clear_findings(facts, trees, _homes(context, keys, files), keys.reviews)
    dossier = _dossier(context, release, files, (cleared.facts, cleared.trees))
    decisions = decide(
        dossier,
        context.policy,
        # What restricts a copy is judged with the whole release.
        content=facts_schema(Family.CONTENT).empty_table().select(SIGNATURE),
        input_digest=keys.decisions,
        reviews=keys.reviews,
    )
    table = decisions.select(PRESENT.names[: -len(COUNTS)])
    for name in COUNTS:
        table = table.append_column(PRESENT.field(name), dossier[name])
    return table.cast(PRESENT).replace_schema_metadata(None)


def _end_of(book: ReviewBook, review: Review) -> datetime | None:
    if review.state is ReviewState.WITHDRAWN:
        return book.history(review.id)[-1].at
    return review.expires_at


def _facts_then(
    context: Context, release: ReleaseRecord, gone: pa.Table, wanted: pa.Array
) -> Iterator[tuple[Family, pa.Table]]:
    """Yield the facts that a release was decided by, of contents that hold a wanted finding."""
    rulesets = manifest_of(context, release).rulesets
    blobs = pc.unique(gone["blob_id"])
    found = {
        family: context.lake.read_facts(family, rulesets[family.value], blobs)
        for family in FINDING_FAMILIES
        if rulesets.get(family.value)
    }
    holders = [t["blob_id"].take(_rows_with(t, "findings", wanted)) for t in found.values()]
    held = pa.chunked_array([c for column in holders for c in column.chunks], pa.string())
    for family, table in found.items():
        yield family, share_findings(table.filter(pc.is_in(table["blob_id"], held)))


def _trees_then(context: Context, gone: pa.Table, wanted: pa.Array) -> pa.Table:
    """Return what was ever found in the paths of these files, of paths with a wanted finding."""
    columns = ["repo_id", "path", _PATHS]
    tables = [TREE_FACTS.empty_table().select(columns)]
    for key in context.lake.keys("trees"):
        trees = context.lake.read("trees", key, columns=columns)
        tables.append(trees.take(_rows_with(trees, _PATHS, wanted)))
    with open_database() as connection:
        connection.register("trees", pa.concat_tables(tables))
        connection.register("gone", gone)
        return connection.sql(_TREES_SQL).to_arrow_table()


def _rows_with(table: pa.Table, column: str, wanted: pa.Array) -> pa.Array:
    """Return the positions of the rows in whose list a wanted finding stands."""
    lists = table[column].combine_chunks()
    hits = pc.is_in(lists.flatten().field("fingerprint"), wanted)
    return pc.unique(pc.list_parent_indices(lists).filter(hits))


def _files(gone: pa.Table, facts: Mapping[Family, pa.Table], trees: pa.Table) -> pa.Table:
    """Return the files whose text or path has a finding in question."""
    blobs = sorted({blob for table in facts.values() for blob in table["blob_id"].to_pylist()})
    with open_database() as connection:
        connection.register("gone", gone)
        connection.register("named", trees.select(["repo_id", "path"]))
        return connection.sql(_FILES_SQL, params={"blobs": blobs}).to_arrow_table()


def _homes(context: Context, keys: CorpusKeys, files: pa.Table) -> pa.Table:
    """Return which repositories have or had the contents of some files."""
    columns = ["repo_id", "blob_id"]
    heads = [context.lake.read("snapshots", k, columns=columns) for k in keys.snapshots.values()]
    return pa.concat_tables([files.select(columns), *heads], promote_options="permissive")


def _dossier(
    context: Context,
    release: ReleaseRecord,
    files: pa.Table,
    known: tuple[Mapping[Family, pa.Table], pa.Table],
) -> pa.Table:
    """Return the rows of the dossier that a release was decided by, with other findings."""
    facts, trees = known
    wanted = {f"folded_{family}": f"facts_{family}" for family in facts}
    key = str(release.params.get("dossier", ""))
    with open_dossier(context.lake.path("dossiers", key), "stored") as connection:
        connection.register("files", files)
        connection.register("paths", _path_counts(trees))
        replaced = [
            f"coalesce(t.{name}, s.{name}) AS {name}"
            for name in ("path_finding_count", "path_finding_categories")
        ]
        joins = ["LEFT JOIN paths t ON (t.repo_id = s.repo_id AND t.path = s.path)"]
        for family, table in facts.items():
            connection.register(f"facts_{family}", table)
        for name, query in folds():
            if name not in wanted:
                continue
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
            columns = connection.table(name).columns
            replaced += [
                f"CASE WHEN {name}.blob_id IS NULL THEN s.{c} ELSE {name}.{c} END AS {c}"
                for c in columns
                if c in DOSSIER.names and c not in ("blob_id", "suffix")
            ]
            on = f"{name}.blob_id = s.blob_id AND {name}.suffix = s.suffix"
            joins.append(f"LEFT JOIN {name} ON ({on})")
        query = (
            f"SELECT s.* REPLACE ({', '.join(replaced)}) FROM stored s "  # noqa: S608 - constants
            "SEMI JOIN files f USING (repo_id, path, blob_id) "
            f"{' '.join(joins)} ORDER BY s.repo_id, s.path"
        )
        return connection.sql(query).to_arrow_table().cast(DOSSIER)


def _path_counts(trees: pa.Table) -> pa.Table:
    """Return how much is found in each path, by the scan that found most."""
    most: dict[tuple[str, bytes], list[str]] = {}
    for row in trees.to_pylist():
        found = [finding["category"] for finding in row[_PATHS] or []]
        place = row["repo_id"], row["path"]
        most[place] = max(most.get(place, []), found, key=len)
    rows = [
        {"repo_id": repo, "path": path}
        | {"path_finding_count": len(found), "path_finding_categories": sorted(set(found))}
        for (repo, path), found in most.items()
    ]
    names = ["repo_id", "path", "path_finding_count", "path_finding_categories"]
    return pa.Table.from_pylist(rows, schema=pa.schema([DOSSIER.field(name) for name in names]))
