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
from workers.remembered import Remembered

_MOST_PARTS: Final = 8
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
    place, mark = (context.settings.catalog_url, repository_id), (present.key, present.is_stale)
    known = _PARTS.get(place)
    if known is not None and known.mark == mark and time.monotonic() < known.until:
        return known.part
    part, made_of = _read_part(context, present, repository_id, known)
    kept = _STALE_SECONDS if present.is_stale else math.inf
    _PARTS.pop(place, None)
    while len(_PARTS) >= _MOST_PARTS:
        _PARTS.pop(next(iter(_PARTS)), None)
    _PARTS[place] = _Known(mark=mark, until=time.monotonic() + kept, part=part, made_of=made_of)
    return part


def _read_part(
    context: Context, present: Present, repository_id: str, known: _Known | None
) -> tuple[Part, tuple[object, ...]]:
    """Return a part and what it was made of; what is known is taken where that is the same.

    Facts about a content never change, and one that gets its first facts gets another decision: so
    where its own rows are as they were, a repository costs little, however often the rest changes.
    """
    keys = corpus_keys(context)
    own = replace(
        keys,
        snapshots={k: v for k, v in keys.snapshots.items() if k == repository_id},
        trees={k: v for k, v in keys.trees.items() if k == repository_id},
    )
    with open_dossier(context.lake.path("decisions", present.key), "decisions") as connection:
        decisions = connection.sql(_OF_ONE, params=[repository_id]).to_arrow_table()
        beside = connection.sql(_BESIDE, params=[repository_id]).to_arrow_table()
    # The last decisions may be of other reviews: what these cleared is still held by them.
    is_same = present.is_stale or not keys.reviews.items
    names = (own.snapshots, own.trees, keys.reviews.digest, dict(context.ruleset_digests))
    made_of = (*names, is_same, keys.rights, beside)
    if known is not None and known.made_of == made_of and known.part.decisions == decisions:
        return replace(known.part, decisions=decisions), made_of
    everything = load_corpus(context, own, NO_REVIEWS)
    corpus = everything if is_same else load_corpus(context, own, beside=beside)
    return Part(decisions=decisions, corpus=corpus, everything=everything), made_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A part that was read a moment ago."""

    mark: tuple[str, bool]
    """Decisions, and whether they were about to be made anew."""
    until: float
    part: Part
    made_of: tuple[object, ...]


_PARTS: Final[dict[tuple[str, str], _Known]] = {}
"""By catalog and repository: a reviewer goes from group to group of one repository."""
_BESIDE: Final = """
    SELECT DISTINCT repo_id, blob_id FROM decisions WHERE repo_id <> $1
        AND blob_id IN (SELECT blob_id FROM decisions WHERE repo_id = $1)
"""
_OF_ONE: Final = "SELECT * FROM decisions WHERE repo_id = $1 ORDER BY path"
