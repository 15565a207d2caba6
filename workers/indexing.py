"""Indexes of findings and groups: made with the decisions, read page by page."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import InputError
from policies.columns import FINDING_FAMILIES
from policies.report.finding_list import (
    BY_FINGERPRINT_SQL,
    FINDINGS_SQL,
    GROUPS_SQL,
    finding_tables,
    group_tables,
)
from policies.review.orphans import find_orphans
from store.indexes import Indexes
from workers.context import Context
from workers.corpus import (
    Corpus,
    CorpusKeys,
    corpus_keys,
    load_corpus,
    load_decisions,
    load_facts,
)
from workers.reading.present import Present, shown_decisions

FINDINGS: Final = "findings"
BY_FINGERPRINT: Final = "fingerprints"
GROUPS: Final = "groups-2"
"""Named anew whenever its columns change, as what is there is not made again."""
WAIVERS: Final = "waivers"
_KINDS: Final = (FINDINGS, BY_FINGERPRINT, GROUPS, WAIVERS)
_WAIVERS: Final = pa.schema([("id", pa.string()), ("uses", pa.int64()), ("orphan", pa.string())])


def indexes_of(context: Context) -> Indexes:
    """Return the indexes of an installation."""
    return Indexes(context.settings.lake_dir / "indexes")


def make_indexes(context: Context, keys: CorpusKeys, corpus: Corpus, decisions: pa.Table) -> None:
    """Make what lists over some decisions are paged from; what is there is not made again."""
    indexes, key = indexes_of(context), keys.decisions
    if all(indexes.exists(kind, key) for kind in _KINDS):
        return
    names = corpus.rights.select(["repo_id", "name"])
    found = finding_tables(decisions, names, facts=corpus.facts, trees=corpus.trees)
    groups = group_tables(
        decisions, names, facts=corpus.facts, trees=corpus.trees, policy=context.policy
    )
    indexes.write(FINDINGS, key, found, FINDINGS_SQL)
    indexes.write_from(BY_FINGERPRINT, key, (FINDINGS, key), BY_FINGERPRINT_SQL)
    indexes.write(GROUPS, key, groups, GROUPS_SQL)
    waivers = _waivers(context, keys, corpus, decisions)
    indexes.write(WAIVERS, key, {"given": waivers}, "FROM given ORDER BY id")


def indexed_decisions(context: Context) -> Present:
    """Return the decisions to show, with indexes over them.

    Decisions of an older version have none; they are made here, once.

    Raises:
        InputError: nothing was decided yet, or the decisions are being made anew and the last ones
            were never indexed.
    """
    present = shown_decisions(context)
    indexes = indexes_of(context)
    if all(indexes.exists(kind, present.key) for kind in _KINDS):
        return present
    keys = corpus_keys(context)
    decisions = load_decisions(context, keys)
    if decisions is None:
        raise InputError(
            "Decisions are being made anew; there is nothing to list until then.",
            hint="Look again in a moment.",
        )
    make_indexes(context, keys, load_corpus(context, keys), decisions)
    return Present(key=keys.decisions, is_stale=False)


def _waivers(context: Context, keys: CorpusKeys, corpus: Corpus, decisions: pa.Table) -> pa.Table:
    """Return what each review in force still does: its files, and why it matches nothing."""
    reviews = keys.reviews.items
    used = pc.value_counts(decisions["waiver_ids"].combine_chunks().flatten())
    uses = {row["values"]: row["counts"] for row in used.to_pylist()}
    wanted = {r.target.fingerprint for r in reviews if r.target.fingerprint}
    there = _fingerprints(context, keys, corpus, pa.array(sorted(wanted), pa.string()))
    orphans = find_orphans(reviews, decisions, context.policy, fingerprints=there)
    reasons = {review.id: reason.value for review, reason in orphans}
    rows = [
        {"id": r.id, "uses": uses.get(r.id, 0), "orphan": reasons.get(r.id, "")} for r in reviews
    ]
    return pa.Table.from_pylist(rows, schema=_WAIVERS)


def _fingerprints(context: Context, keys: CorpusKeys, corpus: Corpus, wanted: pa.Array) -> set[str]:
    """Return those fingerprints that some finding has, be it declared false or not."""
    if not len(wanted):
        return set()
    facts = load_facts(context, corpus.snapshots)
    lists = [facts[family]["findings"] for family in FINDING_FAMILIES]
    trees = [key for key in keys.trees.values() if context.lake.exists("trees", key)]
    lists += [context.lake.read("trees", key, ["path_findings"])["path_findings"] for key in trees]
    found: set[str] = set()
    for column in lists:
        values = column.combine_chunks().flatten().field("fingerprint")
        found.update(pc.unique(values.filter(pc.is_in(values, wanted))).to_pylist())
    return found
