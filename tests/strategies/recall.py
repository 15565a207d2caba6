"""A small release to take rows back from, and everything that takes them back."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from policies.decision import Tier
from release.build import BuiltRelease
from release.build.plan import plan_release
from release.recall import (
    DROPPED,
    Feed,
    FeedRelease,
    Recall,
    RecallReason,
    RecallTools,
    ReleaseStanding,
    ReReleaseSpec,
    ReReleaseTools,
    Tombstone,
    publish_recall,
    re_release,
    update_feed,
)
from release.signing import KeySigner
from tests.strategies.release import MOMENT, Corpus, File, MarkerScanner, build_corpus, keys_in

REQUEST = "wdr_" + "0123456789ab" * 2
LATER = datetime(2024, 6, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)


def recall_corpus() -> Corpus:
    """Return files of four repositories and both tiers, some with copies, and what stays out."""
    plain = [
        File(repo=f"repo-{n % 3}", path=b"src/f%02d.py" % n, data=b"x = %d\n" % n * (20 + n))
        for n in range(20)
    ]
    copies = [
        File(repo="repo-9", path=b"vendor/c%02d.py" % n, data=plain[n].data)
        for n in range(0, 15, 3)
    ]
    inner = [
        File(
            repo=f"repo-{n % 2}",
            path=b"in%02d.py" % n,
            data=b"y = %d\n" % (n % 9) * (20 + n % 9),
            outcome="internal-only",
        )
        for n in range(11)
    ]
    held = File(repo="repo-1", path=b"gone.py", data=b"gone = 1\n", outcome="excluded")
    return Corpus(files=(*plain, *copies, *inner, held))


def build_parent(folder: Path, tier: Tier = Tier.RELEASABLE) -> BuiltRelease:
    """Build the corpus into ``<folder>/shards``, in shards of a few rows."""
    return build_corpus(recall_corpus(), folder / "shards", tier, target_bytes=450)


def copied(built: BuiltRelease, folder: Path) -> BuiltRelease:
    """Return the same release under another root, with the keys beside it."""
    root = folder / "shards"
    shutil.copytree(built.directory, root / built.directory.name)
    for key in built.directory.parents[1].glob("*.pem"):
        shutil.copy(key, folder / key.name)
    return BuiltRelease(
        directory=root / built.directory.name,
        manifest=built.manifest,
        exclusions=built.exclusions,
    )


def row_ids(directory: Path, built: BuiltRelease) -> list[str]:
    """Return the ids of a release in its order."""
    return [
        row_id
        for shard in built.manifest.shards
        for row_id in pq.read_table(directory / shard.path, columns=["id"])["id"].to_pylist()
    ]


@cache
def _places(tier: Tier) -> dict[str, dict[str, object]]:
    rows = plan_release(recall_corpus().inputs, tier).rows.select(["id", "repo_id", "raw_path"])
    return {row["id"]: row for row in rows.to_pylist()}


def dropped_rows(built: BuiltRelease, ids: Iterable[str]) -> pa.Table:
    """Return `DROPPED` rows of a release of the corpus."""
    places = _places(built.manifest.tier)
    rows = [
        {
            "id": row_id,
            "repo_id": places[row_id]["repo_id"],
            "path": places[row_id]["raw_path"],
            "rule": "WITHDRAWN",
        }
        for row_id in sorted(ids)
    ]
    return pa.Table.from_pylist(rows, schema=DROPPED)


def tools_of(built: BuiltRelease, **changes: object) -> ReReleaseTools:
    private, public = keys_in(built.directory.parents[1])
    values = {
        "scanner": MarkerScanner(),
        "signer": KeySigner(private=private),
        "public_key": public,
    }
    return ReReleaseTools(**(values | changes))  # type: ignore[arg-type]


def drop_of(built: BuiltRelease, **shown: object) -> pa.Table:
    """Return `DROPPED` rows of any release with unmasked paths: those that show these values."""
    files = [built.directory / shard.path for shard in built.manifest.shards]
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    dropped = [
        {"id": r["id"], "repo_id": r["repo_id"], "path": r["path"].encode(), "rule": "WITHDRAWN"}
        for r in rows
        if all(r[name] == value for name, value in shown.items())
    ]
    return pa.Table.from_pylist(dropped, schema=DROPPED)


def without(built: BuiltRelease, ids: Iterable[str], **changes: object) -> BuiltRelease:
    """Release again without some rows."""
    spec = ReReleaseSpec(created_at=MOMENT)
    return re_release(built, dropped_rows(built, ids), spec, tools_of(built, **changes))


def recall_tools(folder: Path, now: datetime = LATER) -> RecallTools:
    private, public = keys_in(folder)
    return RecallTools(signer=KeySigner(private=private), public_key=public, now=now)


def tombstones_of(
    built: BuiltRelease, ids: Collection[str], replaced_by: str | None = None, **changes: object
) -> list[Tombstone]:
    values: dict[str, object] = {
        "reason": RecallReason.SECRET,
        "request_id": REQUEST,
        "effective_at": LATER,
        "replaced_by": replaced_by,
    }
    release_id = built.manifest.release_id
    return [
        Tombstone(release_id=release_id, id=i, **(values | changes))  # type: ignore[arg-type]
        for i in ids
    ]


def publish(root: Path, tombstones: Iterable[Tombstone], tier: Tier = Tier.RELEASABLE) -> Recall:
    return publish_recall(root, tombstones, tier, recall_tools(root.parent))


def standing(**states: str) -> dict[str, FeedRelease]:
    """Return how releases stand: current where nothing replaces them, else recalled."""
    return {
        name: FeedRelease(
            state=ReleaseStanding.RECALLED if other else ReleaseStanding.CURRENT,
            replaced_by=other or None,
        )
        for name, other in states.items()
    }


def feed(
    root: Path,
    releases: Mapping[str, FeedRelease],
    now: datetime = LATER,
    tier: Tier = Tier.RELEASABLE,
) -> Feed:
    return update_feed(root, lambda: releases, tier, recall_tools(root.parent, now))


def take_back(parent: BuiltRelease, ids: Collection[str]) -> tuple[BuiltRelease, Recall]:
    """Release again without some rows, recall them, and tell it in the feed."""
    root, tier = parent.directory.parent, parent.manifest.tier
    new = without(parent, ids)
    new_id = new.manifest.release_id
    recall = publish(root, tombstones_of(parent, ids, new_id), tier)
    feed(root, standing(**{parent.manifest.release_id: new_id, new_id: ""}), tier=tier)
    return new, recall
