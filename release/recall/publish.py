"""Publish recalls and the feed that lists them: whole files, by renaming, one writer at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.feed import (
    FEED_LIFETIME,
    Feed,
    FeedContent,
    FeedRecall,
    FeedRelease,
    next_feed,
)
from release.domain.recall import Recall, Tombstone, make_recall, tombstones_table
from release.files import locked, write_whole
from release.ports import Signer
from release.pull.recalls import (
    RECALLS_FOLDER,
    describe_file,
    feed_path,
    read_feed,
    read_recall,
    read_tombstones,
    recall_path,
    tombstones_path,
)
from release.signing import FEED_TYPE, RECALL_TYPE

_REPEATED: Final = ["release_id", "reason", "request_id", "replaced_by", "blob_id"]
"""Columns that a dictionary shortens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTools:
    """What publishing a recall works with."""

    signer: Signer
    public_key: Path
    """Of the signer's key."""
    now: datetime
    """UTC."""


def publish_recall(
    root: Path, tombstones: Iterable[Tombstone], tier: Tier, tools: RecallTools
) -> Recall:
    """Put a recall and its tombstones into the root of a tier and return it.

    Doing it again leaves what is published as it is, and returns that; of two files, the one that
    is lost is written again. Readers act on it once `update_feed` has listed it.

    Raises:
        ReleaseRefused: another recall stands under this id.
        ValueError: there is no tombstone, or one is there twice.
    """
    table = tombstones_table(tombstones, tier)
    file = _parquet_of(table)
    recall = make_recall(table, tier, tools.now, file)
    folder = root / RECALLS_FOLDER
    with locked(folder):
        path = recall_path(folder, recall.recall_id)
        if path.exists():
            return _published(folder, recall, file, tools)
        # The table first: a recall is never there without it.
        write_whole(tombstones_path(folder, recall.recall_id), file)
        write_whole(path, tools.signer.sign(recall.to_json(), RECALL_TYPE))
    return recall


def update_feed(
    root: Path,
    releases: Callable[[], Mapping[str, FeedRelease]],
    tier: Tier,
    tools: RecallTools,
    *,
    lifetime: timedelta = FEED_LIFETIME,
) -> Feed:
    """List every recall of the root and how each published release stands; return the feed.

    `releases` names all published releases of the tier. It is asked while nobody else can write
    the feed: what was true before is no longer told after what is true now. A feed that says all
    this and is less than half its lifetime old stays as it is.

    Raises:
        ReleaseRefused: a recall that was listed is missing or was changed, or the feed in its
            place is not ours.
        ValueError: a replacement is not among the releases.
    """
    folder = root / RECALLS_FOLDER
    with locked(folder):
        path = feed_path(folder, tier)
        # Its end does not matter here: it is about to be replaced.
        last = read_feed(root, tools.public_key, tier, now=None)
        listed = tuple(_recalls_in(folder, tier, tools.public_key))
        content = FeedContent(tier=tier, recalls=listed, releases=releases())
        feed = next_feed(last, content, tools.now, lifetime)
        if feed != last:
            write_whole(path, tools.signer.sign(feed.to_json(), FEED_TYPE))
    return feed


def _published(folder: Path, recall: Recall, file: bytes, tools: RecallTools) -> Recall:
    """Return what stands under an id already; its time and its file may differ from ours."""
    found = read_recall(folder, recall.recall_id, tools.public_key)
    if (found.tier, found.content_digest) != (recall.tier, recall.content_digest):
        raise ReleaseRefused(f"Another recall stands under {recall.recall_id}.")
    table = tombstones_path(folder, recall.recall_id)
    if not table.exists() and found.tombstones_sha256 == recall.tombstones_sha256:
        write_whole(table, file)
    read_tombstones(folder, found)
    return found


def _recalls_in(folder: Path, tier: Tier, public_key: Path) -> Iterator[FeedRecall]:
    for path in sorted(folder.glob(recall_path(folder, "rcl_*").name)):
        recall_id = path.name.partition(".")[0]
        if read_recall(folder, recall_id, public_key).tier is tier:
            yield describe_file(folder, recall_id)


def _parquet_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=_REPEATED)
    return bytes(sink.getvalue())
