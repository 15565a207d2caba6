"""Brings one mirror folder to what its source advertises: clone, fetch, repair or nothing.

Every change is made in a new generation and published at the end, so that whatever fails on the
way, the mirror in use stays as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ingest.errors import MirrorCorrupt, ShardgateError
from ingest.mirror.environment import Transport
from ingest.mirror.failures import SourceBroken
from ingest.mirror.folder import MirrorFolder, copy_generation
from ingest.mirror.git import Extent, Git, GitCall
from ingest.mirror.refs import OWN_PREFIX, Refs, list_remote_refs, read_mirror_refs

_MAX_TRIES: Final = 48
"""Fetches that looking for the good refs of a broken source may take."""
_MASS_PRUNE: Final = 0.3
"""Share of refs whose disappearance in one visit is worth a note."""
_SHOWN_REFS: Final = 3
_FETCH_OPTIONS: Final = (
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--quiet",
)
_ALL_REFS: Final = ("+refs/*:refs/*", "^refs/shardgate/*")
_HEAD: Final = ("+HEAD:refs/shardgate/HEAD",)
_UNBORN: Final = "refs/shardgate/unborn"
_SHALLOW: Final = ("--depth=1",)
_EXTENT_OPTIONS: Final[Mapping[Extent, tuple[str, ...]]] = {
    Extent.ALL: (),
    Extent.HEAD: (),
    Extent.HEAD_TREE: _SHALLOW,
    Extent.SMALL_FILES: (*_SHALLOW, "--filter=blob:limit=262144"),
    Extent.NAMES: (*_SHALLOW, "--filter=blob:none"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an update did."""

    refs: Refs
    """Refs of the mirror afterwards."""
    is_partial: bool = False
    note: str = ""
    """For a person; empty when there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Generation:
    path: Path
    missing: tuple[bytes, ...] = ()
    """Advertised refs whose present value could not be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorUpdate:
    """One visit's means: git, the way to the source, the folder, the moment."""

    git: Git
    transport: Transport
    folder: MirrorFolder
    now: datetime
    extent: Extent = Extent.ALL

    def run(self) -> Outcome:
        """Bring the mirror up to date.

        Raises:
            ShardgateError: the source or our own mirror failed; the mirror in use is unchanged.
        """
        self.folder.sweep()
        try:
            return self._update()
        except (ShardgateError, OSError):
            self.folder.sweep()  # a half-filled generation would hold the disk until the next visit
            raise

    def _update(self) -> Outcome:
        advertised = list_remote_refs(self.git, self.transport)
        if self.extent is not Extent.ALL:
            advertised = Refs(ids={}, head_ref=b"", head_id=advertised.head_id)
        current = self.folder.current
        if current is None:
            return self._publish(self._clone(advertised), advertised, None)
        held = self._held(current)
        if held is None:
            return self._repair(current, advertised)
        if held == advertised:
            return Outcome(refs=held)
        try:
            fresh = self._fetch(current, advertised)
        except MirrorCorrupt:
            return self._repair(current, advertised)
        return self._publish(fresh, advertised, held)

    def _held(self, current: Path) -> Refs | None:
        """Return the refs of the mirror in use; None when it is damaged."""
        try:
            held = read_mirror_refs(self.git, current)
        except MirrorCorrupt:
            return None
        if self.folder.is_suspect:
            if not is_sound(self.git, current):
                return None
            self.folder.clear_suspect()
        self.folder.end_repairs(self.now)
        return held

    def _repair(self, current: Path, advertised: Refs) -> Outcome:
        self.folder.begin_repair(self.now)
        outcome = self._publish(self._clone(advertised), advertised, None)
        self.folder.set_aside(current)
        self.folder.clear_suspect()
        note = "the mirror was damaged and was cloned anew"
        return Outcome(
            refs=outcome.refs,
            is_partial=outcome.is_partial,
            note="; ".join(filter(None, (note, outcome.note))),
        )

    def _clone(self, advertised: Refs) -> _Generation:
        """Make a new generation from nothing."""
        fresh = self.folder.next_generation()
        if not advertised.ids:  # nothing to transfer, but a detached HEAD may still come
            self._init(fresh, advertised)
            return _Generation(path=fresh)
        call = GitCall(
            subcommand="clone",
            options=("--mirror", "--template=", "--no-local", "--quiet"),
            operands=(self.transport.url, str(fresh)),
            transport=self.transport,
        )
        try:
            self.git.check(call)
        except SourceBroken as error:
            shutil.rmtree(fresh, ignore_errors=True)
            self._init(fresh, advertised)
            return self._fetch_good(fresh, advertised, error)
        foreign = _packed_refs(fresh, OWN_PREFIX)
        self._delete_refs(fresh, foreign)
        return _Generation(path=fresh)

    def _init(self, fresh: Path, advertised: Refs) -> None:
        ids = [*advertised.ids.values(), advertised.head_id]
        kind = "sha256" if len(ids[0]) == 64 else "sha1"  # noqa: PLR2004 - hex characters
        options = ("--bare", "--template=", "--quiet", f"--object-format={kind}")
        self.git.check(GitCall(subcommand="init", options=options, operands=(str(fresh),)))

    def _fetch(self, current: Path, advertised: Refs) -> _Generation:
        """Make a new generation from the current one.

        Raises:
            MirrorCorrupt: the current one is damaged.
        """
        fresh = self.folder.next_generation()
        copy_generation(current, fresh)
        try:
            self._fetch_into(fresh, _ALL_REFS, is_prune=True)
        except SourceBroken as error:
            if not is_sound(self.git, current):
                raise MirrorCorrupt("The mirror is damaged.") from None
            return self._fetch_good(fresh, advertised, error)
        if sum(1 for _ in (fresh / "objects" / "pack").glob("*.pack")) > self.git.limits.packs:
            # geometric repacking joins whole packs, so objects that no ref reaches any more stay
            options = ("-d", "-q", "--geometric=2")
            self.git.check(GitCall(subcommand="repack", options=options, git_dir=fresh))
        return _Generation(path=fresh)

    def _fetch_good(self, fresh: Path, advertised: Refs, error: ShardgateError) -> _Generation:
        """Fetch group by group what can be had, halving groups that fail.

        A ref that cannot be had keeps the value that the mirror held before.

        Raises:
            ShardgateError: no ref at all could be fetched.
        """
        held = read_mirror_refs(self.git, fresh).ids
        self._delete_refs(fresh, sorted(held.keys() - advertised.ids.keys()))
        groups, fetched = [sorted(advertised.ids)], 0
        for _ in range(_MAX_TRIES):
            if not groups:
                break
            group = groups.pop()
            specs = [f"+{ref}:{ref}" for ref in map(_text, group)]
            try:
                self._fetch_into(fresh, specs, is_prune=False)
                fetched += len(group)
            except SourceBroken:
                middle = len(group) // 2
                groups += [group[:middle], group[middle:]] if middle else []
        if not fetched:
            raise error
        refs = read_mirror_refs(self.git, fresh).ids
        missing = [ref for ref, oid in advertised.ids.items() if refs.get(ref) != oid]
        return _Generation(path=fresh, missing=tuple(sorted(missing)))

    def _fetch_into(self, fresh: Path, refspecs: Sequence[str], *, is_prune: bool) -> None:
        """Fetch; refspecs travel by stdin, where neither their number nor a dash matters."""
        part = _EXTENT_OPTIONS[self.extent]
        prune = ("--prune",) if is_prune else ()
        call = GitCall(
            subcommand="fetch",
            options=(*_FETCH_OPTIONS, *part, *prune, "--stdin"),
            operands=(self.transport.url,),
            git_dir=fresh,
            transport=self.transport,
            request="".join(f"{spec}\n" for spec in refspecs).encode("utf-8", "surrogateescape"),
        )
        self.git.check(call)

    def _publish(self, fresh: _Generation, advertised: Refs, before: Refs | None) -> Outcome:
        has_head = self._set_head(fresh.path, advertised)
        missing = fresh.missing if has_head else (*fresh.missing, b"HEAD")
        refs = read_mirror_refs(self.git, fresh.path)
        self.folder.publish(fresh.path)
        notes = (_missing_note(missing, len(advertised.ids)), _prune_note(before, refs))
        return Outcome(refs=refs, is_partial=bool(missing), note="; ".join(filter(None, notes)))

    def _set_head(self, fresh: Path, advertised: Refs) -> bool:
        """Point HEAD where the source's points; return whether its object was had."""
        target = _text(advertised.head_ref) if advertised.head_ref else _UNBORN
        self.git.check(GitCall(subcommand="symbolic-ref", operands=("HEAD", target), git_dir=fresh))
        if not advertised.is_detached:
            return True
        try:
            self._fetch_into(fresh, _HEAD, is_prune=False)
        except SourceBroken:
            # Of a mirror that is to hold nothing else there would be nothing to look at.
            if self.extent is not Extent.ALL:
                raise
            return False
        head = (fresh / "refs" / "shardgate" / "HEAD").read_bytes().strip()
        self._update_refs(fresh, b"update HEAD\0%s\0\0" % head)
        return True

    def _delete_refs(self, fresh: Path, refs: Sequence[bytes]) -> None:
        self._update_refs(fresh, b"".join(b"delete %s\0\0" % ref for ref in refs))

    def _update_refs(self, fresh: Path, request: bytes) -> None:
        if request:
            options = ("--no-deref", "--stdin", "-z")
            self.git.check(
                GitCall(subcommand="update-ref", options=options, git_dir=fresh, request=request)
            )


