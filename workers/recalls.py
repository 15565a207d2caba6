"""Take rows of releases back: a release without them, the recall that names them, the feed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

import pyarrow as pa

from ingest.errors import ResourceExhausted, TransientError
from policies.decision import Tier
from policies.review import Withdrawal
from release.build import BuiltRelease
from release.domain.recall import content_digest, ids_digest, recall_id_of
from release.pull.recalls import recall_path, recalls_folder, tombstones_path
from release.recall import (
    DROPPED,
    FeedRelease,
    RecallReason,
    RecallTools,
    ReleaseStanding,
    ReReleaseSpec,
    ReReleaseTools,
    Tombstone,
    publish_recall,
    re_release,
    tombstones_table,
    update_feed,
)
from release.signing import KeySigner
from store.catalog import (
    RecallBook,
    RecalledRelease,
    RecallRecord,
    ReleaseBook,
    ReleaseRecord,
    ReleaseState,
)
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.gate import inspect_again
from workers.publishing import beginning, record_published
from workers.released import DAMAGED, cause_of, manifest_of, released_rows
from workers.rescan import Eyes, keep_hits
from workers.sandbox import Progress

ACTOR: Final = "worker"
RESTRICTED_BY: Final = "restricted_by"
"""Parameter of a release: digest of the policy by which rows of its parent were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A row that must not be used any more, and why."""

    row_id: str
    reason: RecallReason
    request_id: str
    rule: str
    """Reason codes of the verdict; stays inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What taking back works with."""

    eyes: Callable[[], Eyes]
    """Loads the detectors when something is written again."""
    progress: Progress
    last_check: Callable[[], None]
    is_last: bool = True
    """Nobody tries again: what a disk refuses to read counts as gone."""
    looks_again: bool = True
    """What is out is looked at by today's exit scan, not judged alone."""


def loss_of(row: Mapping[str, object], withdrawals: Mapping[str, Withdrawal], run_id: str) -> Loss:
    """Return the loss that a row of `policies.standing.DISALLOWED` amounts to.

    A reader is told a word of a closed list and an id: the withdrawal's where there is one, else
    that of the run in which it was seen.
    """
    said = withdrawals.get(str(row["withdrawal_id"]))
    if said is not None:
        reason = RecallReason(said.reason.value)
    elif row["is_seen_anew"]:
        reason = RecallReason.DETECTOR
    elif row["is_without_consent"]:
        reason = RecallReason.CONSENT_ENDED
    else:
        reason = RecallReason.POLICY
    names = row["reasons"]
    return Loss(
        row_id=str(row["row_id"]),
        reason=reason,
        request_id=said.id if said is not None else run_id,
        rule=",".join(map(str, names)) if isinstance(names, list) and names else reason.value,
    )


def take_back(
    context: Context,
    tier: Tier,
    losses: Mapping[str, tuple[ReleaseRecord, Mapping[str, Loss]]],
    work: Work,
) -> dict[str, str]:
    """Take rows out of releases of one tier.

    First the releases without these rows are published, then the recall is part of the catalog,
    and what readers see follows from that (`publish_recalls`). A process that dies in between is
    made good by doing it again. A release that cannot be published without its rows is recalled
    all the same, and nothing replaces it; where that may pass, as with a disk that is full, only
    in the last attempt.

    Returns:
        Ids of such releases, each with the cause in words for a person.

    Raises:
        Conflict: a release was recalled meanwhile; look again.
    """
    now = utc_now().replace(microsecond=0)
    tombstones: list[Tombstone] = []
    parts: list[RecalledRelease] = []
    alone: dict[str, str] = {}
    for release, lost in losses.values():
        replaced_by = ""
        try:
            replaced_by = _without(context, release, lost, work)
        except (TransientError, *DAMAGED) as error:
            alone[release.id], may_pass = _what_stops(error)
            if may_pass and not work.is_last:
                continue
        rows = len(lost)
        parts.append(RecalledRelease(release_id=release.id, rows=rows, replaced_by=replaced_by))
        tombstones += _tombstones(context, release, lost, (now, replaced_by or None))
    if not parts:
        return alone
    table = tombstones_table(tombstones, tier)
    recall_id = recall_id_of(content_digest(table))
    # What the recall is made from is kept before the catalog knows of it: the rest follows.
    context.lake.write("tombstones", recall_id, table)
    record = RecallRecord(
        id=recall_id,
        tier=tier,
        reasons=tuple(sorted({t.reason.value for t in tombstones})),
        requests=tuple(sorted({t.request_id for t in tombstones})),
        releases=tuple(sorted(parts, key=lambda part: part.release_id)),
        issued_at=now,
    )
    if RecallBook(context.catalog, clock=utc_now).record(record, actor=ACTOR):
        seal_audit(context)
    return alone


