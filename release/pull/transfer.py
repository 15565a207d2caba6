"""Copy a release, going on where an earlier try broke off, and verify it before it appears."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.manifest import (
    ENVELOPE_FILE,
    MANIFEST_FILE,
    Document,
    Manifest,
    Release,
    Shard,
)
from release.files import flush_folder
from release.ports import Progress, ignore_progress
from release.pull.carry import carry_recalls
from release.pull.recalls import RECALLS_FOLDER, Reader, Recalls, read_recalls, recalls_folder
from release.pull.verify import (
    check_digest,
    check_listing,
    check_tier,
    read_manifest,
    verify_bytes,
)

_CHUNK_BYTES: Final = 4 * 2**20


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
    """Copy a release to ``<dest>/<release_id>`` and return it; `progress` counts bytes.

    What is known of recalls beside the source, or in the folder `recalls`, comes along to
    ``<dest>/recalls``. A release that was recalled is refused; with `drop_recalled` it is copied,
    and loaders leave the rows out that must not be used.

    A file arrives as ``<name>.part``. A part left by an earlier try is continued at its length;
    whether its beginning was right shows in the digest of the whole, and if not, the file is
    copied once more from the start. The release gets its place only after a full check; one that
    is there already is checked and kept.

    Raises:
        ReleaseRefused: the release, or the copy of it, fails any check; see `verify_release`.
    """
    manifest = read_manifest(source_dir, public_key)
    check_tier(manifest, tier)
    reader = Reader(public_key=public_key, tier=tier, now=now)
    offered, seen = recalls or recalls_folder(source_dir), dest / RECALLS_FOLDER
    known = read_recalls(seen, reader, offered)
    _check_recalls(known, manifest.release_id, drop_recalled=drop_recalled)
    check_listing(source_dir, manifest)
    place = dest / manifest.release_id
    incoming = incoming_folder(dest, manifest.release_id)
    if not place.exists():
        _copy_release(source_dir, incoming, manifest, progress)
        verify_bytes(incoming, public_key, tier)
        _flush(incoming)
    else:
        verify_bytes(place, public_key, tier)
    # Copying takes time in which the release may be recalled. What is known stands beside the
    # copy before the copy has its place, so that no reader finds it without.
    known = carry_recalls(offered, dest, reader, arriving=[manifest.release_id])
    _check_recalls(known, manifest.release_id, drop_recalled=drop_recalled)
    if not place.exists():
        incoming.rename(place)
        flush_folder(dest)
    return Release(directory=place, manifest=manifest)


def _check_recalls(known: Recalls | None, release_id: str, *, drop_recalled: bool) -> None:
    if known is not None and not drop_recalled:
        known.check(release_id)
    elif known is not None:
        known.dropped_ids(release_id)


def incoming_folder(dest: Path, release_id: str) -> Path:
    """Return where a release stands until it is whole and verified."""
    return dest / f".incoming-{release_id}"


def _copy_release(source: Path, incoming: Path, manifest: Manifest, progress: Progress) -> None:
    (incoming / "data").mkdir(parents=True, exist_ok=True)
    _remove_strangers(incoming, manifest)
    counter = _Counter(progress, sum(file.bytes for file in manifest.files))
    for file in manifest.files:
        _copy_file(source / file.path, incoming / file.path, file, counter)
    for name in (MANIFEST_FILE, ENVELOPE_FILE):
        shutil.copyfile(source / name, incoming / name)


class _Counter:
    """Adds up the bytes that are in place."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._before = progress, total, 0

    def show(self, in_file: int) -> None:
        """Report bytes of the file under way."""
        self._progress(self._before + in_file, self._total)

    def finish(self, file: Shard | Document) -> None:
        """Count a file as done."""
        self._before += file.bytes
        self.show(0)


def _copy_file(source: Path, target: Path, listed: Shard | Document, counter: _Counter) -> None:
    part = target.with_name(f"{target.name}.part")
    if target.exists():
        # Complete in an earlier try; whether it is right is for the final check to say, and if it
        # is wrong, copying it again is cheaper than refusing.
        target.rename(part)
    was_resumed = part.exists()
    if not _continue_copy(source, part, listed, counter):
        part.unlink()
        if not was_resumed or not _continue_copy(source, part, listed, counter):
            part.unlink(missing_ok=True)
            raise ReleaseRefused(f"{listed.path} has another digest than the manifest says.")
    part.rename(target)
    counter.finish(listed)


def _continue_copy(source: Path, part: Path, listed: Shard | Document, counter: _Counter) -> bool:
    """Append what is missing; tell whether the whole is what was signed.

    Never copies more bytes than the manifest lists, however long the source is.
    """
    with source.open("rb") as data, part.open("ab") as out:
        copied = out.tell()
        data.seek(copied)
        while copied < listed.bytes:
            chunk = data.read(min(_CHUNK_BYTES, listed.bytes - copied))
            if not chunk:
                break
            out.write(chunk)
            copied += len(chunk)
            counter.show(copied)
    return _is_intact(part, listed)


def _is_intact(file: Path, listed: Shard | Document) -> bool:
    try:
        check_digest(file, listed)
    except ReleaseRefused:
        return False
    return True


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
