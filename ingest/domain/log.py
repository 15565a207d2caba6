"""What git's log says of one commit, as far as it tells whose code it brought."""

from __future__ import annotations

from typing import NamedTuple


class PathChange(NamedTuple):
    """One path that a commit changed against its first parent; renames are both of two."""

    status: str
    """``A`` added, ``D`` deleted, ``M`` changed, ``T`` of another type."""
    old_blob_id: str
    """All zeros for an added path."""
    new_blob_id: str
    path: bytes


class LoggedCommit(NamedTuple):
    """One commit, without the name of anybody."""

    commit_id: str
    parents: int
    author_domain: str
    """Domain of the author's mail address, lower case; the rest of the address is not kept."""
    subtree: bytes
    """Directory that ``git subtree`` says it filled with this commit; empty otherwise."""
    changes: tuple[PathChange, ...]
    """Empty for a merge."""
