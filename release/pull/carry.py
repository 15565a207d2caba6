"""Bring recalls to the copies they speak of, without a byte of the releases themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.errors import InputError
from release.domain.manifest import Manifest
from release.files import MAX_DOCUMENT_BYTES, locked, read_document, write_whole
from release.pull.recalls import (
    RECALLS_FOLDER,
    Reader,
    Recalls,
    feed_path,
    read_recalls,
    read_tombstones,
    recall_path,
    tombstones_path,
)
from release.pull.verify import check_tier, read_manifest


def carry_recalls(
    offered: Path, dest: Path, reader: Reader, *, arriving: Iterable[str] = ()
) -> Recalls | None:
    """Put feed, recalls and the tombstones that are needed into ``<dest>/recalls``.

    Needed are those that touch a release whose copy is in `dest` or is `arriving`. The feed comes
    last: a process that dies before leaves the copies under what was known of them.

    Returns:
        What is known at `dest` afterwards; null where no feed is in either folder.

    Raises:
        ReleaseRefused: see `read_recalls`; nothing was written.
    """
    seen = dest / RECALLS_FOLDER
    found = read_recalls(seen, reader, offered)
    if found is None or not is_elsewhere(found.folder, seen):
        return found
    with locked(seen):
        # Another process may have brought a later one while this one waited.
        found = read_recalls(seen, reader, offered)
        if found is not None and is_elsewhere(found.folder, seen):
            _write(found, seen, {*arriving, *(path.name for path in dest.glob("rel_*"))})
    return read_recalls(seen, reader)


def apply_recalls(copy: Path, offered: Path, reader: Reader) -> tuple[Manifest, Recalls]:
    """Put what is offered beside a copy and its neighbours; return what is known of them then.

    Raises:
        ReleaseRefused: the copy is unsigned or of another tier; see `read_recalls`.
        InputError: there is no feed in the folder that is offered.
    """
    manifest = read_manifest(copy, reader.public_key)
    check_tier(manifest, reader.tier)
    if not feed_path(offered, reader.tier).exists():
        raise InputError(f"There is no feed of {reader.tier} recalls in {offered}.")
    known = carry_recalls(offered, copy.absolute().parent, reader, arriving=[manifest.release_id])
    if known is None:
        raise InputError(f"The feed of {reader.tier} recalls in {offered} is gone.")
    return manifest, known


def is_elsewhere(folder: Path, other: Path) -> bool:
    """Tell whether two paths are of different folders."""
    return folder.resolve() != other.resolve()


def _write(found: Recalls, seen: Path, releases: Iterable[str]) -> None:
    touching = {r.recall_id: r for name in releases for r in found.touching(name)}
    for recall in touching.values():
        read_tombstones(found.folder, recall)
        _copy(tombstones_path(found.folder, recall.recall_id), seen, recall.tombstones_bytes)
    for recall_id in found.recalls:
        _copy(recall_path(found.folder, recall_id), seen)
    write_whole(feed_path(seen, found.feed.tier), found.envelope)


def _copy(file: Path, folder: Path, limit: int = MAX_DOCUMENT_BYTES) -> None:
    data, target = read_document(file, limit), folder / file.name
    if not target.exists() or target.read_bytes() != data:
        write_whole(target, data)
