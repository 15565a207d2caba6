"""When blobs came and went: merges, copies, odd paths, refs that still hold them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import MirrorCorrupt
from ingest.mirror.git import Git
from ingest.mirror.lives import read_blob_log, read_tips
from tests.support.gitrepo import Commit, build_repository, git
from workers.scan_folder import blob_id_of

KEPT, GONE, MERGED = b"kept\n", b"gone\n", b"only in the merge\n"


def test_events_name_the_commit_its_parent_and_the_path(tmp_path: Path) -> None:
    built = build_repository(
        tmp_path / "r",
        [{b"a": KEPT, b"dir/odd \xff:name": GONE}, {b"b": KEPT}, {b"dir/odd \xff:name": None}],
    )
    first, second, third = built.commits
    log = read_blob_log(Git(), built.path, {blob_id_of(KEPT), blob_id_of(GONE)})
    added = [(e.commit, e.parent, e.path) for e in log.added[blob_id_of(KEPT)]]
    assert added == [(first, "", b"a"), (second, first, b"b")]
    (gone,) = log.removed[blob_id_of(GONE)]
    assert (gone.commit, gone.parent, gone.path) == (third, second, b"dir/odd \xff:name")
    assert blob_id_of(KEPT) not in log.removed
    assert [log.seconds[c] for c in built.commits] == sorted(log.seconds.values())


def test_a_merge_adds_what_none_of_its_parents_has(tmp_path: Path) -> None:
    built = build_repository(
        tmp_path / "r",
        [
            {b"a": KEPT},
            Commit(files={b"b": b"b\n"}, branch="side", parent=0),
            Commit(files={b"c": b"c\n"}),
        ],
    )
    tree = tmp_path / "work"
    who = ("-c", "user.name=n", "-c", "user.email=n@example.invalid")
    git(tmp_path, "clone", "--quiet", str(built.path), str(tree))
    git(tree, *who, "merge", "--quiet", "--no-commit", "--no-ff", "origin/side")
    (tree / "m").write_bytes(MERGED)
    git(tree, "add", "m")
    git(tree, *who, "commit", "--quiet", "-m", "merge")
    git(tree, "push", "--quiet", "origin", "HEAD:main")
    wanted = {blob_id_of(MERGED), blob_id_of(b"b\n")}
    log = read_blob_log(Git(), built.path, wanted)
    (evil,) = log.added[blob_id_of(MERGED)]
    assert evil.commit == git(tree, "rev-parse", "HEAD").decode().strip()
    assert [e.commit for e in log.added[blob_id_of(b"b\n")]] == [built.commits[1]]


def test_tips_tell_which_refs_still_have_a_blob(tmp_path: Path) -> None:
    built = build_repository(
        tmp_path / "r",
        [{b"a": KEPT, b"x": GONE}, Commit(files={b"y": b"y\n"}, branch="old", parent=0),
         {b"x": None}],
        tags={"v1": 0},
    )  # fmt: skip
    places = {blob_id_of(KEPT): {b"a"}, blob_id_of(GONE): {b"x", b"line\nend"}}
    tips = read_tips(Git(), built.path, places)
    assert tips.head is not None
    assert (tips.head.commit, tips.head.blobs) == (built.head, {blob_id_of(KEPT)})
    assert tips.is_complete
    assert {tip.ref: (tip.commit, len(tip.blobs)) for tip in tips.others} == {
        b"refs/heads/main": (built.head, 1),
        b"refs/heads/old": (built.commits[1], 2),
        b"refs/tags/v1": (built.commits[0], 2),
    }


def test_a_path_with_line_ends_is_asked_like_any_other(tmp_path: Path) -> None:
    odd = b"a missing\nb\n0000 missing"
    built = build_repository(tmp_path / "r", [{odd: KEPT, b"x": GONE}, {b"x": None}])
    places = {blob_id_of(KEPT): {odd}, blob_id_of(GONE): {b"x", b"a missing\nc", b"y"}}
    tips = read_tips(Git(), built.path, places)
    assert tips.head is not None
    assert tips.head.blobs == {blob_id_of(KEPT)}


def test_refs_that_are_too_many_to_ask_are_told_and_head_is_always_asked(tmp_path: Path) -> None:
    built = build_repository(
        tmp_path / "r",
        [{b"a": KEPT}, Commit(files={b"x": GONE}, branch="old", parent=0), {b"y": b"y\n"}],
        tags={"v1": 0},
    )
    places = {blob_id_of(KEPT): {b"a"}, blob_id_of(GONE): {b"x"}}
    few = read_tips(Git(), built.path, places, most=1)
    assert few.head is not None
    assert (few.head.blobs, list(few.others), few.is_complete) == (
        {blob_id_of(KEPT)},
        [],
        False,
    )
    branches = read_tips(Git(), built.path, places, most=4)
    assert {tip.ref for tip in branches.others} == {b"refs/heads/main", b"refs/heads/old"}
    assert not branches.is_complete


def test_a_repository_without_commits_has_no_lives(tmp_path: Path) -> None:
    built = build_repository(tmp_path / "r")
    assert read_blob_log(Git(), built.path, {blob_id_of(KEPT)}).added == {}
    tips = read_tips(Git(), built.path, {blob_id_of(KEPT): {b"a"}})
    assert (tips.head, list(tips.others), tips.is_complete) == (None, [], True)


def test_a_history_with_a_hole_is_no_history(tmp_path: Path) -> None:
    built = build_repository(tmp_path / "r", [{b"a": KEPT}, {b"a": GONE}])
    tree = git(built.path, "rev-parse", f"{built.commits[0]}^{{tree}}").decode().strip()
    for pack in (built.path / "objects" / "pack").glob("*.pack"):
        data = pack.read_bytes()
        for part in pack.parent.glob(f"{pack.stem}.*"):
            part.unlink()
        git(built.path, "unpack-objects", "-q", request=data)
    (built.path / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(MirrorCorrupt):
        read_blob_log(Git(), built.path, {blob_id_of(KEPT)})
