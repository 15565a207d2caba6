"""Pull a release as an installation does: by a grant, for a training run, with a receipt."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from ingest.errors import InputError, ReleaseRefused, TransientError
from policies.decision import Tier
from release.domain.grant import (
    Grant,
    PullRefused,
    Purpose,
    Refusal,
    Wish,
    check_run,
    choose_grant,
    may_pull,
    unnamed_run,
    why_refused,
)
from release.domain.manifest import MANIFEST_FILE, Manifest, Release
from release.domain.recall import Recall
from release.domain.receipt import Receipt, pulled_shards, timestamp
from release.exports import ExportFormat, export_release
from release.files import sha256_of, write_whole
from release.ports import Progress
from release.pull import (
    check_tier,
    incoming_folder,
    open_receipt,
    pull_release,
    read_manifest,
    sign_receipt,
)
from release.pull.recalls import RECALLS_FOLDER, Reader, read_recalls
from store.catalog import GrantBook, PullBook, ReleaseBook, ReleaseState
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.published import check_not_recalled
from workers.unsettled import NotSettled, Unsettled

CHECK_EVERY_BYTES: Final = 64 * 2**20
"""Bytes that are copied at most before the grant is looked at again."""
DEFAULT_GRANT_DAYS: Final = 90
_DESTINATION: Final = "local"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks to be handed over."""

    release: str
    """Id of a release, or the folder of one."""
    dest: Path
    """Folder to copy into."""
    tier: Tier
    consumer: str
    purpose: Purpose | None = None
    """None: what their only grant for the tier is for."""
    run_id: str = ""
    """Empty: derived from release, consumer and purpose."""
    public_key: Path | None = None
    """None: the installation's."""
    drop_recalled: bool = False
    """Copy a recalled release too; loaders leave the rows out that must not be used."""
    form: ExportFormat | None = None
    """Write the rows in this format instead of copying the release; rows of recalls stay out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A pulled release, and the receipt of it."""

    release: Release
    receipt: Receipt | None = None
    """None: it is no release of this installation, so nobody here could grant it."""
    receipt_file: Path | None = None


def pull(context: Context, order: Order, progress: Progress, *, clock: Clock = utc_now) -> Handover:
    """Copy and verify a release, and leave a signed receipt beside the copy and in the catalog.

    A release that this installation built needs a grant wherever its folder lies; the grant is
    looked at before the first byte, while bytes are copied, and as the receipt is written. Where it
    ends on the way, nothing stays of the copy. The same pull again gives the same receipt.

    Raises:
        PullRefused: nobody granted it, or no longer; or the run is another one's.
        ReleaseRefused: the release fails a check, or is not published.
        NotSettled: something may have to be taken back, see `workers.unsettled`.
        InputError: there is no such release, or the run has no name that could be one.
    """
    source = _find_folder(context, order)
    key = order.public_key or context.keys.public
    manifest = read_manifest(source, key)
    check_tier(manifest, order.tier)
    if order.purpose is not None and _wish(order, order.purpose).is_forbidden:
        raise _refused(order, order.purpose, Refusal.NEVER, clock())
    take_over = partial(_taking(source, key, order), drop_recalled=order.drop_recalled)
    if not _is_ours(context, order, source, manifest):
        return Handover(release=take_over(progress=progress))
    desk = _Desk(context, order, manifest, clock)
    name = manifest.release_id if order.form is None else f"{manifest.release_id}.{order.form}"
    place = order.dest / name
    fresh = [] if place.exists() else [place, incoming_folder(order.dest, name)]
    watched = _Watched(desk.check_grant, progress)
    try:
        copy = take_over(progress=watched)
        Unsettled(context).check()
        receipt, envelope = desk.write_receipt(copy)
    except (PullRefused, NotSettled):
        for folder in fresh:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    file = order.dest / receipt.file_name
    write_whole(file, envelope)
    seal_audit(context)
    return Handover(release=copy, receipt=receipt, receipt_file=file)


def _taking(source: Path, key: Path, order: Order) -> Callable[..., Release]:
    """Return what makes the copy, or the export, that is asked for."""
    if order.form is None:
        return partial(pull_release, source, order.dest, key, order.tier)
    reader = Reader(public_key=key, tier=order.tier)
    return partial(export_release, source, order.dest, reader, order.form)


