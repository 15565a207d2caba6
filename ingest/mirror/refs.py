"""Refs as a source advertises them and as a mirror holds them, in one comparable form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.domain.problem import Problem
from ingest.errors import MirrorCorrupt, Quarantined
from ingest.mirror.arguments import REF_NAME, is_object_id
from ingest.mirror.environment import Transport
from ingest.mirror.git import Git, GitCall

OWN_PREFIX: Final = b"refs/shardgate/"
"""Refs that we keep for ourselves; a source's refs of this name are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """All refs of a repository, and what HEAD is."""

    ids: Mapping[bytes, str]
    """Full ref name to object id, without HEAD and without our own refs."""
    head_ref: bytes
    """Ref that HEAD names; empty when HEAD is detached or names nothing that exists."""
    head_id: str
    """Object that HEAD names; empty when there is none."""

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted ``id ref`` lines, HEAD among them; equal means equal refs."""
        lines = [b"%s %s\n" % (oid.encode(), ref) for ref, oid in self.ids.items()]
        if self.head_id:
            lines.append(b"%s HEAD\n" % self.head_id.encode())
        return hashlib.sha256(b"".join(sorted(lines))).hexdigest()

    @property
    def branch(self) -> str:
        """Branch that HEAD names, with bytes that are not UTF-8 escaped; empty when detached."""
        prefix = b"refs/heads/"
        name = self.head_ref.removeprefix(prefix) if self.head_ref.startswith(prefix) else b""
        return name.decode("utf-8", "backslashreplace")

    @property
    def is_detached(self) -> bool:
        """Whether HEAD names an object and no ref."""
        return bool(self.head_id) and not self.head_ref


def list_remote_refs(git: Git, transport: Transport) -> Refs:
    """Ask a source for its refs.

    Raises:
        Quarantined: it advertises more refs than `GitLimits.refs`.
        ShardgateError: the source cannot be asked, see `explain_failure`.
    """
    call = GitCall(
        subcommand="ls-remote",
        options=("--symref",),
        operands=(transport.url,),
        transport=transport,
    )
    refs = parse_advertisement(git.check(call))
    if len(refs.ids) > git.limits.refs:
        raise Quarantined(
            f"The source has {len(refs.ids)} refs; at most {git.limits.refs} go.",
            code=Problem.TOO_LARGE.value,
        )
    return refs


def parse_advertisement(output: bytes) -> Refs:
    """Read the output of ``git ls-remote --symref``; lines of an unknown form are left out."""
    ids: dict[bytes, str] = {}
    head_ref, head_id = b"", ""
    for line in output.splitlines():
        value, _, name = line.partition(b"\t")
        oid = value.decode("ascii", "replace")
        if name == b"HEAD":
            if value.startswith(b"ref: "):
                head_ref = value.removeprefix(b"ref: ")
            elif is_object_id(oid):
                head_id = oid
        elif is_object_id(oid) and is_plain_ref(name):
            ids[name] = oid
    if head_ref not in ids:
        head_ref = b""
    return Refs(ids=ids, head_ref=head_ref, head_id=head_id)


def is_plain_ref(name: bytes) -> bool:
    """Tell whether a ref is one that we mirror: well formed, not peeled, not one of ours."""
    return REF_NAME.fullmatch(name) is not None and not name.startswith(OWN_PREFIX)


def read_mirror_refs(git: Git, git_dir: Path) -> Refs:
    """Read the refs of one of our own mirrors; asking for the type makes git look each object up.

    Raises:
        MirrorCorrupt: the refs cannot be read, or one names an object that is not there.
    """
    call = GitCall(
        subcommand="for-each-ref",
        options=("--format=%(objectname) %(objecttype) %(refname)",),
        git_dir=git_dir,
    )
    result = git.run(call)
    if result.returncode:
        raise MirrorCorrupt(f"The mirror's refs cannot be read ({result.message.strip()}).")
    fields = (line.split(b" ", 2) for line in result.stdout.splitlines())
    ids = {ref: oid.decode() for oid, _, ref in fields if not ref.startswith(OWN_PREFIX)}
    return _with_head(ids, git_dir)


def _with_head(ids: Mapping[bytes, str], git_dir: Path) -> Refs:
    try:
        text = (git_dir / "HEAD").read_bytes().strip()
    except OSError:
        raise MirrorCorrupt("The mirror has no HEAD.") from None
    if text.startswith(b"ref: "):
        head_ref = text.removeprefix(b"ref: ")
        if head_ref not in ids:
            return Refs(ids=ids, head_ref=b"", head_id="")
        return Refs(ids=ids, head_ref=head_ref, head_id=ids[head_ref])
    oid = text.decode("ascii", "replace")
    if not is_object_id(oid):
        raise MirrorCorrupt("The mirror's HEAD names no object.")
    return Refs(ids=ids, head_ref=b"", head_id=oid)
