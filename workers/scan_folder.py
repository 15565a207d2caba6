"""A plain folder, or one file, as something to scan: every entry, and why one is not read.

Nothing is followed and nothing is opened that could block or act: symlinks, pipes, sockets and
devices are named and left alone. Paths are opened name by name below one descriptor, so that
neither a very deep tree nor a folder that is swapped for a link leads elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from ingest.domain.artefacts import SNAPSHOT
from ingest.domain.text import NotText
from ingest.domain.tree import suffix_of
from ingest.errors import InputError
from ingest.snapshot.classify import classify_content

REPO_ID: Final = "scan"
"""Stands for the repository that an unregistered folder is not."""
CHANGED: Final = "changed"
UNREADABLE: Final = "unreadable"
GIT_DIRECTORY: Final = "git-directory"
EMPTY: Final = "empty"
_FILE_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_GIT_MARKS: Final = ("HEAD", "objects", "refs")
_NO_ID: Final = "0" * 40
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the folder, or one thing in it that is not read."""

    path: bytes
    """Relative to the folder, parts separated by a slash."""
    size: int = 0
    blob_id: str = ""
    """Git's id of the bytes; empty where they were not read."""
    encoding: str = ""
    reason: str = ""
    """Why it is not scanned; empty for text."""


@dataclass(slots=True)
class Folder:
    """A folder whose entries were listed; blobs are read again when they are scanned."""

    root: bytes
    entries: list[Entry]
    max_bytes: int
    _paths: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know the first path of each blob."""
        for entry in self.entries:
            if entry.blob_id:
                self._paths.setdefault(entry.blob_id, entry.path)

    @contextmanager
    def open_blobs(
        self, blob_ids: Sequence[str]
    ) -> Iterator[Iterator[tuple[str, bytes | NotText]]]:
        """Open a stream of (blob id, bytes); a file that went away or changed gives the reason."""
        with ExitStack() as stack:
            try:
                tree = stack.enter_context(_opened_tree(self.root))
            except OSError:
                yield ((blob_id, NotText(UNREADABLE)) for blob_id in blob_ids)
                return
            yield ((blob_id, self._read(tree, blob_id)) for blob_id in blob_ids)

    def _read(self, tree: _Tree, blob_id: str) -> bytes | NotText:
        try:
            data, _ = _read_file(tree, self._paths[blob_id], self.max_bytes)
        except OSError:
            return NotText(UNREADABLE)
        return data if data is not None and blob_id_of(data) == blob_id else NotText(CHANGED)

    def snapshot(self) -> pa.Table:
        """Return a table of schema `SNAPSHOT`, sorted by path: every entry but git's own folders.

        What was not read is there too, with the reason: a license file that nobody read counts.
        """
        rows = [
            {
                "repo_id": REPO_ID,
                "commit_id": _NO_ID,
                "branch": "",
                "committer_date": _EPOCH,
                "path": entry.path,
                "mode": 0o100644,
                "blob_id": entry.blob_id or _NO_ID,
                "size": entry.size,
                "suffix": suffix_of(entry.path),
                "encoding": entry.encoding,
                "skip_reason": entry.reason or None,
            }
            for entry in self.entries
            if entry.reason != GIT_DIRECTORY
        ]
        return pa.Table.from_pylist(rows, schema=SNAPSHOT)


def list_folder(path: Path, *, max_bytes: int) -> Folder:
    """Return every entry of a folder, or the one of a file, sorted by path.

    Raises:
        InputError: there is no such folder or file, or it cannot be opened.
    """
    where = os.fsencode(path.resolve())
    try:
        mode = os.stat(where).st_mode  # noqa: PTH116 - bytes
        if stat.S_ISDIR(mode):
            with _opened_tree(where) as tree:
                entries = sorted(_walk(tree, max_bytes), key=lambda entry: entry.path)
            return Folder(root=where, entries=entries, max_bytes=max_bytes)
        if not stat.S_ISREG(mode):
            raise InputError("The path is neither a folder nor a regular file.")
        folder, _, name = where.rpartition(b"/")
        with _opened_tree(folder or b"/") as tree:
            entries = [_look_at(tree, name, max_bytes)]
        return Folder(root=folder or b"/", entries=entries, max_bytes=max_bytes)
    except OSError as error:
        raise InputError(f"The path cannot be read ({error.strerror}).") from None


class _Tree:
    """Opens what lies below a folder, one name at a time: a link on the way ends the way.

    The folder of the last path stays open, for the next path is most often beside or below it.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._folder = b""
        self._descriptor = root

    def open(self, path: bytes) -> int:
        """Return a new descriptor of a file; never that of what a link leads to."""
        folder, _, name = path.rpartition(b"/")
        return os.open(name, _FILE_FLAGS, dir_fd=self.at(folder))

    def at(self, folder: bytes) -> int:
        """Return the descriptor of a folder, good until the next call; empty is the root."""
        way = folder
        if folder == self._folder or (self._folder and folder.startswith(self._folder + b"/")):
            way = folder[len(self._folder) + 1 :]
        else:
            self.close()
        try:
            for name in way.split(b"/") if way else ():
                descriptor = os.open(name, _FOLDER_FLAGS, dir_fd=self._descriptor)
                self.close()
                self._descriptor = descriptor
        except OSError:
            self.close()
            raise
        self._folder = folder
        return self._descriptor

    def close(self) -> None:
        """Go back to the root, which is somebody else's to close."""
        if self._descriptor != self._root:
            os.close(self._descriptor)
        self._folder, self._descriptor = b"", self._root


