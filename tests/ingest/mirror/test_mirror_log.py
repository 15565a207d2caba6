from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import MirrorCorrupt
from ingest.mirror.log import parse_log, read_log
from tests.support.gitrepo import Commit, build_repository


def test_commits_come_oldest_first_with_what_they_changed(mirrors: Any, source: Path) -> None:
    squash = (
        b"Squashed 'vendor/zip/' content\n\ngit-subtree-dir: vendor/zip\ngit-subtree-split: x\n"
    )
    built = build_repository(
        source,
        [
            Commit(files={b"a.py": b"1\n"}, author=b"A <a@ACME.example>"),
            Commit(files={b"a.py": b"2\n", b"odd\n\xff": b"x"}, author=b"B <odd>"),
            Commit(files={b"a.py": None, b"b.py": b"2\n"}, message=squash),
        ],
    )
    mirrors.sync()
    first, second, third = read_log(mirrors.path, mirrors.repository.id, built.head)

    assert [first.commit_id, second.commit_id, third.commit_id] == list(built.commits)
    assert [first.parents, second.parents] == [0, 1]
    assert (first.author_domain, second.author_domain) == ("acme.example", "odd")
    assert [(c.status, c.path) for c in second.changes] == [("M", b"a.py"), ("A", b"odd\n\xff")]
    assert [(c.status, c.path) for c in third.changes] == [("D", b"a.py"), ("A", b"b.py")]
    assert third.changes[0].old_blob_id == third.changes[1].new_blob_id
    assert (first.subtree, third.subtree) == (b"", b"vendor/zip")


def test_an_empty_commit_is_a_commit_without_changes(mirrors: Any, source: Path) -> None:
    built = build_repository(source, [{b"a": b"1"}, Commit(files={}), {b"b": b"1"}])
    mirrors.sync()
    log = list(read_log(mirrors.path, mirrors.repository.id, built.head))

    assert [len(commit.changes) for commit in log] == [1, 0, 1]


def test_a_missing_mirror_and_a_missing_commit_are_damage(mirrors: Any, source: Path) -> None:
    with pytest.raises(MirrorCorrupt, match="no mirror"):
        list(read_log(mirrors.path, mirrors.repository.id, "a" * 40))
    build_repository(source, [{b"a": b"1"}])
    mirrors.sync()
    with pytest.raises(MirrorCorrupt, match="cannot be walked"):
        list(read_log(mirrors.path, mirrors.repository.id, "a" * 40))


@given(st.lists(st.sampled_from([b"x", b"", b"\n", b":1 2 a b A", b"\n:1 2 a b M", b"p"])))
def test_a_stream_that_is_cut_anywhere_gives_whole_commits_only(fields: list[bytes]) -> None:
    for commit in parse_log(iter(fields)):
        assert commit.parents >= 0
        assert all(change.path is not None for change in commit.changes)
