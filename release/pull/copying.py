"""Copy the files of a release, several at once where the source is worth it, each resumable."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

from ingest.errors import ReleaseRefused
from release.domain.manifest import Document, Shard
from release.ports import Progress
from release.pull.source import Source
from release.pull.verify import check_digest


class _StoppedError(Exception):
    """Another file failed, so this one is not copied any further."""


def copy_files(
    source: Source, folder: Path, files: Sequence[Shard | Document], progress: Progress
) -> None:
    """Copy listed files into a folder; what is there in part is continued.

    Raises:
        ReleaseRefused: a file has another digest than was signed, also when it is read anew.
        Exception: whatever `progress` raises ends the copying.
    """
    counter = _Counter(progress, sum(file.bytes for file in files))
    if source.streams == 1:
        for file in files:
            _copy_file(source, folder / file.path, file, counter)
        return
    with ThreadPoolExecutor(source.streams, "pull") as pool:
        copies = [
            pool.submit(_copy_file, source, folder / file.path, file, counter) for file in files
        ]
        try:
            done, _ = wait(copies, return_when=FIRST_EXCEPTION)
        finally:
            # Also on Ctrl-C: the others end at their next piece, and their parts stay.
            counter.stop()
            pool.shutdown(wait=True, cancel_futures=True)
    errors = [error for copy in done if (error := copy.exception()) is not None]
    for error in sorted(errors, key=lambda e: isinstance(e, _StoppedError)):
        raise error


class _Counter:
    """Adds up the bytes that are in place; told of by several threads, it tells in order."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total = progress, total
        self._in_place: dict[str, int] = {}
        self._sum, self._shown, self._is_stopped = 0, 0, False
        self._lock = threading.Lock()

    def show(self, path: str, in_file: int) -> None:
        """Report the bytes of a file that are in place."""
        with self._lock:
            if self._is_stopped:
                raise _StoppedError
            self._sum += in_file - self._in_place.get(path, 0)
            self._in_place[path] = in_file
            # A file that begins anew does not take back what was shown.
            self._shown = max(self._shown, self._sum)
            self._progress(self._shown, self._total)

    def stop(self) -> None:
        """End every copy that still reports."""
        with self._lock:
            self._is_stopped = True


def _copy_file(source: Source, target: Path, listed: Shard | Document, counter: _Counter) -> None:
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
    counter.show(listed.path, listed.bytes)


def _continue_copy(source: Source, part: Path, listed: Shard | Document, counter: _Counter) -> bool:
    """Append what is missing; tell whether the whole is what was signed.

    Never copies more bytes than the manifest lists, however long the source is.
    """
    with part.open("ab") as out:
        copied = out.tell()
        if copied < listed.bytes:
            with closing(source.read_from(listed.path, copied)) as chunks:
                for chunk in chunks:
                    out.write(chunk[: listed.bytes - copied])
                    # What was told as in place is there after a kill, too.
                    out.flush()
                    copied = min(copied + len(chunk), listed.bytes)
                    counter.show(listed.path, copied)
                    if copied == listed.bytes:
                        break
    return _is_intact(part, listed)


def _is_intact(file: Path, listed: Shard | Document) -> bool:
    try:
        check_digest(file, listed)
    except ReleaseRefused:
        return False
    return True
