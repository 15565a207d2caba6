"""Reads the log of a mirror: who brought which path in, commit by commit, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ingest.domain.log import LoggedCommit, PathChange
from ingest.domain.tree import check_object_id
from ingest.errors import MirrorCorrupt
from ingest.mirror.failures import redact
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Git, GitCall, GitLimits
from ingest.mirror.process import GitProcess

MAX_COMMITS: Final = 20_000
"""Most commits that are read, the newest; ``--max-count`` in the list of allowed arguments."""
MAX_BYTES: Final = 64 * 2**20
"""Most bytes of log; what lies behind is not read."""
_CHUNK_BYTES: Final = 1 << 20
_OPTIONS: Final = (
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "-z",
    "--reverse",
    f"--max-count={MAX_COMMITS}",
    "--format=%H%x00%P%x00%ae%x00%(trailers:key=git-subtree-dir,valueonly)",
)
_COMMIT_FIELDS: Final = 4


def read_log(
    mirrors_dir: Path, repository_id: str, commit_id: str, *, limits: GitLimits | None = None
) -> Iterator[LoggedCommit]:
    """Yield the last `MAX_COMMITS` commits that a commit reaches, oldest first.

    Of a mail address only the domain leaves this function. The stream ends early, without an
    error, where the log is longer than `MAX_BYTES`.

    Raises:
        MirrorCorrupt: there is no mirror, or the walk meets a missing object.
        ResourceExhausted: git took longer than its limit.
    """
    git_dir = MirrorFolder.of(mirrors_dir, repository_id).current
    if git_dir is None:
        raise MirrorCorrupt("There is no mirror of this repository.", hint="Sync it first.")
    call = GitCall(
        subcommand="log",
        options=_OPTIONS,
        operands=(check_object_id(commit_id),),
        git_dir=git_dir,
    )
    with Git(limits).open(call) as process:
        yield from parse_log(_fields(process))


def parse_log(fields: Iterator[bytes]) -> Iterator[LoggedCommit]:
    """Yield commits from the NUL-separated fields of the log in `_OPTIONS`' format.

    A commit that the stream cuts is left out.
    """
    head: list[bytes] = []
    changes: list[PathChange] = []
    for field in fields:
        if len(head) < _COMMIT_FIELDS:
            head.append(field.strip(b"\n"))
            continue
        meta = field.lstrip(b"\n")
        if meta.startswith(b":"):
            path = next(fields, None)
            if path is None:
                return
            changes.append(_change(meta, path))
        elif meta:
            yield _commit(head, changes)
            head, changes = [meta], []
    if len(head) == _COMMIT_FIELDS:
        yield _commit(head, changes)


def _commit(head: list[bytes], changes: list[PathChange]) -> LoggedCommit:
    commit_id, parents, author, subtree = head
    return LoggedCommit(
        commit_id=commit_id.decode("ascii", "replace"),
        parents=len(parents.split()),
        author_domain=author.rpartition(b"@")[2].decode("utf-8", "replace").lower(),
        subtree=subtree.split(b"\n", 1)[0].strip().strip(b"/"),
        changes=tuple(changes),
    )


def _change(meta: bytes, path: bytes) -> PathChange:
    """Read ``:<mode> <mode> <id> <id> <status>`` (gitformat of ``--raw``)."""
    parts = meta.decode("ascii", "replace").split()
    if len(parts) != 5:  # noqa: PLR2004 - as in the format above
        raise MirrorCorrupt("The log of the mirror cannot be read.")
    return PathChange(parts[4][:1], parts[2], parts[3], path)


def _fields(process: GitProcess) -> Iterator[bytes]:
    rest = b""
    total = 0
    while chunk := process.stdout.read1(_CHUNK_BYTES):
        total += len(chunk)
        *fields, rest = (rest + chunk).split(b"\0")
        yield from fields
        if total > MAX_BYTES:
            return
    if process.wait():
        said = redact(process.message).strip()
        raise MirrorCorrupt(f"The mirror cannot be walked ({said or 'git died'}).")
    if rest:
        yield rest
