from __future__ import annotations

from pathlib import Path

import pytest

from ingest.mirror.folder import MirrorFolder, copy_generation


@pytest.fixture
def folder(tmp_path: Path) -> MirrorFolder:
    made = MirrorFolder.of(tmp_path, "repo_" + "0" * 20)
    made.path.mkdir()
    return made


def generation(folder: MirrorFolder) -> Path:
    path = folder.next_generation()
    path.mkdir()
    return path


def test_a_generation_is_current_once_it_is_published(folder: MirrorFolder) -> None:
    first = generation(folder)
    assert folder.current is None
    folder.publish(first)
    second = generation(folder)
    assert folder.current == first
    folder.publish(second)
    assert folder.current == second


def test_a_sweep_keeps_the_current_generation_and_the_one_before(folder: MirrorFolder) -> None:
    made = []
    for _ in range(4):
        made.append(generation(folder))
        folder.publish(made[-1])
    unfinished = generation(folder)
    (folder.path / "current.new").symlink_to("g00000001")
    folder.sweep()
    assert [path.exists() for path in (*made, unfinished)] == [False, False, True, True, False]
    assert not (folder.path / "current.new").is_symlink()


@pytest.mark.parametrize("target", ["/etc", "../other/g00000001", "g00000009", "lock"])
def test_a_link_that_leads_elsewhere_is_no_mirror(folder: MirrorFolder, target: str) -> None:
    (folder.path / "current").symlink_to(target)
    assert folder.current is None


def test_a_copy_links_objects_and_copies_the_rest(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in (
        "HEAD", "config", "objects/pack/p.pack", "objects/pack/tmp_pack_1", "objects/ab/cd",
        "objects/info/alternates", "refs/heads/tmp_branch", "refs/heads/alternates",
        "refs/heads/objects/tmp_x", "refs/heads/x.lock",
    ):  # fmt: skip
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    (source / "link").symlink_to("/etc/passwd")
    target = tmp_path / "target"
    copy_generation(source, target)
    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert found == {
        "HEAD", "config", "objects/pack/p.pack", "objects/ab/cd", "refs/heads/tmp_branch",
        "refs/heads/alternates", "refs/heads/objects/tmp_x",
    }  # fmt: skip
    assert (target / "objects/pack/p.pack").samefile(source / "objects/pack/p.pack")
    assert not (target / "HEAD").samefile(source / "HEAD")


def test_an_unreadable_repair_state_asks_for_a_person(folder: MirrorFolder) -> None:
    (folder.path / "repair.json").write_text("{")
    assert folder._repairs()[0] == 5
