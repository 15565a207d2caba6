"""Recall: what is out and may not be used any more is taken back, before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import pyarrow as pa
import structlog

from ingest.errors import ArtefactCorrupt, Conflict, TransientError
from policies.decision import Tier
from release.recall import RecallReason
from store.catalog import MAX_ATTEMPTS, ClaimedJob, JobSpec, LeaseLost, ReleaseRecord
from workers.context import Context
from workers.corpus import CorpusKeys, corpus_keys, load_corpus
from workers.lapsed import judge_lapsed, lapsed_findings
from workers.publishing import set_orphans_aside
from workers.recalls import (
    Loss,
    Work,
    loss_of,
    publish_recalls,
    take_back,
    take_back_whole,
)
from workers.refreshing import MEANWHILE
from workers.released import (
    DAMAGED,
    Held,
    cause_of,
    judge_releases,
    present_decisions,
    published,
)
from workers.rescan import Eyes, accepted_before, hits_in, is_seen, open_eyes
from workers.sandbox import Progress

_DETECTOR: Final = RecallReason.DETECTOR
_MOST_EXPOSED_FIRST: Final = (Tier.RELEASABLE, Tier.INTERNAL_ONLY)
_Losses = dict[str, dict[str, Loss]]
"""Release id to its lost rows, by id."""
_Causes = dict[str, str]
"""Release id to why something could not be done about it, in words for a person."""


def recall(context: Context, job: ClaimedJob, progress: Progress) -> Sequence[JobSpec]:
    """Take back what may not be used; then ask for the builds of the run.

    A release that cannot be judged, looked at or made again, because something about it is gone or
    damaged, stops no other. The job is tried again, for a disk may answer later; in its last
    attempt what still cannot be judged is recalled as a whole. Then it is parked, once all else is
    done and readers know: a person has to say what becomes of it.

    Where decisions wait for a scan by other rules, what is out is judged meanwhile and not looked
    at: which values people declared none is known by the findings of that scan.
    """
    keys = corpus_keys(context)
    is_meanwhile = job.subject == MEANWHILE

    @cache
    def eyes() -> Eyes:
        before = accepted_before(context) if is_meanwhile else frozenset[str]()
        return open_eyes(context, load_corpus(context, keys).accepted | before)

    def last_check() -> None:
        """Publish nothing as a zombie."""
        if not context.jobs.heartbeat(job, context.settings.lease_seconds, 1, 1):
            raise LeaseLost(f"The lease of {job.id} is lost; nothing was published.")

    is_last = job.attempt >= MAX_ATTEMPTS
    work = Work(
        eyes=eyes,
        progress=progress,
        last_check=last_check,
        is_last=is_last,
        looks_again=not is_meanwhile,
    )
    releases = {release.id: release for release in published(context)}
    causes: _Causes = {}
    try:
        if releases:
            losses, unjudged = losses_of(context, releases, (keys, job.run_id), work)
            causes = unjudged | _take_back(context, releases, losses, work)
            if is_last:
                causes |= _take_back_whole(context, unjudged, job.run_id)
    finally:
        causes |= _tell(context)
    for name, cause in sorted(causes.items()):
        structlog.get_logger().error("not judged, or not replaced", subject=name, cause=cause)
    if causes:
        told = "; ".join(f"{name}: {cause}" for name, cause in sorted(causes.items()))
        is_out = any(release.id in causes for release in published(context))
        failure = ArtefactCorrupt if is_last or not is_out else TransientError
        raise failure(f"Not all could be judged, or replaced: {told}")
    if is_meanwhile:
        return ()
    return [
        JobSpec.of(run_id=job.run_id, stage="build", scope="", subject=f"{tier}.{job.subject}")
        for tier in context.catalog.run_tiers(job.run_id)
    ]


def _take_back(
    context: Context, releases: Mapping[str, ReleaseRecord], losses: _Losses, work: Work
) -> _Causes:
    """Take the lost rows back; what stops one tier is raised after the other was tried."""
    causes: _Causes = {}
    failure: Exception | None = None
    for tier in _MOST_EXPOSED_FIRST:
        lost = {
            name: (releases[name], rows)
            for name, rows in sorted(losses.items())
            if rows and releases[name].tier is tier
        }
        try:
            causes |= take_back(context, tier, lost, work) if lost else {}
        except Conflict as error:
            failure = TransientError(str(error))
        except (TransientError, *DAMAGED) as error:
            failure = error
    if failure is not None:
        raise failure from None
    return causes


def _take_back_whole(context: Context, unjudged: _Causes, run_id: str) -> _Causes:
    """Recall as a whole what cannot be judged and was not taken back already."""
    left = [release for release in published(context) if release.id in unjudged]
    try:
        take_back_whole(context, left, run_id)
    except Conflict as error:
        raise TransientError(str(error)) from None
    return {r.id: f"{unjudged[r.id]}; recalled as a whole".lstrip("; ") for r in left}


def _tell(context: Context) -> _Causes:
    """Put what the catalog knows before the readers of each tier, whatever is with the other."""
    causes: _Causes = {}
    for tier in _MOST_EXPOSED_FIRST:
        try:
            publish_recalls(context, tier)
            set_orphans_aside(context, tier)
        except DAMAGED as error:
            causes[f"the recalls of {tier}"] = cause_of(error)
    return causes


def losses_of(
    context: Context,
    releases: Mapping[str, ReleaseRecord],
    now: tuple[CorpusKeys, str],
    work: Work,
) -> tuple[_Losses, _Causes]:
    """Return the rows of releases that may not be used, and what is not known of which.

    Args:
        context: adapters.
        releases: by id.
        now: what holds today, and the run that asks.
        work: the eyes of today.
    """
    keys, run_id = now
    withdrawals = {w.id: w for w in keys.reviews.withdrawals}
    losses: _Losses = {}
    causes: _Causes = {}
    for held in _judged(context, releases.values(), keys):
        release, rows = held.release, [] if held.rows is None else held.rows.to_pylist()
        if held.rows is None:
            causes[release.id] = held.cause
        found = {loss.row_id: loss for loss in (loss_of(r, withdrawals, run_id) for r in rows)}
        try:
            hits = _hits(context, release, work)
        except DAMAGED as error:
            hits = {}
            causes[release.id] = cause_of(error)
        for row_id, rule in hits.items():
            seen = Loss(row_id=row_id, reason=_DETECTOR, request_id=run_id, rule=rule)
            found.setdefault(row_id, seen)
        losses[release.id] = found
    return losses, causes


def _judged(
    context: Context, releases: Iterable[ReleaseRecord], keys: CorpusKeys
) -> Iterator[Held]:
    """Judge releases by what is known of files today, also of those that left the corpus."""
    said = (context.policy, keys.reviews, keys.rights)
    present, lapsed = present_decisions(context, keys), lapsed_findings(context, keys)
    others: list[ReleaseRecord] = []
    for release in releases:
        try:
            more = judge_lapsed(context, release, lapsed, (keys, present))
        except DAMAGED as error:
            yield Held(release=release, rows=None, cause=cause_of(error))
            continue
        if more.num_rows:
            known = pa.concat_tables([present, more])
            yield from judge_releases(context, [release], said, known)
        else:
            others.append(release)
    yield from judge_releases(context, others, said, present)


def _hits(context: Context, release: ReleaseRecord, work: Work) -> Mapping[str, str]:
    if not work.looks_again or is_seen(context, release, work.eyes):
        return {}
    return hits_in(context, release, work.eyes(), work.progress)
