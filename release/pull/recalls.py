"""Read feed and recalls, and tell what they say of a release; nothing unsigned or old counts.

The folder ``recalls`` beside a release holds the feed of its tier, every recall that the feed
lists, and the tombstones of the recalls that touch a release there. In the root of a tier that is
what was published; beside a copy it is what the copy's reader has seen, so that an older feed is
known for what it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.feed import Feed, FeedRecall, ReleaseStanding
from release.domain.recall import Recall, content_digest, tombstones_schema
from release.files import read_document
from release.signing import FEED_TYPE, RECALL_TYPE, verify

RECALLS_FOLDER: Final = "recalls"
RECALLED: Final = "RECALLED"
"""Code of the refusal of a release that was taken back."""


def recalls_folder(release_dir: Path) -> Path:
    """Return the folder of recalls that stands beside a release, there or not."""
    return release_dir.absolute().parent / RECALLS_FOLDER


def feed_path(folder: Path, tier: Tier) -> Path:
    """Return where a folder of recalls has the feed of a tier.

    The name tells the tier: copies of both may stand in one folder.
    """
    return folder / f"feed.{tier.value}.dsse.json"


def recall_path(folder: Path, recall_id: str) -> Path:
    """Return where a folder of recalls has a recall."""
    return folder / f"{recall_id}.dsse.json"


def tombstones_path(folder: Path, recall_id: str) -> Path:
    """Return where a folder of recalls has the tombstones of a recall."""
    return folder / f"{recall_id}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Which key a reader trusts, which tier is asked for, and when."""

    public_key: Path
    tier: Tier
    now: datetime | None = None
    """UTC; null: the present."""

    @property
    def moment(self) -> datetime:
        """When feeds are to be valid."""
        return self.now or datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalls:
    """What a folder of recalls says of a tier."""

    folder: Path
    feed: Feed
    envelope: bytes
    """The feed as it was signed: the file may be another one by now."""
    recalls: Mapping[str, Recall]

    def successors(self, release_id: str) -> list[str]:
        """Return the releases that replace one, in order."""
        return list(self.feed.successors(release_id))

    def touching(self, release_id: str) -> list[Recall]:
        """Return the recalls of rows that a release may hold.

        Those of its successors are among them: what was taken out of a release that replaces this
        one must not be used from this one either.
        """
        names = {release_id, *self.successors(release_id)}
        return [r for r in self.recalls.values() if names & {x.release_id for x in r.releases}]

    def is_recalled(self, release_id: str) -> bool:
        """Tell whether rows of a release must not be used."""
        entry = self.feed.releases.get(release_id)
        is_named = entry is not None and entry.state is ReleaseStanding.RECALLED
        return is_named or bool(self.touching(release_id))

    def replacement(self, release_id: str) -> str | None:
        """Return the release to use instead of one; null where there is none."""
        last = next(reversed(self.successors(release_id)), None)
        return None if last is None or self.is_recalled(last) else last

    def dropped_ids(self, release_id: str) -> frozenset[str]:
        """Return the row ids that must not be used of a release.

        Raises:
            ReleaseRefused: the release is recalled and no row is named, or tombstones are missing
                or not those that were signed.
        """
        names = pa.array([release_id, *self.successors(release_id)], pa.string())
        ids: set[str] = set()
        for recall in self.touching(release_id):
            table = read_tombstones(self.folder, recall)
            ids.update(table.filter(pc.is_in(table["release_id"], names))["id"].to_pylist())
        if not ids and self.is_recalled(release_id):
            raise ReleaseRefused(f"{release_id} was recalled as a whole.", code=RECALLED)
        return frozenset(ids)

    def check(self, release_id: str) -> None:
        """Refuse a release that is recalled.

        Raises:
            ReleaseRefused: it is; names the release that replaces it.
        """
        if not self.is_recalled(release_id):
            return
        other = self.replacement(release_id)
        what = "some of its rows must not be used" if self.touching(release_id) else "as a whole"
        raise ReleaseRefused(
            f"{release_id} was recalled: {what}.",
            hint=f"Pull {other}, which replaces it." if other else "There is no replacement yet.",
            code=RECALLED,
        )


def read_feed(root: Path, public_key: Path, tier: Tier, *, now: datetime | None) -> Feed | None:
    """Return the feed in the root of a tier; null where none was ever published.

    Without `now` it may be as old as it likes: for who replaces it, not for who relies on it.

    Raises:
        ReleaseRefused: unsigned, malformed, of another tier, or past its end.
    """
    found = _feed_in(root / RECALLS_FOLDER, public_key, tier)
    if found is None:
        return None
    if now is not None:
        _check_fresh(found[0], now)
    return found[0]


