"""An installation with published releases, made without a pipeline."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pyarrow.parquet as pq

from policies.decision import Tier
from release.build import BuiltRelease
from release.domain.manifest import MANIFEST_FILE
from release.recall import (
    FeedRelease,
    RecallReason,
    RecallTools,
    ReleaseStanding,
    Tombstone,
    publish_recall,
    update_feed,
)
from release.signing import KeySigner
from store.catalog import ReleaseBook
from tests.strategies.release import build_corpus, mixed_corpus
from workers.context import Context, utc_now
from workers.settings import Settings

RECALL_REQUEST = "wdr_" + "0" * 24
"""What asked for the recalls that are made here."""


def installation(home: Path) -> Context:
    """Return an installation with a release of each tier, of several shards."""
    context = Context(settings=Settings(home=home))
    for tier in Tier:
        built = build_corpus(
            mixed_corpus(), context.settings.shards_dir(tier.value), tier, target_bytes=100
        )
        record(context, built)
    keys = context.settings.keys_dir
    keys.mkdir(mode=0o700)
    # The builder of invented releases keeps its key beside their folders.
    shutil.move(home / "private.pem", keys / "release.private.pem")
    return context


def record(context: Context, built: BuiltRelease) -> None:
    """Write a built release into the catalog, as the build stage does."""
    book, manifest = ReleaseBook(context.catalog, clock=utc_now), built.manifest
    digest = hashlib.sha256((built.directory / MANIFEST_FILE).read_bytes()).hexdigest()
    book.begin_release(manifest.release_id, manifest.tier, {})
    book.publish(manifest.release_id, digest, built.directory.name, {})


def folder_of(context: Context, tier: Tier) -> Path:
    """Return the folder of the one release of a tier."""
    (folder,) = context.settings.shards_dir(tier.value).glob("rel_*")
    return folder


def take_back(context: Context, tier: Tier) -> str:
    """Recall the first row of the one release of a tier, and return the id of the recall."""
    return recall_first_row(context, folder_of(context, tier), tier)[0]


def recall_first_row(context: Context, folder: Path, tier: Tier) -> tuple[str, str]:
    """Recall the first row of a release beside it; return the ids of the recall and of the row."""
    root = context.settings.shards_dir(tier.value)
    row = pq.read_table(min(folder.glob("data/*.parquet"))).to_pylist()[0]
    blob = {"blob_id": row["blob_id"]} if tier is Tier.INTERNAL_ONLY else {}
    tools = RecallTools(
        signer=KeySigner(private=context.keys.private),
        public_key=context.keys.public,
        now=utc_now(),
    )
    stone = Tombstone(
        release_id=folder.name,
        reason=RecallReason.SECRET,
        request_id=RECALL_REQUEST,
        effective_at=utc_now(),
        replaced_by=None,
        id=row["id"],
        **blob,
    )
    recall = publish_recall(root, [stone], tier, tools)
    standing = FeedRelease(state=ReleaseStanding.RECALLED)
    update_feed(root, lambda: {folder.name: standing}, tier, tools)
    return recall.recall_id, row["id"]
