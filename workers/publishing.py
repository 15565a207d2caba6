"""Releases and the catalog: a folder is known before it stands in its place, and is out after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from policies.decision import Tier
from release.build import BuiltRelease
from release.domain.manifest import MANIFEST_FILE
from store.catalog import ReleaseBook
from workers.audit import seal_audit
from workers.context import Context, utc_now

ORPHANS: Final = ".orphans"
"""Folder in the root of a tier with the release folders that were never published."""
SETTLED: Final = timedelta(hours=1)
"""A folder that is younger may be of a release whose process is about to write that it is out."""


def beginning(
    context: Context, tier: Tier, params: Mapping[str, Any], created_at: datetime | None = None
) -> Callable[[str], None]:
    """Return what writes, of a release id, that its folder is about to appear.

    Args:
        context: adapters.
        tier: of the release.
        params: what it is built from.
        created_at: UTC, of the release whose place it takes; none given: now.
    """

    def begin(release_id: str) -> None:
        book = ReleaseBook(context.catalog, clock=utc_now)
        book.begin_release(release_id, tier, params, created_at=created_at)

    return begin


def record_published(
    context: Context,
    built: BuiltRelease,
    params: Mapping[str, Any],
    created_at: datetime | None = None,
) -> None:
    """Keep why rows are not in a release, and write that it is out; once.

    Raises:
        ReleaseRefused: a release of this id was held, or is of the other tier.
        OSError: the folder is not in its place.
    """
    manifest, book = built.manifest, ReleaseBook(context.catalog, clock=utc_now)
    context.lake.write("exclusions", manifest.release_id, built.exclusions)
    known = book.find_release(manifest.release_id)
    if known is not None and known.is_out:
        return
    beginning(context, manifest.tier, params, created_at)(manifest.release_id)
    digest = hashlib.sha256((built.directory / MANIFEST_FILE).read_bytes()).hexdigest()
    totals = {
        "rows": manifest.counts.emitted,
        "bytes": sum(shard.bytes for shard in manifest.shards),
        "shards": len(manifest.shards),
    }
    book.publish(manifest.release_id, digest, built.directory.name, totals)
    seal_audit(context)


def set_orphans_aside(context: Context, tier: Tier) -> list[str]:
    """Move release folders that are not out and not being published away; return their names.

    A process that died between the renaming of a folder and its entry leaves one. They are kept:
    a catalog that was brought back from a backup lacks entries, too.
    """
    root = context.settings.shards_dir(tier.value)
    out = {r.path for r in ReleaseBook(context.catalog, utc_now).list_releases(tier) if r.is_out}
    found = [folder for folder in sorted(root.glob("rel_*")) if _is_orphan(folder, out)]
    for folder in found:
        aside = root / ORPHANS
        aside.mkdir(exist_ok=True)
        folder.rename(aside / f"{folder.name}.{time.time_ns()}")
        structlog.get_logger().warning(
            "release folder without a published release set aside",
            release=folder.name,
            tier=tier.value,
        )
    return [folder.name for folder in found]


def _is_orphan(folder: Path, out: set[str]) -> bool:
    age = utc_now().timestamp() - folder.stat().st_mtime
    return folder.name not in out and folder.is_dir() and age > SETTLED.total_seconds()
