from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.artefacts import SNAPSHOT
from ingest.errors import MirrorCorrupt, Quarantined
from ingest.mirror.head import read_head
from ingest.snapshot.classify import known_verdicts
from ingest.snapshot.take import SnapshotLimits, take_snapshot
from ingest.snapshot.walk import WalkLimits
from tests.support.gitrepo import (
    EXECUTABLE,
    SUBMODULE,
    SYMLINK,
    TREE,
    Commit,
    build_repository,
    git,
    write_commit,
    write_object,
    write_tree,
)

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"
FILES: dict[bytes, Any] = {
    b"src/main.PY": b"print(1)\n",
    b"run": (EXECUTABLE, b"#!/bin/sh\n"),
    b"latin": "caf\u00e9".encode("cp1252"),
    b"wide.txt": "\ufeffwide".encode("utf-16-le"),
    b"empty/__init__.py": b"",
    b"logo.png": b"\x89PNG\0\0",
    b"odd.txt": b"\xff\xfe\x00\xd8",
    b"model.bin": LFS,
    b"big.txt": b"x" * 2001,
    b"passwd": (SYMLINK, b"/etc/passwd"),
    b"vendored": (SUBMODULE, b"1" * 40),
}
LIMITS = SnapshotLimits(max_blob_bytes=2000)


def test_every_entry_is_listed_with_its_encoding_or_reason(mirrored: Any, rows: Any) -> None:
    build_repository(mirrored.source, [FILES])
    found = rows(mirrored.snapshot(limits=LIMITS))
    verdicts = {path: (row["encoding"], row["skip_reason"]) for path, row in found.items()}
    assert verdicts == {
        b"src/main.PY": ("utf-8", None),
        b"run": ("utf-8", None),
        b"latin": ("cp1252", None),
        b"wide.txt": ("utf-16", None),
        b"empty/__init__.py": ("", "empty"),
        b"logo.png": ("", "binary"),
        b"odd.txt": ("", "undecodable"),
        b"model.bin": ("", "lfs_pointer"),
        b"big.txt": ("", "too_large"),
        b"passwd": ("", "symlink"),
        b"vendored": ("", "submodule"),
    }
    sizes = {path: row["size"] for path, row in found.items()}
    assert (sizes[b"big.txt"], sizes[b"passwd"], sizes[b"vendored"]) == (2001, 11, 0)
    assert found[b"src/main.PY"]["suffix"] == "py"
    assert found[b"run"]["mode"] == 0o100755


def test_rows_are_sorted_and_name_their_commit(mirrored: Any) -> None:
    names = [b"a/b", b"a.b", b"a-b", b"a/b.c/d", b"ab", b"\xff", b"Z"]
    commit = Commit(files=dict.fromkeys(names, b"x"), branch="dev", when=5)
    built = build_repository(mirrored.source, [commit], head="dev")
    table = mirrored.snapshot()
    assert table.schema == SNAPSHOT
    assert table["path"].to_pylist() == sorted(names)
    row = table.to_pylist()[0]
    assert (row["repo_id"], row["commit_id"], row["branch"]) == (mirrored.id, built.head, "dev")
    assert row["committer_date"] == datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)


WEIRD = [
    b"new\nline", b"tab\t", b'quo"te', b"back\\slash", b"-dash", b"\x1b[31m", b" ", b"\xf0\x9f",
    b"$(touch x)", b"a" * 255, b"/".join([b"d" * 200] * 25), b"caf\xc3\xa9", b"cafe\xcc\x81",
    b"CON", b"README", b"readme",
]  # fmt: skip


def test_weird_paths_come_back_byte_for_byte(mirrored: Any) -> None:
    build_repository(mirrored.source, [dict.fromkeys(WEIRD, b"x")])
    assert mirrored.snapshot()["path"].to_pylist() == sorted(WEIRD)


def test_a_repository_without_commits_gives_an_empty_table(mirrored: Any) -> None:
    build_repository(mirrored.source)
    table = mirrored.snapshot()
    assert table.schema == SNAPSHOT
    assert table.num_rows == 0


def test_an_empty_tree_gives_an_empty_table(mirrored: Any) -> None:
    build_repository(mirrored.source, [{}])
    assert mirrored.snapshot().num_rows == 0


