"""Folders as they are found: every entry has a fate, nothing is followed, nothing blocks."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.text import NotText
from ingest.domain.tree import suffix_of
from ingest.errors import InputError
from workers.scan_folder import REPO_ID, Folder, blob_id_of, list_folder

MAX = 1000


def listed(path: Path) -> dict[bytes, str]:
    return {e.path: e.reason for e in list_folder(path, max_bytes=MAX).entries}


def test_every_kind_of_entry_has_a_fate(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_bytes(b"x = 1\n")
    (tmp_path / ".hidden").write_bytes(b"y\n")
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\0\1\2\3" * 20)
    (tmp_path / "large").write_bytes(b"a" * (MAX + 1))
    (tmp_path / "just").write_bytes(b"a" * MAX)
    (tmp_path / "link").symlink_to("plain.py")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep.c").write_bytes(b"int x;\n")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert listed(tmp_path) == {
            b".hidden": "",
            b"binary": "binary",
            b"dangling": "symlink",
            b"empty": "empty",
            b"just": "",
            b"large": "too_large",
            b"link": "symlink",
            b"loop": "symlink",
            b"pipe": "special",
            b"plain.py": "",
            b"socket": "special",
            b"sub/deep.c": "",
        }


def test_the_folder_of_git_is_one_entry_and_one_that_bears_its_name_only_is_read(
    tmp_path: Path,
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "a")], check=True)
    (tmp_path / "b" / ".git").mkdir(parents=True)
    (tmp_path / "b" / ".git" / "note").write_bytes(b"hello\n")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / ".git").write_bytes(b"gitdir: ../a/.git/worktrees/c\n")
    assert listed(tmp_path) == {b"a/.git": "git-directory", b"b/.git/note": "", b"c/.git": ""}
    folder = list_folder(tmp_path, max_bytes=MAX)
    assert folder.snapshot()["path"].to_pylist() == [b"b/.git/note", b"c/.git"]


def test_one_file_is_an_entry_of_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    (tmp_path / "one.py").write_bytes(b"x\n")
    assert listed(tmp_path / "one.py") == {b"one.py": ""}


def test_what_is_not_there_or_no_file_is_the_callers_fault(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nowhere", tmp_path / "pipe"):
        with pytest.raises(InputError):
            list_folder(path, max_bytes=MAX)


def test_a_file_that_cannot_be_read_is_named() -> None:
    # Regular, there, and no one may read it from its first byte.
    assert listed(Path("/proc/self/mem")) == {b"mem": "unreadable"}


def test_paths_longer_than_the_system_takes_are_reached(tmp_path: Path) -> None:
    part = "d" * 200
    descriptor = os.open(tmp_path, os.O_RDONLY)
    for _ in range(60):
        os.mkdir(part, dir_fd=descriptor)
        below = os.open(part, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    handle = os.open("f.txt", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor)
    os.write(handle, b"deep\n")
    os.close(handle)
    os.close(descriptor)
    folder = list_folder(tmp_path, max_bytes=MAX)
    (entry,) = folder.entries
    assert entry.path == b"/".join([part.encode()] * 60 + [b"f.txt"])
    with folder.open_blobs([entry.blob_id]) as blobs:
        assert next(blobs) == (entry.blob_id, b"deep\n")
    subprocess.run(["rm", "-rf", str(tmp_path / part)], check=True)


def test_what_changes_or_goes_away_after_it_was_listed_is_not_taken_for_it(
    tmp_path: Path,
) -> None:
    for name in ("same", "changed", "gone", "grown", "swapped"):
        (tmp_path / name).write_bytes(f"{name} before\n".encode())
    folder = list_folder(tmp_path, max_bytes=MAX)
    ids = {e.path: e.blob_id for e in folder.entries}
    (tmp_path / "changed").write_bytes(b"after\n")
    (tmp_path / "gone").unlink()
    (tmp_path / "grown").write_bytes(b"a" * 2 * MAX)
    (tmp_path / "swapped").unlink()
    (tmp_path / "swapped").symlink_to("same")
    found: dict[bytes, object] = {}
    with folder.open_blobs(list(ids.values())) as blobs:
        for (path, _), (_, stored) in zip(ids.items(), blobs, strict=True):
            found[path] = stored.reason if isinstance(stored, NotText) else stored
    assert found == {
        b"changed": "changed",
        b"gone": "unreadable",
        b"grown": "changed",
        b"same": b"same before\n",
        b"swapped": "unreadable",
    }


def test_a_folder_that_is_swapped_for_a_link_is_not_followed(tmp_path: Path) -> None:
    same, other = b"the same bytes on both sides\n", b"beside it\n"
    for where in ("root/a/b", "outside/b"):
        (tmp_path / where).mkdir(parents=True)
        (tmp_path / where / "f.txt").write_bytes(same)
    (tmp_path / "root" / "z.txt").write_bytes(other)
    folder = list_folder(tmp_path / "root", max_bytes=MAX)
    (tmp_path / "root" / "a").rename(tmp_path / "away")
    (tmp_path / "root" / "a").symlink_to(tmp_path / "outside")
    with folder.open_blobs([blob_id_of(same), blob_id_of(other)]) as blobs:
        (_, swapped), (_, kept) = blobs
    assert isinstance(swapped, NotText)
    assert (swapped.reason, kept) == ("unreadable", other)


def test_a_root_that_is_swapped_for_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "f.txt").write_bytes(b"x\n")
    folder = list_folder(tmp_path / "root", max_bytes=MAX)
    (tmp_path / "root").rename(tmp_path / "away")
    (tmp_path / "root").symlink_to(tmp_path / "away")
    with folder.open_blobs([blob_id_of(b"x\n")]) as blobs:
        ((_, stored),) = blobs
    assert isinstance(stored, NotText)
    assert stored.reason == "unreadable"


def test_names_that_are_no_utf8_are_kept_to_the_byte(tmp_path: Path) -> None:
    name = b"caf\xe9\xff.py"
    (tmp_path / os.fsdecode(name)).write_bytes(b"x\n")
    assert listed(tmp_path) == {name: ""}


NAMES = st.text("ab.", min_size=1, max_size=3).filter(lambda n: n.strip("."))
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=40), max_size=8
)


@settings(max_examples=25)
@given(tree=TREES)
def test_every_file_is_listed_once_in_the_order_of_bytes(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, bytes]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    written: dict[bytes, bytes] = {}
    for name, data in tree.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue
        written[name.encode()] = data
    folder: Folder = list_folder(root, max_bytes=MAX)
    assert [e.path for e in folder.entries] == sorted(written)
    assert all(e.blob_id == blob_id_of(written[e.path]) for e in folder.entries)
    table = folder.snapshot()
    assert table["suffix"].to_pylist() == [suffix_of(path) for path in sorted(written)]
    assert set(table["repo_id"].to_pylist()) <= {REPO_ID}
