"""The commit that HEAD of a mirror names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ingest.errors import MirrorCorrupt
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Git, GitSettings
from ingest.mirror.reader import MirrorReader
from ingest.mirror.refs import read_mirror_refs

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, the last that a date can hold; a commit may claim any number."""
_COMMITTER: Final = re.compile(rb"^committer .*> (-?\d+) [+-]\d+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCommit:
    """What a snapshot is taken of."""

    commit_id: str
    tree_id: str
    branch: str
    """Branch that HEAD names; empty when detached."""
    committer_date: datetime
    """UTC, clamped to the years 1970 to 9999."""


def read_head(
    mirrors_dir: Path, repository_id: str, *, settings: GitSettings | None = None
) -> HeadCommit | None:
    """Return the commit that a mirror's HEAD names; None when the repository has none.

    Raises:
        MirrorCorrupt: there is no mirror, or HEAD names something that is no commit.
    """
    settings = settings or GitSettings()
    current = MirrorFolder.of(mirrors_dir, repository_id).current
    if current is None:
        raise MirrorCorrupt("There is no mirror of this repository.", hint="Sync it first.")
    refs = read_mirror_refs(Git(settings.limits), current)
    if not refs.head_id:
        return None
    with MirrorReader(mirrors_dir, settings=settings) as reader:
        tree_id, seconds = parse_commit(reader.read_commit(repository_id, refs.head_id))
    return HeadCommit(
        commit_id=refs.head_id,
        tree_id=tree_id,
        branch=refs.branch,
        committer_date=_clamp(seconds),
    )


def parse_commit(raw: bytes) -> tuple[str, int]:
    """Return (tree id, committer seconds) of a raw commit.

    Format: header lines up to an empty line, see gitformat-commit of git's documentation.

    Raises:
        MirrorCorrupt: a header is missing.
    """
    header, _, _ = raw.partition(b"\n\n")
    first, _, _ = header.partition(b"\n")
    date = _COMMITTER.search(header)
    if not first.startswith(b"tree ") or date is None:
        raise MirrorCorrupt("HEAD names a commit that cannot be read.")
    return first.removeprefix(b"tree ").decode("ascii", "replace"), int(date[1])


def _clamp(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=min(max(seconds, 0), _LAST_SECOND))
