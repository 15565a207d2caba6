"""One repository of the corpus: what a page about it reads, however large the rest is."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import Final

import pyarrow as pa

from policies.database import open_dossier
from policies.report.cases import Cases
from policies.review import NO_REVIEWS
from workers.context import Context
from workers.corpus import Corpus, corpus_keys, load_corpus
from workers.reading.present import Present, shown_decisions
from workers.reading.remembered import Remembered

_MOST_PARTS: Final = 4
_MOST_GROUPS: Final = 64
_STALE_SECONDS: Final = 5.0
"""While decisions are made anew, what stands around the last ones goes on changing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Decisions and facts about one repository."""

    decisions: pa.Table
    """Those that are shown."""
    corpus: Corpus
    """As these decisions saw it."""
    everything: Corpus
    """With what people declared false."""
    cases: Remembered[Cases] = field(default_factory=lambda: Remembered(_MOST_GROUPS))
    """Where its groups stand, by their ids: put together once."""


def load_part(context: Context, repository_id: str) -> Part:
    """Return what is known of one repository; nothing where it was not visited.

    Raises:
        InputError: nothing was ever decided.
    """
    return part_of(context, shown_decisions(context), repository_id)


def part_of(context: Context, present: Present, repository_id: str) -> Part:
    """Return what some decisions tell of one repository; nothing where it was not visited."""
    mark = (context.settings.catalog_url, present.key, present.is_stale, repository_id)
    known = _PARTS.get(mark)
    if known is not None and time.monotonic() < known[0]:
        return known[1]
    part = _read_part(context, present, repository_id)
    kept = _STALE_SECONDS if present.is_stale else math.inf
    while len(_PARTS) >= _MOST_PARTS:
        _PARTS.pop(next(iter(_PARTS)), None)
    _PARTS[mark] = (time.monotonic() + kept, part)
    return part


def _read_part(context: Context, present: Present, repository_id: str) -> Part:
    keys = corpus_keys(context)
    own = replace(
        keys,
        snapshots={k: v for k, v in keys.snapshots.items() if k == repository_id},
        trees={k: v for k, v in keys.trees.items() if k == repository_id},
    )
    with open_dossier(context.lake.path("decisions", present.key), "decisions") as connection:
        decisions = connection.sql(_OF_ONE, params=[repository_id]).to_arrow_table()
        beside = connection.sql(_BESIDE, params=[repository_id]).to_arrow_table()
    everything = load_corpus(context, own, NO_REVIEWS)
    # The last decisions may be of other reviews: what these cleared is still held by them.
    is_same = present.is_stale or not keys.reviews.items
    corpus = everything if is_same else load_corpus(context, own, beside=beside)
    return Part(decisions=decisions, corpus=corpus, everything=everything)


_PARTS: Final[dict[tuple[str, str, bool, str], tuple[float, Part]]] = {}
"""By catalog, decisions and repository: until when it stands, and what was read; a reviewer goes
from group to group of one repository, and all that a part is made from never changes."""
_BESIDE: Final = """
    SELECT DISTINCT repo_id, blob_id FROM decisions WHERE repo_id <> $1
        AND blob_id IN (SELECT blob_id FROM decisions WHERE repo_id = $1)
"""
_OF_ONE: Final = "SELECT * FROM decisions WHERE repo_id = $1 ORDER BY path"
