"""Publish: a reader sees a whole release or none.

A release is written into a staging folder beside its place, flushed to disk and renamed. A build
holds a lock on its staging folder while it lives, so what an interrupted build left behind can be
told from what another build is writing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from ingest.errors import ReleaseRefused
from release.domain.manifest import MANIFEST_FILE
from release.files import flush_folder

_STAGING: Final = ".staging"
_LOCK: Final = ".lock"
_READ_ONLY: Final = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_NOT_IDENTITY: Final = ("created_at", "parent_release_id", "documents", "gate")
"""Documents tell of the rest in the words of the version at work, and the gate's numbers speak of
the parent."""


@contextmanager
def open_staging(root: Path) -> Iterator[Path]:
    """Give a fresh folder on the file system of the root; removed on the way out.

    Sweeps what builds that no longer live have left.
    """
    area = root / _STAGING
    area.mkdir(parents=True, exist_ok=True)
    with (area / _LOCK).open("wb") as door:
        # Folders are made and swept one at a time, so none is swept before it is locked.
        fcntl.flock(door, fcntl.LOCK_EX)
        sweep_staging(area)
        workspace = Path(tempfile.mkdtemp(prefix="build-", dir=area))
        lock = (workspace / _LOCK).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        release = workspace / "release"
        release.mkdir()
        yield release
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
        lock.close()


def sweep_staging(area: Path) -> int:
    """Remove the folders of a staging area that no living build holds; return how many."""
    swept = 0
    for workspace in sorted(area.glob("build-*")):
        if not _is_held(workspace / _LOCK):
            shutil.rmtree(workspace, ignore_errors=True)
            swept += 1
    return swept


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def publish(staged: Path, root: Path, release_id: str) -> Path:
    """Move a finished folder to its place under the root and return that place.

    The same release published twice is published once: the first one stays.

    Raises:
        ReleaseRefused: another release stands under this id.
    """
    target = root / release_id
    flush_tree(staged)
    if not target.exists():
        try:
            # A folder that another build has published meanwhile is not empty, so this fails.
            staged.rename(target)
        except OSError:
            if not target.exists():
                raise
        else:
            flush_folder(root)
            return target
    if _identity(target) != _identity(staged):
        raise ReleaseRefused(
            f"{release_id} is already published with other content.",
            hint="The inputs are the same and the bytes are not: verify the published release.",
        )
    # Who looks for folders that nobody came back for must not take this for one.
    os.utime(target)
    return target


def flush_tree(folder: Path) -> None:
    """Wait until every file and folder below is on disk; make the files read-only."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
            path.chmod(_READ_ONLY)
        else:
            flush_folder(path)
    flush_folder(folder)


def _identity(folder: Path) -> dict[str, Any]:
    """Return what makes two releases the same: all of the manifest but `_NOT_IDENTITY`."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in manifest.items() if name not in _NOT_IDENTITY}