def _what_stops(error: Exception) -> tuple[str, bool]:
    """Return why a release cannot be made again, in words, and whether that may pass."""
    try:
        return cause_of(error), isinstance(error, (TransientError, OSError))
    except ResourceExhausted as short:
        return short.message, True


def take_back_whole(context: Context, releases: Iterable[ReleaseRecord], run_id: str) -> None:
    """Recall releases as a whole: nobody can tell which of their rows may still be used.

    They are not read, and nothing replaces them. A person lifts it once they can be judged again
    (`workers.lifting`), or builds anew.

    Raises:
        Conflict: a release was recalled meanwhile; look again.
    """
    now, taken = utc_now().replace(microsecond=0), sorted(releases, key=lambda r: r.id)
    for tier in Tier:
        parts = tuple(
            RecalledRelease(release_id=release.id, rows=0, replaced_by="")
            for release in taken
            if release.tier is tier
        )
        named = "\n".join([run_id, *(part.release_id for part in parts)])
        record = RecallRecord(
            id=recall_id_of(hashlib.sha256(named.encode()).hexdigest()),
            tier=tier,
            reasons=(RecallReason.UNJUDGED.value,),
            requests=(run_id,),
            releases=parts,
            issued_at=now,
        )
        if parts and RecallBook(context.catalog, clock=utc_now).record(record, actor=ACTOR):
            seal_audit(context)


def publish_recalls(context: Context, tier: Tier) -> None:
    """Put what the catalog knows of a tier before its readers: recalls that lack, and the feed.

    Does nothing where nothing was ever published, or all of it is there and young.

    Raises:
        ReleaseRefused: what is published is not ours, or was tampered with.
    """
    book = ReleaseBook(context.catalog, utc_now)

    def standing() -> Mapping[str, FeedRelease]:
        return {r.id: _standing_of(r) for r in book.list_releases(tier) if r.is_out}

    if not standing():
        return
    root = context.settings.shards_dir(tier.value)
    tools = RecallTools(
        signer=KeySigner(private=context.keys.private),
        public_key=context.keys.public,
        now=utc_now().replace(microsecond=0),
    )
    folder = recalls_folder(root / "release")
    for recall in reversed(RecallBook(context.catalog, utc_now).list_all(tier)):
        if recall.is_whole:
            # It names no row, so there is no file of it: the feed says it.
            continue
        files = (recall_path(folder, recall.id), tombstones_path(folder, recall.id))
        if not all(file.exists() for file in files):
            # Signed for the moment that the catalog knows: a lost file comes back as it was, and
            # the feed has its digest.
            then = replace(tools, now=recall.issued_at)
            publish_recall(root, _kept_tombstones(context, recall), tier, then)
    update_feed(root, standing, tier, tools)


def recalls_digest(context: Context, tier: Tier) -> str:
    """Return a digest of all recalls of a tier; empty where there is none."""
    ids = sorted(r.id for r in RecallBook(context.catalog, utc_now).list_all(tier))
    return hashlib.sha256("\n".join(ids).encode()).hexdigest() if ids else ""


