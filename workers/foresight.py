"""What a review would change, told by judging again what it can reach and nothing else.

A review bears on some contents. What becomes of these reaches their copies, in whatever
repository, and their near copies (`policies.clusters`); all others are decided as before. So these
alone are judged, out of the dossier that the decisions were made from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.artefacts import TREE_FACTS
from ingest.domain.finding import Family
from ingest.errors import InputError
from policies.clusters import near_clusters
from policies.columns import DOSSIER
from policies.database import open_dossier
from policies.decision import Outcome
from policies.dossier import assemble_dossier
from policies.evaluate import decide
from policies.report.model import NOTHING, Amount
from policies.review import Review, Reviews, Target, clear_findings
from policies.review.paths import glob_regex
from workers.context import Context
from workers.corpus import CorpusKeys, digest_of, load_facts
from workers.indexing import BY_FINGERPRINT, indexes_of
from workers.released import SIGNATURE, signatures
from workers.remembered import Remembered
from workers.review_requests import Outlook

_CLUSTERS: Final = "clusters"
_COMPARED: Final = ("size", "outcome", "reasons", "redact_categories", "waiver_ids")
_KEPT: Final[Remembered[Outlook]] = Remembered(64)
"""By catalog, decisions, what is asked for, and who looks: nothing that it follows from changes."""

_ROWS: Final = """
    SELECT {} FROM {} WHERE blob_id IN (SELECT blob_id FROM named) ORDER BY repo_id, path
"""
_BY_PATTERN: Final = """
    SELECT DISTINCT blob_id FROM dossier WHERE repo_id = $repo
        AND regexp_full_match(path_text, $regex)
"""
_BY_FINDING: Final = """
    SELECT DISTINCT blob_id FROM {} WHERE fingerprint = $1 AND category = $2
        AND $3 IN ('', repo_id)
"""
_MATES: Final = """
    SELECT DISTINCT blob_id FROM {0}
    WHERE cluster IN (SELECT cluster FROM {0} JOIN named USING (blob_id))