def read_recalls(seen: Path, reader: Reader, offered: Path | None = None) -> Recalls | None:
    """Return what is known of a tier; null where no feed is in either folder.

    `seen` is the folder of recalls beside the copies, `offered` one that may know more.

    Raises:
        ReleaseRefused: a feed is unsigned, malformed or of another tier; the one that is offered
            is older than the one that was seen; the later one is past its end; a recall that it
            lists is missing or not the one that was listed.
    """
    known = _feed_in(seen, reader.public_key, reader.tier)
    fresh = None if offered is None else _feed_in(offered, reader.public_key, reader.tier)
    if known and fresh and fresh[0] != known[0] and fresh[0].seq <= known[0].seq:
        raise ReleaseRefused(
            f"The feed of recalls is number {fresh[0].seq}; {known[0].seq} was seen before.",
            hint="An old feed hides what was recalled since; ask for the present one.",
        )
    folder, found = (seen, known) if offered is None or fresh is None else (offered, fresh)
    if found is None:
        return None
    feed, envelope = found
    _check_fresh(feed, reader.moment)
    listed = dict(_listed(folder, reader.public_key, feed))
    return Recalls(folder=folder, feed=feed, envelope=envelope, recalls=listed)


def read_tombstones(folder: Path, recall: Recall) -> pa.Table:
    """Return the tombstones of a recall.

    Raises:
        ReleaseRefused: they are missing, or not those that were signed.
    """
    path = tombstones_path(folder, recall.recall_id)
    return check_tombstones(recall, read_document(path, recall.tombstones_bytes))


def check_tombstones(recall: Recall, data: bytes) -> pa.Table:
    """Return the tombstones of a recall from the bytes of their file.

    Raises:
        ReleaseRefused: they are not those that were signed.
    """
    if hashlib.sha256(data).hexdigest() != recall.tombstones_sha256:
        raise ReleaseRefused(
            f"The tombstones of {recall.recall_id} are not those that were signed."
        )
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError, ValueError):
        raise ReleaseRefused(f"The tombstones of {recall.recall_id} are no Parquet.") from None
    is_right = table.schema.equals(tombstones_schema(recall.tier), check_metadata=False)
    if not is_right or content_digest(table) != recall.content_digest:
        raise ReleaseRefused(f"The tombstones of {recall.recall_id} contradict the recall.")
    return table


def read_recall(folder: Path, recall_id: str, public_key: Path) -> Recall:
    """Return a recall of a folder.

    Raises:
        ReleaseRefused: missing, unsigned, malformed, or another one than its name says.
    """
    recall = Recall.from_json(
        verify(read_document(recall_path(folder, recall_id)), public_key, RECALL_TYPE)
    )
    if recall.recall_id != recall_id:
        raise ReleaseRefused(f"{recall_id} is another recall than its name says.")
    return recall


def describe_file(folder: Path, recall_id: str) -> FeedRecall:
    """Return how a feed lists a recall of a folder."""
    data = read_document(recall_path(folder, recall_id))
    return FeedRecall(recall_id=recall_id, sha256=hashlib.sha256(data).hexdigest())


def _listed(folder: Path, public_key: Path, feed: Feed) -> Iterator[tuple[str, Recall]]:
    for entry in feed.recalls:
        recall = read_recall(folder, entry.recall_id, public_key)
        if describe_file(folder, entry.recall_id) != entry or recall.tier is not feed.tier:
            raise ReleaseRefused(f"{entry.recall_id} is not the recall that the feed lists.")
        yield entry.recall_id, recall


def _feed_in(folder: Path, public_key: Path, tier: Tier) -> tuple[Feed, bytes] | None:
    path = feed_path(folder, tier)
    if not path.is_symlink() and not path.exists():
        return None
    envelope = read_document(path)
    feed = Feed.from_json(verify(envelope, public_key, FEED_TYPE))
    if feed.tier is not tier:
        raise ReleaseRefused(f"The feed of recalls is of the tier {feed.tier}, not {tier}.")
    return feed, envelope


def _check_fresh(feed: Feed, now: datetime) -> None:
    if not feed.is_fresh(now):
        raise ReleaseRefused(
            f"The feed of recalls ended at {feed.not_after}: what was recalled since is unknown.",
            hint="Bring the present one: shardgate recall apply",
        )
