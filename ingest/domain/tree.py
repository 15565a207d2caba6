"""Blobs, occurrences, snapshots, and what was skipped and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PLAIN_SUFFIX = re.compile(rb"[a-z0-9][a-z0-9_+-]{0,15}")


class SkipReason(StrEnum):
    """Why an entry of a tree is not scanned. Skipped is a noun, not an absence."""

    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    LFS_POINTER = "lfs_pointer"
    TOO_LARGE = "too_large"
    BINARY = "binary"
    UNDECODABLE = "undecodable"
    EMPTY = "empty"


def check_object_id(object_id: str) -> str:
    """Return the id if it is a full SHA-1 or SHA-256 git object id.

    Raises:
        ValueError: it is not.
    """
    if not _OBJECT_ID.fullmatch(object_id):
        msg = "not a git object id"
        raise ValueError(msg)
    return object_id


def suffix_of(path: bytes) -> str:
    """Return the name hint of a path: its extension, or its whole name where it has none.

    The hint is what a detector may know of a path: lower case, at most 24 plain characters,
    empty when the name says nothing safe. ``src/a.PY`` gives ``py``, ``Makefile`` gives
    ``makefile``, ``package.json`` gives ``package.json`` (a manifest is known by its name).
    """
    name = path.rsplit(b"/", 1)[-1].lower()
    if name in KNOWN_NAMES:
        return name.decode()
    stem, dot, extension = name.rpartition(b".")
    if dot and stem:
        return extension.decode() if _PLAIN_SUFFIX.fullmatch(extension) else ""
    return ""


_KNOWN_NAMES = """
    makefile dockerfile jenkinsfile gemfile rakefile vagrantfile cmakelists.txt
    license licence copying notice unlicense copyright authors
    license.txt license.md licence.txt licence.md copying.txt copying.lesser notice.txt
    package.json package-lock.json pyproject.toml setup.cfg setup.py cargo.toml cargo.lock
    composer.json pom.xml pkg-info go.mod go.sum yarn.lock reuse.toml
    codeowners contributors maintainers credits thanks
    metadata requirements.txt .env .npmrc .pypirc .netrc .gitconfig .gitmodules
"""
KNOWN_NAMES = frozenset(_KNOWN_NAMES.encode().split())
"""File names that say more than their extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A blob at a path of a commit's tree."""

    path: bytes
    mode: int
    """Git file mode, for example ``0o100644``."""
    blob_id: str
    size: int
    """Bytes as stored; 0 for a submodule."""
    encoding: str = ""
    """Source encoding; empty when skipped."""
    skip_reason: SkipReason | None = None

    def __post_init__(self) -> None:
        """Check the id, the path and the size."""
        check_object_id(self.blob_id)
        if not self.path or b"\0" in self.path:
            msg = "a path is not empty and holds no NUL"
            raise ValueError(msg)
        if self.size < 0:
            msg = "a size is not negative"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedBlob:
    """An occurrence that is not scanned, with the reason."""

    blob_id: str
    path: bytes
    size: int
    reason: SkipReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The HEAD tree of one repository at one commit.

    Raises:
        ValueError: an id is malformed or the date has no time zone.
    """

    repository_id: str
    commit_id: str
    branch: str
    """Branch that HEAD names; empty when detached."""
    committer_date: datetime
    occurrences: tuple[Occurrence, ...]

    def __post_init__(self) -> None:
        """Refuse a date without a zone."""
        check_object_id(self.commit_id)
        if self.committer_date.utcoffset() != timedelta(0):
            msg = "times are UTC"
            raise ValueError(msg)

    @property
    def skipped(self) -> tuple[SkippedBlob, ...]:
        """Every occurrence that is not scanned."""
        return tuple(
            SkippedBlob(blob_id=o.blob_id, path=o.path, size=o.size, reason=o.skip_reason)
            for o in self.occurrences
            if o.skip_reason is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ScanUnit:
    """What is scanned once: a blob under a name hint."""

    blob_id: str
    suffix: str
    size: int
