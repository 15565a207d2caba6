"""What is out, looked at again by the detectors and with the known secrets of today."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyarrow as pa

from ingest.domain.finding import Family
from ingest.errors import ArtefactCorrupt
from policies.review import NO_REVIEWS, clear_findings
from release.build.exitscan import leaks_by_batch
from release.build.inputs import EXIT_CATEGORIES
from release.build.texts import Inspector
from store.catalog import ReleaseRecord
from workers.context import Context
from workers.corpus import corpus_keys, digest_of, known_of_company, load_corpus, load_facts
from workers.exitscanner import DetectorScanner
from workers.known import Sweeper
from workers.released import manifest_of, published, released_rows
from workers.sandbox import Progress

HITS: Final = pa.schema(
    [
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
    ]
)
"""Rows of a release that show what must not leave, each with one rule that says so."""
ACCEPTED: Final = pa.schema([pa.field("hmac", pa.string(), nullable=False)])
"""`Finding.hmac` of values that people declared none."""
_PLACE: Final = ["repo_id", "blob_id"]
SCANNING: Final = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """The exit scan of today."""

    scanner: Callable[[], DetectorScanner]
    """Loads the detectors, once."""
    accepted: frozenset[str]
    """`Finding.hmac` of values that people declared none."""
    mark: str
    """Digest over all that it could see otherwise."""


def open_eyes(context: Context, accepted: frozenset[str]) -> Eyes:
    """Return the exit scan of today.

    `accepted` are those of the corpus; what is declared of files that left it counts as well.
    """
    accepted |= _accepted_in_released(context)
    known = known_of_company(context)
    digests = {f.value: context.ruleset_digests[f] for f in SCANNING}

    @cache
    def scanner() -> DetectorScanner:
        sweeper = Sweeper(known=known, key=context.keys.hmac)
        return DetectorScanner(context.detectors(SCANNING), sweeper)

    return Eyes(
        scanner=scanner,
        accepted=accepted,
        mark=digest_of("rescan", digests, known.digest, sorted(accepted)),
    )


def is_seen(context: Context, release: ReleaseRecord, eyes: Callable[[], Eyes]) -> bool:
    """Tell whether the build of a release has seen all that the exit scan of today sees.

    It has not where a value was accepted that is not any more: its file may have left the corpus,
    so no decision of today tells of it.
    """
    rulesets = manifest_of(context, release).rulesets
    now = {f.value: context.ruleset_digests[f] for f in SCANNING}
    is_same = all(rulesets.get(name) == digest for name, digest in now.items())
    params = release.params
    is_known = params.get("known_values") == known_of_company(context).digest
    # What a release took over from another was looked at when that one was.
    if not is_same or not is_known or "parent" in params:
        return False
    then = _accepted_then(context, release)
    return then is not None and (not then or then <= eyes().accepted)


def hits_in(
    context: Context, release: ReleaseRecord, eyes: Eyes, progress: Progress
) -> dict[str, str]:
    """Return the rows of a release that must not be out by today's eyes, each with a rule.

    Each release is looked at once for what can be seen at a time.
    """
    key = rescan_key(release.id, eyes)
    lake = context.lake
    if not lake.exists("rescans", key):
        folder = context.settings.shards_dir(release.tier.value) / release.path
        refused = EXIT_CATEGORIES[release.tier]
        inspector = Inspector(scanner=eyes.scanner(), refused=refused, accepted=eyes.accepted)
        shards = manifest_of(context, release).shards
        found: dict[str, str] = {}
        for leaks in leaks_by_batch(folder, shards, inspector, progress=progress):
            for leak in leaks:
                found[leak.row_id] = min(leak.rule, found.get(leak.row_id, leak.rule))
        keep_hits(context, release.id, eyes, found)
    table = lake.read("rescans", key, schema=HITS)
    return dict(zip(table["row_id"].to_pylist(), table["rule"].to_pylist(), strict=True))


def keep_hits(context: Context, release_id: str, eyes: Eyes, found: dict[str, str]) -> None:
    """Keep what a release was seen to show."""
    rows = [{"row_id": row_id, "rule": rule} for row_id, rule in sorted(found.items())]
    table = pa.Table.from_pylist(rows, schema=HITS)
    context.lake.write("rescans", rescan_key(release_id, eyes), table)


def keep_accepted(context: Context, dossier: str, accepted: frozenset[str]) -> None:
    """Keep which values people had accepted when a dossier was made; that follows from its key."""
    rows = pa.array(sorted(accepted), pa.string())
    context.lake.write("accepted", dossier, pa.Table.from_arrays([rows], schema=ACCEPTED))


def accepted_before(context: Context) -> frozenset[str]:
    """Return the values that were accepted in what is out, when that was decided on."""
    return frozenset().union(*(_accepted_then(context, r) or () for r in published(context)))


def _accepted_then(context: Context, release: ReleaseRecord) -> frozenset[str] | None:
    dossier = str(release.params.get("dossier", ""))
    if not dossier or not context.lake.exists("accepted", dossier):
        return None
    table = context.lake.read("accepted", dossier, schema=ACCEPTED)
    return frozenset(table["hmac"].to_pylist())


def _accepted_in_released(context: Context) -> frozenset[str]:
    """Return the values that reviews of today clear in the corpus and in all that is out.

    A file that leaves the corpus takes no declaration with it.
    """
    keys = corpus_keys(context)
    if not keys.reviews.false_positives:
        return frozenset()
    corpus = load_corpus(context, keys, NO_REVIEWS)
    places = [corpus.snapshots.select(_PLACE)]
    for release in published(context):
        # What cannot be read is told of by the judging of releases.
        with suppress(ArtefactCorrupt):
            places.append(released_rows(context, release).select(_PLACE))
    held = pa.concat_tables(places, promote_options="permissive")
    facts = load_facts(context, held)
    return clear_findings(facts, corpus.trees, held, keys.reviews).accepted


def rescan_key(release_id: str, eyes: Eyes) -> str:
    """Return the key of what one look at a release has found."""
    return digest_of("rescan", release_id, eyes.mark)
