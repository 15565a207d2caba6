from __future__ import annotations

from typing import Any

import pytest

from ingest.domain.artefacts import HISTORY
from ingest.errors import Quarantined
from ingest.snapshot.history import list_history
from tests.support.gitrepo import Commit, build_repository, git, set_ref


def test_history_has_what_head_has_lost(mirrored: Any, rows: Any) -> None:
    commits = [
        {b"keys.env": b"old secret place\n", b"kept.py": b"1\n"},
        {b"keys.env": None},
        Commit(files={b"branch.md": b"2\n", b"big.py": b"3" * 100, b"none": b""}, branch="dev"),
    ]
    build_repository(mirrored.source, commits)
    mirrored.sync()
    table = list_history(mirrored.id, mirrored.reader, max_blob_bytes=99)
    assert table.schema == HISTORY
    assert table["blob_id"].to_pylist() == sorted(table["blob_id"].to_pylist())
    found = rows(table)
    columns = ("suffix", "size", "skip_reason")
    assert {path: tuple(row[c] for c in columns) for path, row in found.items()} == {
        b"keys.env": ("env", 17, None),
        b"kept.py": ("py", 2, None),
        b"branch.md": ("md", 2, None),
        b"big.py": ("py", 100, "too_large"),
        b"none": ("", 0, "empty"),
    }  # fmt: skip


def test_a_blob_at_many_paths_is_one_row(mirrored: Any) -> None:
    build_repository(mirrored.source, [{b"a": b"same"}, {b"b": b"same"}])
    mirrored.sync()
    assert list_history(mirrored.id, mirrored.reader).num_rows == 1


def test_a_blob_that_only_a_tag_names_is_there_without_a_path(mirrored: Any) -> None:
    build_repository(mirrored.source, [{b"a": b"1"}])
    blob = git(mirrored.source, "hash-object", "-w", "--stdin", request=b"tagged").decode().strip()
    set_ref(mirrored.source, "refs/tags/key", blob)
    mirrored.sync()
    table = list_history(mirrored.id, mirrored.reader)
    assert (blob, b"") in zip(table["blob_id"].to_pylist(), table["path"].to_pylist(), strict=True)


def test_an_empty_repository_has_an_empty_history(mirrored: Any) -> None:
    build_repository(mirrored.source)
    mirrored.sync()
    table = list_history(mirrored.id, mirrored.reader)
    assert table.schema == HISTORY
    assert table.num_rows == 0


def test_too_many_blobs_end_in_quarantine(mirrored: Any) -> None:
    build_repository(mirrored.source, [{b"%d" % n: b"%d" % n for n in range(6)}])
    mirrored.sync()
    with pytest.raises(Quarantined):
        list_history(mirrored.id, mirrored.reader, max_blobs=5)