class Recorder:
    """The real reader, with a list of the blobs that were asked for."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.asked: list[str] = []

    def read_trees(self, repository_id: str, tree_ids: Iterable[str]) -> Any:
        return self.reader.read_trees(repository_id, tree_ids)

    def read_sizes(self, repository_id: str, blob_ids: Iterable[str]) -> Any:
        return self.reader.read_sizes(repository_id, blob_ids)

    def read_blobs(self, repository_id: str, blob_ids: Iterable[str]) -> Iterator[Any]:
        for blob_id, data in self.reader.read_blobs(repository_id, blob_ids):
            self.asked.append(blob_id)
            yield blob_id, data


def test_only_blobs_that_are_not_known_are_read(mirrored: Any, rows: Any) -> None:
    build_repository(mirrored.source, [FILES | {b"copy": b"print(1)\n"}])
    mirrored.reader = recorder = Recorder(mirrored.reader)
    first = mirrored.snapshot(limits=LIMITS)
    found = rows(first)
    readable = {b"src/main.PY", b"run", b"latin", b"wide.txt", b"logo.png", b"odd.txt"}
    expected = sorted({found[path]["blob_id"] for path in readable | {b"model.bin"}})
    assert sorted(recorder.asked) == expected
    recorder.asked.clear()
    build_repository(mirrored.source, [{b"new.txt": b"new\n", b"run": None}])
    second = rows(mirrored.snapshot(known=known_verdicts(first), limits=LIMITS))
    assert recorder.asked == [second[b"new.txt"]["blob_id"]]
    assert second[b"logo.png"]["skip_reason"] == "binary"


def test_a_snapshot_does_not_depend_on_what_was_known(mirrored: Any) -> None:
    build_repository(mirrored.source, [FILES])
    first = mirrored.snapshot()
    assert mirrored.snapshot(known=known_verdicts(first)).equals(first)


def test_what_is_known_of_a_link_or_a_size_is_not_carried_over(mirrored: Any, rows: Any) -> None:
    target = b"target text\n"
    build_repository(mirrored.source, [{b"link": (SYMLINK, target), b"big": b"y" * 50}])
    small = mirrored.snapshot(limits=SnapshotLimits(max_blob_bytes=40))
    build_repository(mirrored.source, [{b"file": target}])
    known = {r["blob_id"]: (r["encoding"], r["skip_reason"]) for r in small.to_pylist()}
    found = rows(mirrored.snapshot(known=known))
    assert {path: row["skip_reason"] for path, row in found.items()} == {
        b"link": "symlink",
        b"file": None,
        b"big": None,
    }


def commit_tree(mirrored: Any, tree: str) -> None:
    write_commit(mirrored.source, tree)


def tree_bomb(source: Path, levels: int) -> str:
    blob = write_object(source, "blob", b"boom\n")
    tree = write_tree(source, [(0o100644, b"f%d" % n, blob) for n in range(10)])
    for _ in range(levels):
        tree = write_tree(source, [(TREE, b"d%d" % n, tree) for n in range(10)])
    return tree


def test_a_tree_bomb_ends_quickly_in_quarantine(mirrored: Any) -> None:
    build_repository(mirrored.source)
    commit_tree(mirrored, tree_bomb(mirrored.source, 9))
    started = time.monotonic()
    with pytest.raises(Quarantined, match="10000000000 paths"):
        mirrored.snapshot()
    assert time.monotonic() - started < 5


def test_a_small_part_of_a_bomb_is_listed(mirrored: Any) -> None:
    build_repository(mirrored.source)
    commit_tree(mirrored, tree_bomb(mirrored.source, 2))
    assert mirrored.snapshot().num_rows == 1000


@pytest.mark.parametrize(
    ("caps", "says"),
    [
        ({"occurrences": 999}, "1000 paths"),
        ({"paths_per_blob": 999}, "1000 paths of one blob"),
        ({"entries_per_tree": 9}, "10 entries"),
        ({"depth": 1}, "more than 1 folders deep"),
        ({"path_bytes": 7999}, "8000 bytes of paths"),
        ({"distinct_trees": 2}, "3 distinct"),
    ],
)
def test_each_cap_ends_in_quarantine(mirrored: Any, caps: dict[str, int], says: str) -> None:
    build_repository(mirrored.source)
    commit_tree(mirrored, tree_bomb(mirrored.source, 2))
    with pytest.raises(Quarantined, match=says):
        mirrored.snapshot(limits=SnapshotLimits(walk=WalkLimits(**caps)))


@pytest.mark.parametrize(("depth", "is_taken"), [(999, True), (1001, False)])
def test_a_deep_tree_is_walked_without_recursion(
    mirrored: Any, depth: int, *, is_taken: bool
) -> None:
    build_repository(mirrored.source)
    blob = write_object(mirrored.source, "blob", b"deep\n")
    tree = write_tree(mirrored.source, [(0o100644, b"f", blob)])
    for _ in range(depth):
        tree = write_tree(mirrored.source, [(TREE, b"d", tree)])
    commit_tree(mirrored, tree)
    if is_taken:
        assert mirrored.snapshot()["path"].to_pylist() == [b"d/" * depth + b"f"]
    else:
        with pytest.raises(Quarantined, match="deep"):
            mirrored.snapshot()


def test_a_missing_blob_is_corruption(mirrored: Any) -> None:
    build_repository(mirrored.source, [FILES])
    mirrored.sync()
    head = read_head(mirrored.mirrors_dir, mirrored.id)
    assert head is not None
    current = (mirrored.mirrors_dir / mirrored.id / "current").resolve()
    trees = {
        oid: git(current, "cat-file", "tree", oid)
        for oid in git(current, "ls-tree", "-r", "-t", "--format=%(objectname) %(objecttype)",
                       head.tree_id).decode().replace(" tree", "").split("\n")
        if len(oid) == 40
    }  # fmt: skip
    trees[head.tree_id] = git(current, "cat-file", "tree", head.tree_id)
    for pack in (current / "objects" / "pack").iterdir():
        pack.unlink()
    for raw in trees.values():
        write_object(current, "tree", raw)
    with pytest.raises(MirrorCorrupt):
        take_snapshot(mirrored.id, mirrored.reader, head)


def test_a_sha256_repository_is_taken(mirrored: Any) -> None:
    build_repository(mirrored.source, [{b"d/a": b"1"}], object_format="sha256")
    row = mirrored.snapshot().to_pylist()[0]
    assert (row["path"], len(row["blob_id"])) == (b"d/a", 64)
