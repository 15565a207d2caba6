"""Small files that appear whole or not at all, and one writer at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ingest.errors import ReleaseRefused

MAX_DOCUMENT_BYTES: Final = 256 * 2**20
"""Of a signed document; what is larger is none of ours."""
_LOCK: Final = ".lock"
_BEGUN: Final = ".begun-"


def read_document(path: Path, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Return a file that is no link and of a sensible size.

    Raises:
        ReleaseRefused: it is missing, a link or too large.
    """
    try:
        if path.is_symlink() or path.stat().st_size > limit:
            raise ReleaseRefused(f"{path.name} is no plain file of a sensible size.")
        return path.read_bytes()
    except OSError:
        raise ReleaseRefused(f"{path.name} is missing or cannot be read.") from None


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in its place, on disk, in one step; what was there is replaced."""
    temporary = path.with_name(f"{_BEGUN}{os.getpid()}.{path.name}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    flush_folder(path.parent)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush_folder(folder: Path) -> None:
    """Wait until the entries of a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder where it is missing, and let one writer at a time work in it.

    What a writer that died had begun is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for begun in folder.glob(f"{_BEGUN}*"):
            begun.unlink()
        yield
