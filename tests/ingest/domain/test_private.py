"""Private files: written whole, closed to others, and not believed when they are not ours alone."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.domain.private import is_private_file, private_folder, read_private, write_private


def test_a_file_is_for_its_owner_and_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "f"
    for data in (b"one", b"two"):
        write_private(path, [data])
        assert read_private(path) == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_whatever_ends_the_writing_leaves_the_file_of_before_and_no_draft(
    error: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / "f"
    write_private(path, [b"before"])

    def parts() -> Iterator[bytes]:
        yield b"half"
        raise error

    with pytest.raises(error):
        write_private(path, parts())
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("f", b"before")]


def test_a_draft_that_somebody_planted_is_never_written_to(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / "f").symlink_to(victim)
    write_private(tmp_path / "f", [b"data"])
    assert (victim.read_bytes(), (tmp_path / "f").is_symlink()) == (b"mine", False)


def test_what_others_may_touch_or_what_is_a_link_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_private(path, [b"data"])
    (tmp_path / "link").symlink_to(path)
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        assert not is_private_file(path)
        with pytest.raises(PermissionError):
            read_private(path)
    path.chmod(0o600)
    assert not is_private_file(tmp_path / "link")
    with pytest.raises(OSError, match="link"):
        read_private(tmp_path / "link")
    assert not is_private_file(tmp_path / "nothing")


def test_a_folder_is_closed_to_others_and_one_that_they_may_write_is_refused(
    tmp_path: Path,
) -> None:
    folder = private_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700
    for mode in (0o720, 0o702):
        folder.chmod(mode)
        with pytest.raises(PermissionError, match="others"):
            private_folder(folder)