@contextmanager
def _opened_tree(root: bytes) -> Iterator[_Tree]:
    descriptor = os.open(root, _FOLDER_FLAGS)
    tree = _Tree(descriptor)
    try:
        yield tree
    finally:
        tree.close()
        os.close(descriptor)


def _walk(tree: _Tree, max_bytes: int) -> Iterator[Entry]:
    """Yield the entries below a folder; depth is bounded by memory alone."""
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        try:
            children = [_kind_of(child) for child in os.scandir(tree.at(folder))]
            is_git = _is_git_folder(folder, {name for name, _ in children})
        except OSError:
            yield Entry(path=folder or b".", reason=UNREADABLE)
            continue
        if is_git:
            yield Entry(path=folder, reason=GIT_DIRECTORY)
            continue
        for name, kind in children:
            path = folder + b"/" + name if folder else name
            if kind == "folder":
                waiting.append(path)
            else:
                yield (
                    _look_at(tree, path, max_bytes)
                    if kind == "file"
                    else Entry(path=path, reason=kind)
                )


def _kind_of(child: os.DirEntry[str]) -> tuple[bytes, str]:
    name = os.fsencode(child.name)
    if child.is_symlink():
        return name, "symlink"
    if child.is_dir(follow_symlinks=False):
        return name, "folder"
    return name, "file" if child.is_file(follow_symlinks=False) else "special"


def _is_git_folder(folder: bytes, names: set[bytes]) -> bool:
    """Tell whether a folder is the ``.git`` of a work tree and not one that only bears the name."""
    is_named = folder.rpartition(b"/")[2] == b".git"
    return is_named and names.issuperset(mark.encode() for mark in _GIT_MARKS)


def _look_at(tree: _Tree, path: bytes, max_bytes: int) -> Entry:
    """Return what a file is: its id and encoding, or why it is not scanned."""
    try:
        data, size = _read_file(tree, path, max_bytes)
    except OSError:
        return Entry(path=path, reason=UNREADABLE)
    if data is None:
        return Entry(path=path, size=size, reason="too_large" if size > max_bytes else "special")
    blob_id = blob_id_of(data)
    encoding, reason = classify_content(data)
    return Entry(
        path=path,
        size=len(data),
        blob_id=blob_id,
        encoding=encoding,
        reason=EMPTY if not data else reason.value if reason else "",
    )


def _read_file(tree: _Tree, path: bytes, max_bytes: int) -> tuple[bytes | None, int]:
    """Return (bytes, size); None for what is larger than asked, or became something else."""
    with open(tree.open(path), "rb") as file:  # noqa: PTH123 - a descriptor
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            return None, 0
        if state.st_size > max_bytes:
            return None, state.st_size
        data = file.read(max_bytes + 1)  # kernel files hold more than they say
        return (data if len(data) <= max_bytes else None), len(data)


def blob_id_of(data: bytes) -> str:
    """Return the id that git gives a blob of these bytes (SHA-1)."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()
