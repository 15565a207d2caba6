"""One repository of the corpus: what a page about it reads, however large the rest is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from policies.database import open_dossier
from policies.review import NO_REVIEWS
from workers.context import Context
from workers.corpus import Corpus, corpus_keys, load_corpus
from workers.reading.present import shown_decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Decisions and facts about one repository."""

    decisions: pa.Table
    """Those that are shown."""
    corpus: Corpus
    """As these decisions saw it."""
    everything: Corpus
    """With what people declared false."""


def load_part(context: Context, repository_id: str) -> Part:
    """Return what is known of one repository; nothing where it was not visited.

    Raises:
        InputError: nothing was ever decided.
    """
    present = shown_decisions(context)
    keys = corpus_keys(context)
    own = replace(
        keys,
        snapshots={k: v for k, v in keys.snapshots.items() if k == repository_id},
        trees={k: v for k, v in keys.trees.items() if k == repository_id},
    )
    with open_dossier(context.lake.path("decisions", present.key), "decisions") as connection:
        decisions = connection.sql(_OF_ONE, params=[repository_id]).to_arrow_table()
    everything = load_corpus(context, own, NO_REVIEWS)
    # The last decisions may be of other reviews: what these cleared is still held by them.
    is_same = present.is_stale or not keys.reviews.items
    corpus = everything if is_same else load_corpus(context, own)
    return Part(decisions=decisions, corpus=corpus, everything=everything)


_OF_ONE: Final = "SELECT * FROM decisions WHERE repo_id = $1 ORDER BY path"
