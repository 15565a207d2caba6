"""Files and folders that are their owner's alone: written so, and believed only when they are so.

Compiled rules and lists of terms are read back by later runs. One that somebody else could have
put there would decide what is found, so who owns it and who may touch it is asked of the opened
file, never of its name.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077
_OTHERS_WRITE: Final = 0o022
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, and return it.

    One of ours that others may read is closed to them; one that they may write is not taken over,
    for what it holds may be theirs.

    Raises:
        PermissionError: somebody else owns it or may write into it, or it cannot be written.
        OSError: it cannot be made.
    """
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = path.stat()
    if state.st_uid != os.geteuid() or state.st_mode & _OTHERS_WRITE:
        raise PermissionError(f"{path} belongs to others, or others may write into it")
    if state.st_mode & _OTHERS:
        path.chmod(0o700)
    if not os.access(path, os.W_OK):
        raise PermissionError(f"{path} cannot be written")
    return path


def read_private(path: Path) -> bytes:
    """Return the bytes of a regular file that only its owner may touch, and whose owner we are.

    Raises:
        PermissionError: it is another's, or open to others.
        OSError: it is a link, or cannot be read.
    """
    handle = os.open(path, _FLAGS)
    with os.fdopen(handle, "rb") as file:
        if not _is_private(os.fstat(handle)):
            raise PermissionError(f"{path} is not a file of ours alone")
        return file.read()


def is_private_file(path: Path) -> bool:
    """Tell whether `read_private` would read a file."""
    try:
        return _is_private(path.lstat())
    except OSError:
        return False


def _is_private(state: os.stat_result) -> bool:
    is_ours = stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()
    return is_ours and not state.st_mode & _OTHERS


def write_private(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file whole or not at all, for its owner only; of several writers the last one wins.

    Whatever ends the writing, an interruption too, leaves no draft behind.

    Raises:
        OSError: the folder is not there, or cannot be written.
    """
    handle, draft = tempfile.mkstemp(prefix=".shardgate-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
