"""The folder of one repository's mirror: generations, the one in use, and what was set aside.

::

    <mirrors_dir>/<repository id>/
        current -> g00000007      the mirror in use; replaced by rename, never by parts
        g00000006/ g00000007/     bare repositories; object files are hard links of one another
        aside-00000005/           the last one that was found corrupt, kept for a look
        suspect                   a reader found damage; the next visit checks every object
        repair.json               how often damage was repaired, and when it may be again
        lock                      held by the one visit that may write here

Readers resolve ``current`` when they open; a generation stays until the visit after the next.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ingest.errors import MirrorCorrupt, MustWait

_REPOSITORY_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_GENERATION: Final = re.compile(r"g(\d{8})")
MAX_REPAIRS: Final = 5
_FIRST_WAIT: Final = timedelta(minutes=1)
_BUSY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorFolder:
    """Paths and atomic steps; knows nothing of git beyond which files never change."""

    path: Path

    @classmethod
    def of(cls, mirrors_dir: Path, repository_id: str) -> MirrorFolder:
        """Return the folder of a repository; the id is checked, as it becomes a file name.

        Raises:
            ValueError: the id is not of the form that registration makes.
        """
        if not _REPOSITORY_ID.fullmatch(repository_id):
            raise ValueError("not a repository id")
        return cls(path=mirrors_dir.absolute() / repository_id)

    @property
    def current(self) -> Path | None:
        """The generation in use; None before the first successful visit."""
        try:
            name = (self.path / "current").readlink().name
        except OSError:
            return None
        target = self.path / name
        return target if _GENERATION.fullmatch(name) and target.is_dir() else None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one visit; the lock ends with the process, however it ends.

        Raises:
            MustWait: another visit holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / "lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MustWait(
                    "Another visit of this repository is running.", seconds=_BUSY_SECONDS
                ) from None
            yield

    def next_generation(self) -> Path:
        """Return a path that no generation has had yet; nothing is made."""
        numbers = [int(m[1]) for p in self.path.iterdir() if (m := _GENERATION.fullmatch(p.name))]
        return self.path / f"g{max(numbers, default=0) + 1:08d}"

    def publish(self, generation: Path) -> None:
        """Make a generation the current one, in one rename that a crash cannot halve."""
        _sync_folder(generation)
        fresh = self.path / "current.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(generation.name)
        fresh.rename(self.path / "current")
        _sync_folder(self.path)

    def sweep(self) -> None:
        """Remove leftovers of visits that were cut off, and old generations.

        The generation before the current one stays, for readers that hold it.
        """
        current = self.current
        generations = sorted(p for p in self.path.iterdir() if _GENERATION.fullmatch(p.name))
        older = [p for p in generations if current is not None and p < current]
        kept = {current, *older[-1:]}
        for generation in generations:
            if generation not in kept:
                shutil.rmtree(generation)
        (self.path / "current.new").unlink(missing_ok=True)

    def set_aside(self, generation: Path) -> None:
        """Rename a corrupt generation, and drop the one that was set aside before it."""
        for old in self.path.glob("aside-*"):
            shutil.rmtree(old)
        generation.rename(self.path / f"aside-{generation.name.removeprefix('g')}")

    @property
    def is_suspect(self) -> bool:
        """Whether a reader found damage since the last full check."""
        return (self.path / "suspect").exists()

    def mark_suspect(self) -> None:
        """Ask the next visit to check every object."""
        (self.path / "suspect").touch()

    def clear_suspect(self) -> None:
        """Forget the mark after a full check or a repair."""
        (self.path / "suspect").unlink(missing_ok=True)

    def begin_repair(self, now: datetime) -> None:
        """Count a repair before it starts, so that a crash in it counts too.

        Waits between repairs grow fourfold from one minute; after five a person has to look.

        Raises:
            MirrorCorrupt: it is too early for another repair, or there were too many.
        """
        count, not_before = self._repairs()
        if count >= MAX_REPAIRS:
            raise MirrorCorrupt(
                f"The mirror is damaged and was already cloned anew {count} times.",
                hint=f"Check the disk, then remove {self.path.name}/repair.json.",
            )
        if not_before is not None and now < not_before:
            raise MirrorCorrupt(
                f"The mirror is damaged; it is cloned anew after {not_before:%Y-%m-%d %H:%M} UTC."
            )
        state = {"count": count + 1, "not_before": (now + _FIRST_WAIT * 4**count).isoformat()}
        _write_atomically(self.path / "repair.json", json.dumps(state).encode())

    def end_repairs(self, now: datetime) -> None:
        """Forget earlier repairs once the mirror is sound and the last wait is over."""
        count, not_before = self._repairs()
        if count and (not_before is None or now >= not_before):
            (self.path / "repair.json").unlink(missing_ok=True)

    def _repairs(self) -> tuple[int, datetime | None]:
        try:
            state = json.loads((self.path / "repair.json").read_bytes())
            return int(state["count"]), datetime.fromisoformat(state["not_before"])
        except FileNotFoundError:
            return 0, None
        except (ValueError, KeyError, TypeError):
            return MAX_REPAIRS, None  # unreadable is not "never": a person has to look


def copy_generation(source: Path, target: Path, *, is_object: bool | None = None) -> None:
    """Copy a bare mirror; object files, which git never changes in place, become hard links.

    Leftovers, alternates and anything that is no plain file or folder stay behind. `is_object` is
    None at the top, and below it tells the object store from everything else.
    """
    target.mkdir(mode=0o700)
    with os.scandir(source) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            place, origin = target / entry.name, Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                is_top_store = is_object is None and entry.name == "objects"
                copy_generation(origin, place, is_object=is_object or is_top_store)
            elif entry.is_file(follow_symlinks=False) and not _is_left_behind(
                entry.name, is_object=bool(is_object)
            ):
                _copy_file(origin, place, is_link=bool(is_object) and source.name != "info")


def _is_left_behind(name: str, *, is_object: bool) -> bool:
    # a branch may be called tmp_x or alternates, so these names mean something in objects only
    if is_object:
        return name.startswith("tmp_") or name in {"alternates", "http-alternates"}
    return name.endswith(".lock")


def _copy_file(source: Path, target: Path, *, is_link: bool) -> None:
    if is_link:
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
                raise
        else:
            return
    shutil.copy2(source, target)


def _write_atomically(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