"""


def keep_clusters(context: Context) -> str:
    """Make what tells near copies of a content, if facts came to it; return its key."""
    digest = context.ruleset_digests[Family.CONTENT]
    key = digest_of("clusters", digest, context.lake.count_batches(Family.CONTENT, digest))
    indexes = indexes_of(context)
    if not indexes.exists(_CLUSTERS, key):
        found = near_clusters(signatures(context))
        indexes.write(_CLUSTERS, key, {"given": found}, "FROM given ORDER BY cluster, blob_id")
    return key


def foresee_review(
    context: Context,
    keys: CorpusKeys,
    review: Review,
    reviews: Reviews,
    repositories: Collection[str] | None = None,
) -> Outlook:
    """Return what a review would change in the decisions of some keys, as judging all would tell.

    Files whose scan did not complete are held whatever people say of a finding in them; those that
    such a review alone would touch are not counted.

    Args:
        context: adapters.
        keys: of decisions that were made.
        review: what is asked for.
        reviews: those in force, and it.
        repositories: ids of those in which changes are told; None: in all.

    Raises:
        InputError: what the decisions were made from is not kept.
    """
    if not context.lake.exists("dossiers", keys.dossier):
        raise InputError("What decisions were made from is not kept.", hint="Run: shardgate sync")
    seen = "*" if repositories is None else "\n".join(sorted(repositories))
    is_on = str(review in reviews.items)
    asked = digest_of(review.kind.value, review.asked()["target"])
    mark = (context.settings.catalog_url, keys.decisions, asked, is_on, seen)
    return _KEPT.get(mark, lambda: _foresee(context, keys, review, reviews, repositories))


def _foresee(
    context: Context,
    keys: CorpusKeys,
    review: Review,
    reviews: Reviews,
    repositories: Collection[str] | None,
) -> Outlook:
    with open_dossier(context.lake.path("dossiers", keys.dossier)) as connection:
        meant = _contents_of(context, keys, review.target, connection)
        reached = _with_near_copies(context, meant)
        dossier = _rows(connection, "dossier", DOSSIER.names, reached)
    with open_dossier(context.lake.path("decisions", keys.decisions), "decisions") as connection:
        columns = ["repo_id", "path", *_COMPARED]
        before = _rows(connection, "decisions", columns, reached)
    if review.target.fingerprint:
        dossier = _recounted(context, keys, dossier, meant, reviews)
    digest = context.ruleset_digests[Family.CONTENT]
    after = decide(
        dossier.cast(DOSSIER),
        context.policy,
        content=context.lake.read_facts(Family.CONTENT, digest, reached, columns=SIGNATURE),
        input_digest=keys.decisions,
        reviews=reviews,
    )
    told = (_seen(before, repositories), _seen(after, repositories))
    return compare(*told, context.policy.is_blocking)


def _rows(
    connection: duckdb.DuckDBPyConnection, view: str, columns: Collection[str], blobs: pa.Array
) -> pa.Table:
    connection.register("named", pa.table({"blob_id": blobs}))
    return connection.sql(_ROWS.format(", ".join(columns), view)).to_arrow_table()


def _contents_of(
    context: Context, keys: CorpusKeys, target: Target, connection: duckdb.DuckDBPyConnection
) -> pa.Array:
    """Return the contents that a review bears on, where they stand now."""
    if target.blob_ids:
        return pa.array(target.blob_ids, pa.string())
    if target.pattern:
        asked = {"repo": target.repo_id, "regex": glob_regex(target.pattern)}
        return _column(connection.sql(_BY_PATTERN, params=asked))
    with indexes_of(context).open(BY_FINGERPRINT, keys.decisions) as (cursor, source):
        finding = [target.fingerprint, target.category, target.repo_id]
        return _column(cursor.sql(_BY_FINDING.format(source), params=finding))


def _with_near_copies(context: Context, blobs: pa.Array) -> pa.Array:
    """Return some contents and all that are in a cluster with one."""
    with indexes_of(context).open(_CLUSTERS, keep_clusters(context)) as (cursor, source):
        cursor.register("named", pa.table({"blob_id": blobs}))
        mates = _column(cursor.sql(_MATES.format(source)))
    return pc.unique(pa.chunked_array([blobs, mates], pa.string()))


def _column(found: duckdb.DuckDBPyRelation) -> pa.Array:
    return found.to_arrow_table()["blob_id"].combine_chunks()


def _recounted(
    context: Context, keys: CorpusKeys, dossier: pa.Table, blobs: pa.Array, reviews: Reviews
) -> pa.Table:
    """Return a dossier with the rows of some contents joined anew, without false positives."""
    is_meant = pc.is_in(dossier["blob_id"], blobs)
    names = pc.unique(dossier.filter(is_meant)["repo_id"]).to_pylist()
    if not names:
        return dossier
    lake = context.lake
    entries = [lake.read("snapshots", keys.snapshots[name]) for name in names]
    snapshots = pa.concat_tables([t.filter(pc.is_in(t["blob_id"], blobs)) for t in entries])
    there = [keys.trees[name] for name in names if lake.exists("trees", keys.trees[name])]
    paths = pc.unique(snapshots["path"])
    trees = [t.filter(pc.is_in(t["path"], paths)) for t in (lake.read("trees", k) for k in there)]
    all_trees = pa.concat_tables([TREE_FACTS.empty_table(), *trees])
    cleared = clear_findings(load_facts(context, snapshots), all_trees, snapshots, reviews)
    rows = assemble_dossier(snapshots, cleared.facts, cleared.trees, keys.rights)
    return pa.concat_tables([dossier.filter(pc.invert(is_meant)).cast(DOSSIER), rows])


def _seen(decisions: pa.Table, repositories: Collection[str] | None) -> pa.Table:
    if repositories is None:
        return decisions
    ids = pa.array(sorted(repositories), pa.string())
    return decisions.filter(pc.is_in(decisions["repo_id"], ids))


def compare(before: pa.Table, after: pa.Table, is_blocking: Callable[[str], bool]) -> Outlook:
    """Compare two decisions over the same files; both are sorted by (repo_id, path)."""
    touched = freed = stopped = NOTHING
    held: dict[str, int] = {}
    columns = list(_COMPARED)
    pairs = zip(before.select(columns).to_pylist(), after.select(columns).to_pylist(), strict=True)
    for old, new in pairs:
        if old == new:
            continue
        file = Amount(files=1, bytes=new["size"])
        was_free, is_free = (row["outcome"] == Outcome.RELEASABLE for row in (old, new))
        touched += file
        freed += file if is_free and not was_free else NOTHING
        stopped += file if was_free and not is_free else NOTHING
        for name in [] if is_free else filter(is_blocking, new["reasons"]):
            held[name] = held.get(name, 0) + 1
    return Outlook(touched=touched, freed=freed, stopped=stopped, still_held_by=held)
