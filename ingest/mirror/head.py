"""The commit that HEAD of a mirror names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ingest.errors import MirrorCorrupt
from ingest.mirror.environment import CONFIG, build_environment
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Git, GitSettings
from ingest.mirror.reader import MirrorReader
from ingest.mirror.refs import read_mirror_refs

_SHA1_HEX = 40
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
    if len(refs.head_id) == _SHA1_HEX:
        tree_id, seconds = _read_with_gitpython(current, refs.head_id)
    else:  # GitPython knows SHA-1 only
        with MirrorReader(mirrors_dir, settings=settings) as reader:
            tree_id, seconds = parse_commit(reader.read_commit(repository_id, refs.head_id))
    return HeadCommit(
        commit_id=refs.head_id,
        tree_id=tree_id,
        branch=refs.branch,
        committer_date=_clamp(seconds),
    )


def _read_with_gitpython(git_dir: Path, commit_id: str) -> tuple[str, int]:
    import git  # noqa: PLC0415 - importing it starts a process

    environment = build_environment(None) | {
        "GIT_DIR": str(git_dir),  # safe.bareRepository=explicit wants the repository named
        "GIT_CONFIG_COUNT": str(len(CONFIG)),
    }
    for number, (key, value) in enumerate(CONFIG):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    try:
        with git.Repo(git_dir, expand_vars=False) as repository:
            repository.git.update_environment(**environment)
            commit = repository.commit(commit_id)
            return commit.tree.hexsha, commit.committed_date
    except (ValueError, OSError, AttributeError, git.exc.GitError, git.exc.ODBError) as error:
        raise MirrorCorrupt(f"HEAD names no readable commit ({type(error).__name__}).") from None


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
