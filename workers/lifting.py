"""Lift the recall of whole releases that nobody could judge, once somebody can."""

from __future__ import annotations

from functools import cache

from ingest.errors import InputError
from release.pull.verify import verify_bytes
from store.catalog import RecallBook, RecallRecord, ReleaseBook, ReleaseRecord
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_corpus
from workers.decisions import decide_anew
from workers.recalls import Work, publish_recalls
from workers.rescan import Eyes, open_eyes
from workers.stages.recall import losses_of

_ANEW = "shardgate release build publishes what may be used, under a new id."


def lift_recall(context: Context, recall_id: str, *, actor: str) -> RecallRecord:
    """Lift a recall of whole releases, tell readers, and decide anew.

    Raises:
        InputError: there is no such recall, it names rows, or a release still cannot be judged or
            holds rows that may not be used.
        ReleaseRefused: the files of a release are not those that were signed.
    """
    book, releases = RecallBook(context.catalog, utc_now), ReleaseBook(context.catalog, utc_now)
    found = book.find(recall_id)
    if found is None or not found.is_whole or found.lifted:
        raise InputError(
            f"{recall_id} is no recall of whole releases that stands.",
            hint="No row that was taken back comes again; shardgate recall list shows recalls.",
        )
    known = (releases.find_release(part.release_id) for part in found.releases)
    _check(context, {release.id: release for release in known if release is not None})
    lifted = book.lift(recall_id, actor=actor)
    seal_audit(context)
    publish_recalls(context, found.tier)
    # What ended while this was looked at has not seen these releases.
    decide_anew(context)
    return lifted


def _check(context: Context, releases: dict[str, ReleaseRecord]) -> None:
    for release in releases.values():
        folder = context.settings.shards_dir(release.tier.value) / release.path
        verify_bytes(folder, context.keys.public, release.tier)
    keys = corpus_keys(context)

    @cache
    def eyes() -> Eyes:
        return open_eyes(context, load_corpus(context, keys).accepted)

    work = Work(eyes=eyes, progress=lambda _done, _total: None, last_check=lambda: None)
    losses, unjudged = losses_of(context, releases, (keys, "run_0000000000000000"), work)
    for name, cause in sorted(unjudged.items()):
        raise InputError(f"{name} still cannot be judged: {cause}.", hint=_ANEW)
    for name, lost in sorted(losses.items()):
        if lost:
            raise InputError(f"{len(lost):,} rows of {name} may not be used.", hint=_ANEW)
