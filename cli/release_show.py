"""``shardgate release show``: a manifest in words."""

from __future__ import annotations

from pathlib import Path

from cli.console import human_bytes, out, print_table
from ingest.errors import InputError
from release.domain import Counts, Manifest
from release.domain.manifest import MANIFEST_FILE


def show_manifest(folder: Path) -> None:
    """Print what a release's manifest says: what is in it, what it passed, where it comes from.

    Raises:
        InputError: there is no manifest.
        ReleaseRefused: the manifest is malformed.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise InputError(f"There is no manifest in {folder}.", hint="Run: shardgate release list")
    manifest = Manifest.from_json(path.read_bytes())
    size = human_bytes(sum(shard.bytes for shard in manifest.shards))
    out.print(
        f"{manifest.release_id}: {manifest.tier.value}, {manifest.counts.emitted:,} rows of "
        f"{len(manifest.snapshots):,} repositories in {len(manifest.shards):,} shards, {size}"
    )
    out.print(f"built {manifest.created_at}, parent {manifest.parent_release_id or 'none'}")
    out.print(f"policy {manifest.policy_id}, digest {manifest.policy_digest}")
    out.print(f"files: {_counted(manifest.counts)}")
    if not manifest.gate:
        out.print("The manifest names no checks.")
        return
    rows = [
        (check.name, ", ".join(f"{name} {n:,}" for name, n in check.numbers.items()))
        for check in manifest.gate
    ]
    print_table("checks passed", ("check", "looked at"), rows)


def _counted(counts: Counts) -> str:
    parts = [name for name in Counts.__slots__ if name != "seen"]
    told = [f"{getattr(counts, name):,} {name}" for name in parts if getattr(counts, name)]
    return f"{counts.seen:,} seen = {' + '.join(told) or '0'}"
