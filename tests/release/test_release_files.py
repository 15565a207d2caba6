from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ReleaseRefused
from release.files import locked, read_document, write_whole


def test_a_file_is_replaced_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        write_whole(tmp_path / "a", data)
        assert read_document(tmp_path / "a") == data
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_missing_file_a_link_and_one_that_is_too_large_are_refused(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    for name, limit in (("none", 9), ("link", 9), ("a", 4)):
        with pytest.raises(ReleaseRefused, match=name):
            read_document(tmp_path / name, limit)


def test_what_a_writer_had_begun_and_nothing_else_is_removed_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with locked(folder):
        write_whole(folder / "a", b"kept")
        (folder / ".begun-1.b").write_bytes(b"half")
    with locked(folder):
        assert sorted(p.name for p in folder.iterdir()) == [".lock", "a"]
