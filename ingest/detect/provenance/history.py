"""What a history says of whose code a path is: outside authors, imports of whole trees.

These are facts and no more. A company's own code also arrives at once, when a project moves into
a repository; so the policy decides what a sign means, and beside which others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ingest.domain.log import LoggedCommit, PathChange

BULK_FILES: Final = 20
"""A new directory that a single commit fills with more files than this was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHistory:
    """Paths and directories with a history of their own."""

    outside_paths: frozenset[bytes] = frozenset()
    """Files that outside authors changed more often than the company's."""
    subtree_roots: frozenset[bytes] = frozenset()
    """Directories that ``git subtree`` filled."""
    bulk_roots: frozenset[bytes] = frozenset()
    """Directories that one commit brought whole; never by a commit without parents."""

    def is_bulk(self, directory: bytes) -> bool:
        """Tell whether a directory, or one above it, was brought whole."""
        if not self.bulk_roots:
            return False
        here = directory
        while here:
            if here in self.bulk_roots:
                return True
            here = here.rpartition(b"/")[0]
        return False


NO_HISTORY: Final = TreeHistory()


def read_history(commits: Iterable[LoggedCommit], company_domains: Iterable[str]) -> TreeHistory:
    """Return what commits (oldest first) say of paths.

    Without a domain of the company no author is an outsider. Commits without parents are left
    out: the first one of a repository brings everything, and those of an unrelated history have
    paths of another tree.
    """
    own = tuple(domain.lower().lstrip("@.") for domain in company_domains if domain.strip("@. "))
    authors: Counter[bytes] = Counter()
    known: set[bytes] = set()
    bulk: set[bytes] = set()
    subtrees: set[bytes] = set()
    for number, commit in enumerate(commits):
        if commit.subtree:
            subtrees.add(commit.subtree)
        is_root = commit.parents == 0
        if is_root and number:
            continue
        if not is_root:
            bulk.update(_new_trees(commit.changes, known))
        for change in commit.changes:
            known.update(_directories(change.path, known))
        if own:
            weight = -1 if _is_within(commit.author_domain, own) else 1
            authors.update(dict.fromkeys((c.path for c in commit.changes), weight))
    return TreeHistory(
        outside_paths=frozenset(path for path, balance in authors.items() if balance > 0),
        subtree_roots=frozenset(subtrees),
        bulk_roots=frozenset(bulk),
    )


def _is_within(domain: str, own: tuple[str, ...]) -> bool:
    return any(domain == mine or domain.endswith("." + mine) for mine in own)


def _new_trees(changes: tuple[PathChange, ...], known: set[bytes]) -> Iterator[bytes]:
    """Yield the topmost new directories that a commit fills, unless it moved them there."""
    if len(changes) <= BULK_FILES:
        return
    moved = {change.old_blob_id for change in changes if change.status == "D"}
    added: Counter[bytes] = Counter()
    for change in changes:
        if change.status == "A" and change.new_blob_id not in moved:
            top = b""
            for directory in _directories(change.path, known):
                top = directory
            if top:
                added[top] += 1
    yield from (directory for directory, count in added.items() if count > BULK_FILES)


def _directories(path: bytes, known: set[bytes]) -> Iterator[bytes]:
    """Yield the directories of a path that are not known, from the deepest up."""
    here = path.rpartition(b"/")[0]
    while here and here not in known:
        yield here
        here = here.rpartition(b"/")[0]
