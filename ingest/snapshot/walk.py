"""Lists every entry of a tree by object id, after counting what the listing would cost.

A dozen objects can stand for ten thousand million paths, because a tree may name one subtree many
times. So each distinct tree is read once, paths are counted by tree id, and only a tree that fits
the caps is ever spelled out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ingest.errors import Quarantined
from ingest.snapshot.source import TreeSource

_TYPE_BITS: Final = 0o170000
_TREE: Final = 0o040000
_MAX_MODE: Final = 0o177777


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkLimits:
    """Caps of one tree; over any of them a repository is quarantined."""

    entries_per_tree: int = 1_000_000
    depth: int = 1000
    occurrences: int = 5_000_000
    paths_per_blob: int = 100_000
    path_bytes: int = 2**30
    """All paths together, in bytes."""
    distinct_trees: int = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of one tree."""

    mode: int
    name: bytes
    object_id: str

    @property
    def is_tree(self) -> bool:
        """Whether the entry is a folder; everything else is listed."""
        return self.mode & _TYPE_BITS == _TREE


Trees = Mapping[str, tuple[Entry, ...]]


def walk_tree(
    repository_id: str, tree_id: str, source: TreeSource, limits: WalkLimits
) -> Iterator[tuple[bytes, int, str]]:
    """Return (path, mode, object id) of every entry that is no folder, in the order of git.

    All caps are checked before the first entry is given.

    Raises:
        Quarantined: a cap is exceeded or a tree is malformed.
        MirrorCorrupt: a tree is missing.
    """
    trees = read_distinct_trees(repository_id, tree_id, source, limits)
    _check_cost(tree_id, trees, limits)
    return _spell_out(tree_id, trees)


def read_distinct_trees(
    repository_id: str, tree_id: str, source: TreeSource, limits: WalkLimits
) -> dict[str, tuple[Entry, ...]]:
    """Read every distinct tree below a root once, level by level.

    Raises:
        Quarantined: there are too many levels, trees or entries, or a tree is malformed.
    """
    trees: dict[str, tuple[Entry, ...]] = {}
    level = [tree_id]
    for _ in range(limits.depth + 1):
        found: dict[str, None] = {}
        for object_id, raw in source.read_trees(repository_id, level):
            trees[object_id] = parse_tree(raw, len(object_id) // 2, limits.entries_per_tree)
            found |= {e.object_id: None for e in trees[object_id] if e.is_tree}
        level = [object_id for object_id in found if object_id not in trees]
        _check("distinct folders", len(trees) + len(level), limits.distinct_trees)
        if not level:
            return trees
    raise Quarantined(f"The tree is more than {limits.depth} folders deep.", code="tree_too_deep")


def parse_tree(raw: bytes, id_bytes: int, most: int) -> tuple[Entry, ...]:
    """Parse a raw tree: ``<octal mode> SP <name> NUL <binary id>``, repeated.

    Raises:
        Quarantined: it is malformed, names an entry twice, or has more than `most` entries.
    """
    entries: list[Entry] = []
    position = 0
    while position < len(raw):
        space = raw.find(b" ", position, position + 8)
        end = raw.find(b"\0", space)
        if space < 0 or end < 0 or end + 1 + id_bytes > len(raw):
            raise _malformed()
        name = raw[space + 1 : end]
        entries.append(
            Entry(
                mode=_parse_mode(raw[position:space]),
                name=name,
                object_id=raw[end + 1 : end + 1 + id_bytes].hex(),
            )
        )
        if not name or b"/" in name:
            raise _malformed()
        position = end + 1 + id_bytes
        if len(entries) > most:
            _check("entries in one folder", len(entries), most)
    if len({entry.name for entry in entries}) != len(entries):
        raise _malformed()
    return tuple(entries)


def _parse_mode(digits: bytes) -> int:
    try:
        mode = int(digits, 8)
    except ValueError:
        raise _malformed() from None
    if not 0 <= mode <= _MAX_MODE:
        raise _malformed()
    return mode


def _malformed() -> Quarantined:
    return Quarantined("A tree of the repository is malformed.", code="tree_malformed")


def _check(what: str, number: int, most: int) -> None:
    if number > most:
        code = "tree_too_many_" + what.split(maxsplit=1)[0]
        raise Quarantined(f"The tree has {number} {what}; at most {most} are taken.", code=code)


def _check_cost(root: str, trees: Trees, limits: WalkLimits) -> None:
    order = _topological(root, trees)
    paths: dict[str, int] = {}
    path_bytes: dict[str, int] = {}
    depth: dict[str, int] = {}
    for tree_id in reversed(order):
        paths[tree_id] = path_bytes[tree_id] = depth[tree_id] = 0
        for entry in trees[tree_id]:
            below = entry.object_id
            count = paths[below] if entry.is_tree else 1
            paths[tree_id] += count
            path_bytes[tree_id] += (len(entry.name) + entry.is_tree) * count
            if entry.is_tree:
                path_bytes[tree_id] += path_bytes[below]
                depth[tree_id] = max(depth[tree_id], depth[below] + 1)
    _check("paths", paths[root], limits.occurrences)
    _check("bytes of paths", path_bytes[root], limits.path_bytes)
    _check("levels of folders", depth[root], limits.depth)
    _check("paths of one blob", _most_shared(order, trees), limits.paths_per_blob)


def _topological(root: str, trees: Trees) -> list[str]:
    """Return tree ids so that each stands before those below it; iterative, as depth is hostile.

    Object ids are hashes of what they name, so there is no cycle.
    """
    finished: list[str] = []
    seen = {root}
    stack = [(root, iter(trees[root]))]
    while stack:
        tree_id, entries = stack[-1]
        below = next((e.object_id for e in entries if e.is_tree and e.object_id not in seen), None)
        if below is None:
            finished.append(tree_id)
            stack.pop()
        else:
            seen.add(below)
            stack.append((below, iter(trees[below])))
    return finished[::-1]


def _most_shared(order: list[str], trees: Trees) -> int:
    times = dict.fromkeys(order, 0)
    times[order[0]] = 1
    blobs: dict[str, int] = {}
    for tree_id in order:
        for entry in trees[tree_id]:
            counts = times if entry.is_tree else blobs
            counts[entry.object_id] = counts.get(entry.object_id, 0) + times[tree_id]
    return max(blobs.values(), default=0)


def _spell_out(root: str, trees: Trees) -> Iterator[tuple[bytes, int, str]]:
    stack = [(b"", iter(trees[root]))]
    while stack:
        prefix, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
        elif entry.is_tree:
            stack.append((prefix + entry.name + b"/", iter(trees[entry.object_id])))
        else:
            yield prefix + entry.name, entry.mode, entry.object_id