def _find_folder(context: Context, order: Order) -> Path:
    """Return where a release lies; what is named by its id alone is this installation's."""
    if "/" in order.release or Path(order.release).is_dir():
        return Path(order.release)
    folder = context.settings.shards_dir(order.tier.value) / order.release
    is_known = context.has_catalog and (
        ReleaseBook(context.catalog, clock=utc_now).find_release(order.release) is not None
    )
    if not (folder.is_dir() and is_known):
        raise InputError(
            f"There is no {order.tier.value} release {order.release}.",
            hint="Run: shardgate release list",
        )
    return folder


def _is_ours(context: Context, order: Order, source: Path, manifest: Manifest) -> bool:
    """Tell whether this installation published a release; refuse one that it never let out."""
    if not context.has_catalog:
        return False
    book = ReleaseBook(context.catalog, clock=utc_now)
    record = book.find_release(manifest.release_id)
    if record is None:
        # Signed by us and written down nowhere: a build that died before it was out.
        if order.public_key is None or _is_same_key(order.public_key, context.keys.public):
            raise ReleaseRefused(f"{manifest.release_id} was never published.")
        return False
    if record.published_at is None:
        raise ReleaseRefused(f"{record.id} is not published.")
    Unsettled(context).check()
    if record.manifest_digest != sha256_of(source / MANIFEST_FILE):
        raise ReleaseRefused(f"{record.id} is not the release that was published.")
    if not order.drop_recalled:
        check_not_recalled(record)
    elif record.state is ReleaseState.RECALLED and not _recalls_of(context, order, record.id):
        raise TransientError(f"The recall of {record.id} is not out yet.", hint="Try again.")
    return True


def _recalls_of(context: Context, order: Order, release_id: str) -> Sequence[Recall]:
    """Return the recalls that readers can see of a release."""
    root = context.settings.shards_dir(order.tier.value) / RECALLS_FOLDER
    reader = Reader(public_key=context.keys.public, tier=order.tier)
    known = read_recalls(root, reader)
    return () if known is None else known.touching(release_id)


def _is_same_key(one: Path, other: Path) -> bool:
    try:
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False


