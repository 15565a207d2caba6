"""Writes a sample as a bare git repository, by one ``git fast-import``.

Nothing of the machine gets in: dates, identities and content come from the script, and git runs
without the caller's environment and configuration. So the ids are the same everywhere.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cli.samples.scripts import MAIN_BRANCH, SampleCommit, SampleFile, Script
from ingest.errors import ConfigurationError

_STAMP = "shardgate-sample"
"""File in a bare repository that says which stream it was made from, and the refs it then had."""

_SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
_SUBMODULE = "160000"
_TIMEOUT_SECONDS = 60


def write_repository(folder: Path, script: Script) -> Path:
    """Write a sample below a folder and return its path; one that is as it should be stays.

    An outdated sample is replaced, anything else under its name is not touched.

    Raises:
        ConfigurationError: git is missing or refuses, or the name is taken by something else.
    """
    target = folder / f"{script.rights.name}.git"
    stream = import_stream(script)
    digest = hashlib.sha256(stream).hexdigest()
    if _is_current(target, digest):
        return target
    if target.exists() and not (target / _STAMP).is_file():
        raise ConfigurationError(
            f"{target} exists and is no sample.", hint="Move it away, or choose another folder."
        )
    with tempfile.TemporaryDirectory(prefix=".sample-", dir=folder) as scratch:
        fresh = Path(scratch) / target.name
        _build(fresh, stream)
        (fresh / _STAMP).write_text(_stamp(fresh, digest), encoding="utf-8")
        _put_in_place(fresh, target, digest)
    return target


def import_stream(script: Script) -> bytes:
    """Return the whole history in the format of ``git fast-import``."""
    marks = {commit.name: mark for mark, commit in enumerate(script.commits, start=1)}
    parts = [part for commit in script.commits for part in _commit_parts(commit, marks)]
    tag = script.tag
    tagged = (
        f"tag {tag.name}\nfrom :{marks[tag.parent]}\ntagger {_signature(tag)}\n".encode(),
        _data(tag.message.encode()),
    )
    return b"".join((b"feature done\n", *parts, *tagged, b"done\n"))


def _commit_parts(commit: SampleCommit, marks: Mapping[str, int]) -> Iterator[bytes]:
    yield f"commit refs/heads/{commit.branch}\nmark :{marks[commit.name]}\n".encode()
    yield f"author {_signature(commit)}\ncommitter {_signature(commit)}\n".encode()
    yield _data(commit.message.encode())
    if commit.parent:
        yield f"from :{marks[commit.parent]}\n".encode()
    for file in commit.files:
        yield from _file_parts(file)
    yield b"\n"


def _file_parts(file: SampleFile) -> Iterator[bytes]:
    path = '"' + file.path.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if file.mode == _SUBMODULE:
        yield f"M {file.mode} {file.content.decode()} {path}\n".encode()
        return
    yield f"M {file.mode} inline {path}\n".encode()
    yield _data(file.content)


def _signature(commit: SampleCommit) -> str:
    return f"{commit.identity} {commit.seconds} +0000"


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _is_current(path: Path, digest: str) -> bool:
    """Tell whether a repository was made from the same stream and has the refs it had then."""
    try:
        found = (path / _STAMP).read_text(encoding="utf-8")
    except OSError:
        return False
    return found == _stamp(path, digest)


def _stamp(path: Path, digest: str) -> str:
    refs = _run_git(path.parent, f"--git-dir={path}", "for-each-ref")
    return f"{digest}\n{(path / 'HEAD').read_text(encoding='utf-8')}{refs}"


def _build(path: Path, stream: bytes) -> None:
    _run_git(
        path.parent,
        "init",
        "--quiet",
        "--bare",
        "--template=",
        "--object-format=sha1",
        f"--initial-branch={MAIN_BRANCH}",
        str(path),
    )
    keep_pack = "fastimport.unpackLimit=0"
    _run_git(
        path.parent, "-c", keep_pack, f"--git-dir={path}", "fast-import", "--quiet", stdin=stream
    )


def _put_in_place(fresh: Path, target: Path, digest: str) -> None:
    if (target / _STAMP).is_file():
        shutil.rmtree(target)
    try:
        fresh.rename(target)
    except OSError as error:
        # another process may have written the same sample in the meantime
        if not _is_current(target, digest):
            raise ConfigurationError(f"{target} cannot be written: {error.strerror}.") from None


def _run_git(home: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git without the caller's environment and return what it prints."""
    program = shutil.which("git", path=_SEARCH_PATH)
    if program is None:
        raise ConfigurationError("git is not installed.", hint="The samples are written by it.")
    environment = {
        "PATH": _SEARCH_PATH,
        "HOME": str(home),
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
    }
    try:
        done = subprocess.run(
            [program, *arguments],
            input=stdin,
            capture_output=True,
            check=True,
            cwd=home,
            env=environment,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ConfigurationError(f"git could not write a sample: {reason}") from None
    except subprocess.TimeoutExpired:
        raise ConfigurationError("git did not finish writing a sample.") from None
    return done.stdout.decode()