def is_sound(git: Git, git_dir: Path) -> bool:
    """Check every object of one of our own mirrors (``git fsck --full``)."""
    options = ("--full", "--no-dangling", "--no-progress", "--no-reflogs")
    return git.run(GitCall(subcommand="fsck", options=options, git_dir=git_dir)).returncode == 0


def _missing_note(missing: Sequence[bytes], total: int) -> str:
    if not missing:
        return ""
    shown = ", ".join(ref.decode("utf-8", "backslashreplace") for ref in missing[:_SHOWN_REFS])
    more = f" and {len(missing) - _SHOWN_REFS} more" * (len(missing) > _SHOWN_REFS)
    return f"{len(missing)} of {total} refs are broken at the source: {shown}{more}"


def _prune_note(before: Refs | None, after: Refs) -> str:
    old: Mapping[bytes, str] = before.ids if before else {}
    gone = len(old.keys() - after.ids.keys())
    if not old or gone / len(old) <= _MASS_PRUNE:
        return ""
    return f"{gone} of {len(old)} refs vanished at the source"


def _text(ref: bytes) -> str:
    return ref.decode("utf-8", "surrogateescape")


def _packed_refs(git_dir: Path, prefix: bytes) -> list[bytes]:
    """Return the refs under a prefix in a fresh clone, whose refs are all packed."""
    packed = git_dir / "packed-refs"
    lines = packed.read_bytes().splitlines() if packed.exists() else []
    return [line.split()[1] for line in lines if b" " + prefix in line]
