"""Copy a release, going on where an earlier try broke off, and verify it before it appears."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from policies.decision import Tier
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Manifest, Release
from release.files import flush_folder
from release.ports import Progress, ignore_progress
from release.pull.carry import carry_recalls
from release.pull.copying import copy_files
from release.pull.recalls import RECALLS_FOLDER, Reader, Recalls, read_recalls
from release.pull.source import FolderSource, Source
from release.pull.verify import check_tier, open_manifest, verify_bytes


def pull_release(  # noqa: PLR0913 - four of them by keyword, and each may be left out
    source_dir: Path,
    dest: Path,
    public_key: Path,
    tier: Tier,
    *,
    progress: Progress = ignore_progress,
    drop_recalled: bool = False,
    recalls: Path | None = None,
    now: datetime | None = None,
) -> Release:
    """Copy a release from a folder of this machine; see `take_over`.

    What is known of recalls stands beside the source, or in the folder `recalls`.
    """
    return take_over(
        FolderSource(folder=source_dir, recalls=recalls),
        dest,
        Reader(public_key=public_key, tier=tier, now=now),
        progress=progress,
        drop_recalled=drop_recalled,
    )


def take_over(
    source: Source,
    dest: Path,
    reader: Reader,
    *,
    progress: Progress = ignore_progress,
    drop_recalled: bool = False,
) -> Release:
    """Copy a release to ``<dest>/<release_id>`` and return it; `progress` counts bytes.

    What the source knows of recalls comes along to ``<dest>/recalls``. A release that was recalled
    is refused; with `drop_recalled` it is copied, and loaders leave the rows out that must not be
    used.

    A file arrives as ``<name>.part``. A part left by an earlier try is continued at its length;
    whether its beginning was right shows in the digest of the whole, and if not, the file is
    copied once more from the start. The release gets its place only after a full check; one that
    is there already is checked and kept.

    Raises:
        ReleaseRefused: the release, or the copy of it, fails any check; see `verify_release`.
        TransientError: the source does not answer, or broke off again and again.
    """
    manifest, documents = _open(source, reader)
    seen = dest / RECALLS_FOLDER
    copies = {manifest.release_id, *(path.name for path in dest.glob("rel_*"))}
    known = read_recalls(seen, reader, source.offer_recalls(reader, copies))
    _check_recalls(known, manifest.release_id, drop_recalled=drop_recalled)
    source.check_listing(manifest)
    place = dest / manifest.release_id
    incoming = incoming_folder(dest, manifest.release_id)
    if not place.exists():
        (incoming / "data").mkdir(parents=True, exist_ok=True)
        _remove_strangers(incoming, manifest)
        copy_files(source, incoming, manifest.files, progress)
        for name, data in documents.items():
            (incoming / name).write_bytes(data)
        verify_bytes(incoming, reader.public_key, reader.tier)
        _flush(incoming)
    else:
        verify_bytes(place, reader.public_key, reader.tier)
    # Copying takes time in which the release may be recalled. What is known stands beside the
    # copy before the copy has its place, so that no reader finds it without.
    offered = source.offer_recalls(reader, copies)
    known = carry_recalls(offered or seen, dest, reader, arriving=[manifest.release_id])
    _check_recalls(known, manifest.release_id, drop_recalled=drop_recalled)
    if not place.exists():
        incoming.rename(place)
        flush_folder(dest)
    return Release(directory=place, manifest=manifest)


def _open(source: Source, reader: Reader) -> tuple[Manifest, dict[str, bytes]]:
    """Return the signed manifest, and the two documents that hold it."""
    documents = {name: source.read_document(name) for name in (ENVELOPE_FILE, MANIFEST_FILE)}
    manifest = open_manifest(documents[ENVELOPE_FILE], documents[MANIFEST_FILE], reader.public_key)
    check_tier(manifest, reader.tier)
    return manifest, documents


def _check_recalls(known: Recalls | None, release_id: str, *, drop_recalled: bool) -> None:
    if known is not None and not drop_recalled:
        known.check(release_id)
    elif known is not None:
        known.dropped_ids(release_id)


def incoming_folder(dest: Path, release_id: str) -> Path:
    """Return where a release stands until it is whole and verified."""
    return dest / f".incoming-{release_id}"


def _remove_strangers(incoming: Path, manifest: Manifest) -> None:
    """Remove what an earlier try left that is neither a listed shard nor a part of one."""
    listed = {file.path for file in manifest.files}
    expected = listed | {f"{path}.part" for path in listed}
    for path in sorted(incoming.rglob("*")):
        is_expected = path.relative_to(incoming).as_posix() in expected
        if path.is_symlink() or (path.is_file() and not is_expected):
            path.unlink()


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    flush_folder(folder / "data")
    flush_folder(folder)
