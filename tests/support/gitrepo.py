"""Builds small bare git repositories for tests: the same input gives the same object ids."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

REGULAR, EXECUTABLE, SYMLINK, SUBMODULE, TREE = 0o100644, 0o100755, 0o120000, 0o160000, 0o040000

Content = bytes | tuple[int, bytes] | None
Files = Mapping[bytes, Content]
"""Path to bytes (a regular file), (mode, bytes) or None (deleted).

A symlink's bytes are its target; a submodule's bytes are the hex commit id.
"""

EPOCH = 1_700_000_000
AUTHOR = b"Test Author <author@example.invalid>"


@dataclass(frozen=True, kw_only=True)
class Commit:
    """Changes on a branch; the parent is the branch's last commit, or `parent`."""

    files: Files
    branch: str = "main"
    message: bytes = b"change\n"
    when: int | None = None
    """Seconds since the epoch, UTC; None: one minute after the commit before."""
    author: bytes = AUTHOR
    parent: int | None = None
    """Index of the commit that a new branch starts from; -1: a root commit."""


@dataclass(frozen=True, kw_only=True)
class BuiltRepository:
    """A bare repository and the ids of its commits, in the order given."""

    path: Path
    commits: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """A ``file:`` URL."""
        return self.path.as_uri()

    @property
    def head(self) -> str:
        """Id of the last commit."""
        return self.commits[-1]


def build_repository(
    path: Path,
    commits: Sequence[Commit | Files] = (),
    *,
    tags: Mapping[str, int] | None = None,
    head: str | int | None = "main",
    object_format: str = "sha1",
) -> BuiltRepository:
    """Write a bare repository of the commits; a plain mapping is a commit on ``main``.

    `tags` maps a name to the index of a commit (annotated tags). `head` is a branch name, the
    index of a commit (detached), or None to leave it as git makes it. May be called again with
    the same path to add commits to a repository that exists.
    """
    if not path.exists():
        git(path.parent, "init", "--quiet", "--bare", "--template=",
            f"--object-format={object_format}", "--initial-branch=main", str(path))  # fmt: skip
    stream = _stream(path, [c if isinstance(c, Commit) else Commit(files=c) for c in commits], tags)
    marks = path / "test-marks"
    git(path, "fast-import", "--quiet", "--force", "--date-format=raw",
        f"--export-marks={marks}", request=stream)  # fmt: skip
    ids = dict(line.split() for line in marks.read_text().splitlines())
    marks.unlink()
    built = tuple(ids[f":{number}"] for number in range(1, len(commits) + 1))
    if isinstance(head, int):
        git(path, "update-ref", "--no-deref", "HEAD", built[head])
    elif head is not None:
        git(path, "symbolic-ref", "HEAD", f"refs/heads/{head}")
    names = {name: git(path, "rev-parse", f"refs/tags/{name}").decode().strip()
             for name in tags or {}}  # fmt: skip
    return BuiltRepository(path=path, commits=built, tags=names)


def _stream(path: Path, commits: Sequence[Commit], tags: Mapping[str, int] | None) -> bytes:
    tips = {
        line.split()[1].decode(): line.split()[0]
        for line in git(path, "for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    }
    when = EPOCH
    out: list[bytes] = []
    for number, commit in enumerate(commits, 1):
        ref = f"refs/heads/{commit.branch}"
        when = commit.when if commit.when is not None else when + 60
        out.append(b"commit %s\nmark :%d\n" % (ref.encode(), number))
        out.append(b"author %s %d +0000\n" % (commit.author, when))
        out.append(b"committer %s %d +0000\n" % (commit.author, when))
        out.append(_data(commit.message))
        if commit.parent is not None and commit.parent >= 0:
            out.append(b"from :%d\n" % (commit.parent + 1))
        elif commit.parent is None and ref in tips:
            out.append(b"from %s\n" % tips[ref])
        elif commit.parent is not None and ref in tips:
            out.append(b"from %s\ndeleteall\n" % (b"0" * 40))
        out += [_change(name, content) for name, content in commit.files.items()]
        tips[ref] = b":%d" % number
    for name, index in (tags or {}).items():
        out.append(b"tag %s\nfrom :%d\n" % (name.encode(), index + 1))
        out.append(b"tagger %s %d +0000\n" % (AUTHOR, when) + _data(b"tag\n"))
    return b"".join(out) + b"done\n"


def _change(name: bytes, content: Content) -> bytes:
    quoted = b'"' + b"".join(b"\\%03o" % byte for byte in name) + b'"'
    if content is None:
        return b"D %s\n" % quoted
    mode, data = content if isinstance(content, tuple) else (REGULAR, content)
    if mode == SUBMODULE:
        return b"M %o %s %s\n" % (mode, data, quoted)
    return b"M %o inline %s\n" % (mode, quoted) + _data(data)


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)


def write_object(repository: Path, kind: str, data: bytes) -> str:
    """Write one loose SHA-1 object without any check, and return its id."""
    whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
    object_id = hashlib.sha1(whole).hexdigest()
    target = repository / "objects" / object_id[:2] / object_id[2:]
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        target.write_bytes(zlib.compress(whole, 1))
    return object_id


def write_tree(repository: Path, entries: Sequence[tuple[int, bytes, str]]) -> str:
    """Write a tree of (mode, name, id) in the order given, without any check."""
    parts = [b"%o %s\0%s" % (mode, name, bytes.fromhex(oid)) for mode, name, oid in entries]
    return write_object(repository, "tree", b"".join(parts))


def write_commit(repository: Path, tree: str, ref: str = "refs/heads/main") -> str:
    """Write a root commit of a tree and point a ref at it."""
    who = b"%s %d +0000" % (AUTHOR, EPOCH)
    text = b"tree %s\nauthor %s\ncommitter %s\n\nchange\n" % (tree.encode(), who, who)
    commit = write_object(repository, "commit", text)
    set_ref(repository, ref, commit)
    return commit


def set_ref(repository: Path, ref: str, object_id: str | None) -> None:
    """Write or remove a loose ref without any check of the id."""
    if object_id is None:
        git(repository, "update-ref", "-d", ref)
        return
    target = repository / ref
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(object_id + "\n")


def git(directory: Path, *arguments: str, request: bytes = b"") -> bytes:
    """Run git for a test, free of the machine's configuration, and return its output."""
    environment = {
        "PATH": os.defpath,
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    result = subprocess.run(
        ["git", *arguments], cwd=directory, env=environment, input=request,
        capture_output=True, check=False,
    )  # fmt: skip
    if result.returncode:
        raise RuntimeError(result.stderr.decode("utf-8", "replace"))
    return result.stdout