class _Desk:
    """Decides on one order, again and again until it is done."""

    def __init__(self, context: Context, order: Order, manifest: Manifest, clock: Clock) -> None:
        """Choose purpose, run and grant; raises PullRefused where there is none."""
        self._context, self._clock = context, clock
        self._grants = GrantBook(context.catalog, clock)
        self._pulls = PullBook(context.catalog, clock)
        self._order = order
        held = self._grants.list_all(order.consumer)
        now = clock()
        self._wish = _wish(order, order.purpose or _only_purpose(held, order, now))
        self._run_id = _run_id(order, self._wish, manifest)
        self._pulls.check_run(self._run_id, self._wish)
        earlier = self._pulls.list_all(release_id=manifest.release_id, run_id=self._run_id)
        preferred = earlier[-1].grant_id if earlier else ""
        chosen = choose_grant(held, self._wish, now, preferred=preferred)
        if isinstance(chosen, Refusal):
            raise _refused(order, self._wish.purpose, chosen, now)
        self._grant_id = chosen.id

    def check_grant(self) -> None:
        """Refuse to go on once the grant has ended."""
        now = self._clock()
        refusal = why_refused(self._grants.find(self._grant_id), self._wish, now)
        if refusal is not None:
            raise _refused(self._order, self._wish.purpose, refusal, now)

    def write_receipt(self, copy: Release) -> tuple[Receipt, bytes]:
        """Write the pull into the catalog; return the receipt that stands, and its envelope."""
        parcel = Parcel(
            manifest=copy.manifest,
            manifest_digest=sha256_of(copy.directory / MANIFEST_FILE),
            wish=self._wish,
            grant_id=self._grant_id,
            run_id=self._run_id,
            recalls=self._known_recalls(copy.manifest.release_id),
            destination=_DESTINATION,
        )
        return record_parcel(self._context, parcel, clock=self._clock)

    def _known_recalls(self, release_id: str) -> tuple[str, ...]:
        """Return the recalls that came along with the copy and speak of its rows."""
        order, key = self._order, self._order.public_key or self._context.keys.public
        reader = Reader(public_key=key, tier=order.tier)
        known = read_recalls(order.dest / RECALLS_FOLDER, reader)
        touching = [] if known is None else known.touching(release_id)
        return tuple(sorted(recall.recall_id for recall in touching))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is handed over to whom, by which grant."""

    manifest: Manifest
    manifest_digest: str
    wish: Wish
    grant_id: str
    run_id: str
    destination: str
    """Label of where it goes."""
    recalls: tuple[str, ...] = ()
    """Those that were known and speak of its rows."""


def record_parcel(
    context: Context, parcel: Parcel, *, clock: Clock = utc_now
) -> tuple[Receipt, bytes]:
    """Write a pull into the catalog; return the receipt that stands, and its envelope.

    The same pull again gives the first receipt.

    Raises:
        PullRefused: the grant does not allow it now, or the run is another one's.
        ReleaseRefused: the release is not published.
    """
    manifest, pulls = parcel.manifest, PullBook(context.catalog, clock)
    receipt = Receipt(
        release_id=manifest.release_id,
        manifest_digest=parcel.manifest_digest,
        tier=manifest.tier,
        policy_id=manifest.policy_id,
        shards=tuple(pulled_shards(manifest)),
        consumer=parcel.wish.consumer,
        purpose=parcel.wish.purpose,
        grant_id=parcel.grant_id,
        run_id=parcel.run_id,
        recalls=parcel.recalls,
        at=timestamp(clock()),
    )
    envelope = sign_receipt(receipt, context.keys.private)
    record = pulls.record(receipt, envelope, parcel.destination)
    if record.receipt_digest == hashlib.sha256(envelope).hexdigest():
        return receipt, envelope
    first = pulls.receipts(parcel.run_id)[record.receipt_digest]
    return open_receipt(first, context.keys.public), first


class _Watched:
    """Passes progress on, and asks now and then whether to go on at all."""

    def __init__(self, ask: Callable[[], None], progress: Progress) -> None:
        self._ask, self._progress, self._asked_at = ask, progress, 0

    def __call__(self, done: int, total: int) -> None:
        """Ask after every stretch of bytes, and before the release gets its place."""
        if done >= total or done - self._asked_at >= CHECK_EVERY_BYTES:
            self._asked_at = done
            self._ask()
        self._progress(done, total)


def _wish(order: Order, purpose: Purpose) -> Wish:
    return Wish(consumer=order.consumer, tier=order.tier, purpose=purpose)


def _only_purpose(held: Sequence[Grant], order: Order, now: datetime) -> Purpose:
    """Return what the consumer's grants for the tier are for, where that is one thing."""
    of_tier = [grant for grant in held if grant.tier is order.tier]
    live = {g.purpose for g in of_tier if may_pull(g, _wish(order, g.purpose), now)}
    purposes = live or {grant.purpose for grant in of_tier}
    if len(purposes) > 1:
        raise PullRefused(
            f"{order.consumer} has grants for several purposes.",
            hint=f"Say which with --purpose: {', '.join(sorted(purposes))}.",
        )
    if not purposes:
        usual = Purpose.PUBLIC_MODEL if order.tier is Tier.RELEASABLE else Purpose.INTERNAL_MODEL
        raise _refused(order, usual, Refusal.NO_GRANT, now)
    return purposes.pop()


def _run_id(order: Order, wish: Wish, manifest: Manifest) -> str:
    try:
        return check_run(order.run_id) if order.run_id else unnamed_run(wish, manifest.release_id)
    except ValueError as error:
        raise InputError(f"{error}.") from None


def _refused(order: Order, purpose: Purpose, refusal: Refusal, now: datetime) -> PullRefused:
    """Return the refusal, with the line by which another person could change it."""
    hint = ""
    if refusal is not Refusal.NEVER:
        until = (now + timedelta(days=DEFAULT_GRANT_DAYS)).date()
        hint = (
            f"Who may grant it types: shardgate grant add {order.consumer} --tier {order.tier} "
            f"--purpose {purpose} --until {until} --as NAME"
        )
    asked = f"{order.consumer} may not pull {order.tier} releases for {purpose}"
    return PullRefused(f"{asked}: {refusal}.", hint=hint)