def _standing_of(release: ReleaseRecord) -> FeedRelease:
    # An older release of which every row may be used is no worse than the newest: who trains by it
    # goes on. So none but a recalled one names another.
    if release.state is ReleaseState.RECALLED:
        other = release.replaced_by or None
        return FeedRelease(state=ReleaseStanding.RECALLED, replaced_by=other)
    return FeedRelease(state=ReleaseStanding.CURRENT)


def _without(context: Context, release: ReleaseRecord, lost: Mapping[str, Loss], work: Work) -> str:
    """Publish a release without some rows and return its id; empty where no row is left."""
    manifest = manifest_of(context, release)
    if len(lost) == manifest.counts.emitted:
        return ""
    rows = released_rows(context, release)
    kept = [
        {"id": row["row_id"], "repo_id": row["repo_id"], "path": row["path"]}
        | {"rule": lost[row["row_id"]].rule}
        for row in rows.select(["row_id", "repo_id", "path"]).to_pylist()
        if row["row_id"] in lost
    ]
    eyes, dropped = work.eyes(), pa.Table.from_pylist(kept, schema=DROPPED)
    # What it is decided by, and which is the newest, is as it was with its parent.
    params = {
        **release.params,
        "parent": release.id,
        "tombstones": ids_digest(lost),
        RESTRICTED_BY: context.policy.digest,
    }
    parent = BuiltRelease(
        directory=context.settings.shards_dir(release.tier.value) / release.path,
        manifest=manifest,
        exclusions=context.lake.read("exclusions", release.id),
    )
    built = re_release(
        parent,
        dropped,
        ReReleaseSpec(
            created_at=utc_now().replace(microsecond=0),
            accepted_identities=eyes.accepted,
            restricted_by=context.policy.digest,
        ),
        ReReleaseTools(
            scanner=eyes.scanner(),
            signer=KeySigner(private=context.keys.private),
            public_key=context.keys.public,
            gate=partial(inspect_again, context),
            progress=work.progress,
            last_check=work.last_check,
            begin=beginning(context, release.tier, params, release.created_at),
        ),
    )
    record_published(context, built, params, release.created_at)
    # Its rows are those of the parent that showed nothing, or were scanned again.
    keep_hits(context, built.manifest.release_id, eyes, {})
    return built.manifest.release_id


def _tombstones(
    context: Context,
    release: ReleaseRecord,
    lost: Mapping[str, Loss],
    when: tuple[datetime, str | None],
) -> Iterable[Tombstone]:
    now, replaced_by = when
    blobs: dict[str, str] = {}
    if release.tier is Tier.INTERNAL_ONLY:
        # What is known of a release that nobody can judge may be gone; its rows are named anyway.
        with suppress(*DAMAGED):
            rows = released_rows(context, release)
            blobs = dict(zip(rows["row_id"].to_pylist(), rows["blob_id"].to_pylist(), strict=True))
    for row_id, loss in sorted(lost.items()):
        yield Tombstone(
            release_id=release.id,
            id=row_id,
            reason=loss.reason,
            request_id=loss.request_id,
            effective_at=now,
            replaced_by=replaced_by,
            blob_id=blobs.get(row_id, ""),
        )


def _kept_tombstones(context: Context, recall: RecallRecord) -> list[Tombstone]:
    """Return the tombstones of a recall, with the moment and the replacements of the catalog.

    Those of the table may be of an attempt that ended before the catalog knew of it.
    """
    others = {part.release_id: part.replaced_by or None for part in recall.releases}
    return [
        Tombstone(
            **row
            | {
                "reason": RecallReason(row["reason"]),
                "effective_at": recall.issued_at,
                "replaced_by": others[row["release_id"]],
            }
        )
        for row in context.lake.read("tombstones", recall.id).to_pylist()
    ]
