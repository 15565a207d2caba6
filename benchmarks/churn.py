"""Endless work for scanners: a repository whose every file changes is visited again and again.

Usage: ``python -m benchmarks.churn <bare repository>``, over the home that the settings name; ends
with SIGTERM. Each round commits all files with one more line, so that nothing of it was scanned
before, asks for a visit as a person would, and waits until it was decided on. A line is written for
each round: its number, seconds and bytes of the files.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.context import Context
from workers.running import start_run
from workers.settings import Settings

_BRANCH = "refs/heads/main"
_WHO = "committer B <b@bench.invalid> 1790000000 +0000"
_MAX_FILE_BYTES = 400_000
_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the tree, as it is without a round's line."""

    path: bytes
    data: bytes


def files_of(git_dir: Path) -> list[File]:
    """Return the plain files of a repository's HEAD tree."""
    listing = _git(git_dir, "ls-tree", "-r", "-z", "HEAD").split(b"\0")
    entries = [entry.split(b"\t", 1) for entry in listing if entry.startswith(b"100")]
    ids = b"".join(meta.split()[2] + b"\n" for meta, _ in entries)
    out = subprocess.run(
        ["git", f"--git-dir={git_dir}", "cat-file", "--batch"],
        input=ids,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return [
        File(path=path, data=data)
        for (_, path), data in zip(entries, _contents(out), strict=True)
        if len(data) < _MAX_FILE_BYTES
    ]


def library_files() -> list[File]:
    """Return the standard library of this Python, without its tests: code that is at hand."""
    root = Path(sysconfig.get_path("stdlib"))
    left_out = {"test", "tests", "site-packages", "dist-packages", "idlelib", "__pycache__"}
    return [
        File(path=str(path.relative_to(root)).encode(), data=path.read_bytes())
        for path in sorted(root.rglob("*.py"))
        if not left_out & set(path.relative_to(root).parts)
    ]


def write_round(git_dir: Path, files: Sequence[File], number: int) -> int:
    """Commit all files with a line that names the round; return how many bytes they have."""
    if not git_dir.exists():
        subprocess.run(["git", "init", "--quiet", "--bare", str(git_dir)], check=True)
        _git(git_dir, "symbolic-ref", "HEAD", _BRANCH)
    line = b"\nround %d\n" % number
    stream = [f"commit {_BRANCH}\n{_WHO}\ndata 5\nround\n".encode()]
    if number:
        stream.append(f"from {_BRANCH}^0\n".encode())
    for file in files:
        quoted = b'"' + file.path.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        size = len(file.data) + len(line)
        stream.append(b"M 100644 inline %s\ndata %d\n%s%s\n" % (quoted, size, file.data, line))
    subprocess.run(
        ["git", f"--git-dir={git_dir}", "fast-import", "--quiet"],
        input=b"".join(stream),
        check=True,
    )
    return sum(len(file.data) + len(line) for file in files)


def main() -> None:
    """Commit and visit until told to stop."""
    git_dir = Path(sys.argv[1])
    context = Context(settings=Settings())
    (repository,) = [r for r in context.catalog.list_repositories() if r.url.endswith(git_dir.name)]
    files = files_of(git_dir)
    number = 1
    while True:
        size, started = write_round(git_dir, files, number), time.monotonic()
        run_id = start_run(context, [repository])
        while not context.jobs.is_finished(run_id):
            time.sleep(_POLL_SECONDS)
        print(f"{number} {time.monotonic() - started:.2f} {size}", flush=True)
        number += 1


def _contents(out: bytes) -> Iterator[bytes]:
    """Yield the blobs of what ``git cat-file --batch`` wrote."""
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        size = int(out[at:end].split()[2])
        yield out[end + 1 : end + 1 + size]
        at = end + size + 2


def _git(git_dir: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={git_dir}", *arguments], check=True, stdout=subprocess.PIPE
    ).stdout


if __name__ == "__main__":
    main()
