"""Indexes of findings and groups: made with the decisions, read page by page."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from ingest.errors import InputError
from policies.report.finding_list import (
    BY_FINGERPRINT_SQL,
    FINDINGS_SQL,
    GROUPS_SQL,
    finding_tables,
    group_tables,
)
from store.indexes import Indexes
from workers.context import Context
from workers.corpus import Corpus, corpus_keys, load_corpus, load_decisions
from workers.reading.present import Present, shown_decisions

FINDINGS: Final = "findings"
BY_FINGERPRINT: Final = "fingerprints"
GROUPS: Final = "groups"
_KINDS: Final = (FINDINGS, BY_FINGERPRINT, GROUPS)


def indexes_of(context: Context) -> Indexes:
    """Return the indexes of an installation."""
    return Indexes(context.settings.lake_dir / "indexes")


def make_indexes(context: Context, key: str, corpus: Corpus, decisions: pa.Table) -> None:
    """Make what lists over some decisions are paged from; what is there is not made again."""
    indexes = indexes_of(context)
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
    make_indexes(context, keys.decisions, load_corpus(context, keys), decisions)
    return Present(key=keys.decisions, is_stale=False)
