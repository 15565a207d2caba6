"""From blobs to the commits that brought them and took them away, in one walk of the log.

A blob is *added* by a commit whose tree has it at a path where no parent's tree has it, and
*removed* by one whose tree no longer has it where a parent's tree had it. A merge adds only what
it has from none of its parents. Commits are walked by committer date, parents always first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest.errors import MirrorCorrupt
from ingest.mirror.arguments import LOG_OPTIONS
from ingest.mirror.failures import redact
from ingest.mirror.git import Git, GitCall
from ingest.mirror.refs import read_mirror_refs

_CHUNK_BYTES: Final = 1 << 20
_CHECK: Final = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
_MAX_QUESTIONS: Final = 1_000_000
"""Most (tip, path) pairs that are looked up; beyond it branches only, then HEAD only."""
_QUESTIONS: Final = 100_000
"""Pairs that one process is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A commit that added or removed a blob."""

    order: int
    """Position in the walk."""
    commit: str
    parent: str
    """First parent; empty for a root commit."""
    path: bytes


@dataclass(slots=True)
class BlobLog:
    """Events of the blobs that were asked for."""

    added: dict[str, list[Event]] = field(default_factory=dict)
    removed: dict[str, list[Event]] = field(default_factory=dict)
    seconds: dict[str, int] = field(default_factory=dict)
    """Commit to committer date, seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A commit that a ref names, and which of the blobs asked for its tree has."""

    ref: bytes
    commit: str
    blobs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tips:
    """Where some blobs still are."""

    head: Tip | None
    """None where HEAD names no commit."""
    others: Sequence[Tip]
    """Other refs that still have one of the blobs."""
    is_complete: bool
    """Whether every ref was asked; nothing is known of those that were not."""


def read_blob_log(git: Git, git_dir: Path, wanted: Collection[str]) -> BlobLog:
    """Walk every commit that any ref reaches and keep what concerns the wanted blobs.

    Raises:
        MirrorCorrupt: the walk meets a missing object.
    """
    log = BlobLog()
    ids = {blob_id.encode() for blob_id in wanted}
    commit, parent, order = "", "", -1
    for token, path in _tokens(git, git_dir):
        if path is None:
            head, _, seconds = token[1:].partition(b"\x02")
            commit, *parents = head.decode("ascii").split()
            parent = parents[0] if parents else ""
            log.seconds[commit] = int(seconds)
            order += 1
            continue
        olds, new = _ids_of(token)
        event = Event(order=order, commit=commit, parent=parent, path=path)
        if new in ids and new not in olds:
            log.added.setdefault(new.decode(), []).append(event)
        for old in ids.intersection(olds):
            if old != new:
                log.removed.setdefault(old.decode(), []).append(event)
    return log


def _tokens(git: Git, git_dir: Path) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield (header, None) of each commit and (change, path) of each of its changes.

    Format: ``git log --raw -z``, see gitdiff-core and "diff format for merges" of git's manual.
    """
    change: bytes | None = None
    for token in _split(git, git_dir):
        if change is not None:
            yield change, token
            change = None
        elif token.startswith(b"\x01"):
            yield token, None
        elif token.lstrip(b"\n").startswith(b":"):
            change = token.lstrip(b"\n")


def _split(git: Git, git_dir: Path) -> Iterator[bytes]:
    call = GitCall(subcommand="log", options=LOG_OPTIONS, git_dir=git_dir)
    with git.open(call) as process:
        rest = b""
        while chunk := process.stdout.read1(_CHUNK_BYTES):
            *tokens, rest = (rest + chunk).split(b"\0")
            yield from tokens
        if process.wait():
            said = redact(process.message).strip()
            raise MirrorCorrupt(f"The mirror cannot be walked ({said or 'git died'}).")


def _ids_of(change: bytes) -> tuple[list[bytes], bytes]:
    """Return (ids in the parents, id in the commit): ``:mode{n+1} id{n+1} status``, n colons."""
    parents = len(change) - len(change.lstrip(b":"))
    fields = change.split()
    ids = fields[parents + 1 : 2 * parents + 2]
    return ids[:-1], ids[-1]


def read_tips(
    git: Git,
    git_dir: Path,
    places: Mapping[str, Collection[bytes]],
    *,
    most: int = _MAX_QUESTIONS,
) -> Tips:
    """Return HEAD and every other ref that still has one of some blobs at a path it once had.

    Args:
        git: the wrapper.
        git_dir: one of our own mirrors.
        places: blob id to the paths at which it ever stood.
        most: (commit, path) pairs that are looked up; HEAD's are, however many there are.

    Raises:
        MirrorCorrupt: the refs cannot be read.
    """
    refs = read_mirror_refs(git, git_dir)
    names = {b"HEAD": refs.head_id} if refs.head_id else {}
    paths = sorted({path for held in places.values() for path in held})
    every = {**names, **refs.ids}
    chosen = _affordable(every, len(paths), most)
    commits = _resolve(git, git_dir, [f"{oid}^{{commit}}".encode() for oid in chosen.values()])
    by_commit: dict[str, set[str]] = {commit: set() for commit in commits if commit}
    asked = [(commit, path) for commit in by_commit for path in paths]
    for part in (asked[i : i + _QUESTIONS] for i in range(0, len(asked), _QUESTIONS)):
        found = _resolve(git, git_dir, [c.encode() + b":" + path for c, path in part])
        for blob_id, (commit, path) in zip(found, part, strict=True):
            if path in places.get(blob_id, ()):
                by_commit[commit].add(blob_id)
    tips = [
        Tip(ref=ref, commit=commit, blobs=frozenset(by_commit[commit]))
        for ref, commit in zip(chosen, commits, strict=True)
        if commit
    ]
    head = next((tip for tip in tips if tip.ref == b"HEAD"), None)
    return Tips(
        head=head,
        others=[tip for tip in tips if tip.ref != b"HEAD" and tip.blobs],
        is_complete=len(chosen) == len(every),
    )


def _affordable(refs: Mapping[bytes, str], paths: int, most: int) -> dict[bytes, str]:
    """Return as many kinds of refs as can be asked: all, or branches, or HEAD alone."""
    branches = {r: i for r, i in refs.items() if r == b"HEAD" or r.startswith(b"refs/heads/")}
    for chosen in (dict(refs), branches):
        if len(set(chosen.values())) * max(paths, 1) <= most:
            return chosen
    return {r: i for r, i in refs.items() if r == b"HEAD"}


def _resolve(git: Git, git_dir: Path, names: Sequence[bytes]) -> list[str]:
    """Return the object id of each name, empty where there is none."""
    if not names:
        return []
    request = b"".join(name + b"\0" for name in names)
    call = GitCall(subcommand="cat-file", options=(_CHECK, "-z"), git_dir=git_dir, request=request)
    return list(_answers(git.check(call), names))


def _answers(said: bytes, names: Sequence[bytes]) -> Iterator[str]:
    """Yield the id in each line of an answer.

    What git does not have it says by the name, line ends and all, so the name tells how long that
    line is.
    """
    position = 0
    for name in names:
        is_unknown = said.startswith((name + b" missing\n", name + b" ambiguous\n"), position)
        end = said.find(b"\n", position + (len(name) if is_unknown else 0))
        yield "" if is_unknown else said[position:end].split(b" ", 1)[0].decode("ascii")
        position = end + 1
