from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import ReleaseRefused
from release.build.publish import open_staging, publish, sweep_staging


def _stage(release: Path, **manifest: object) -> None:
    (release / "data").mkdir()
    (release / "data" / "shard").write_bytes(b"x")
    (release / "manifest.json").write_text(json.dumps(manifest))


def test_a_published_release_is_whole_and_read_only(tmp_path: Path) -> None:
    with open_staging(tmp_path) as staged:
        _stage(staged, a=1)
        place = publish(staged, tmp_path, "rel_1")
    assert sorted(p.name for p in place.iterdir()) == ["data", "manifest.json"]
    assert (place / "manifest.json").stat().st_mode & 0o222 == 0


def test_publishing_the_same_release_again_keeps_the_first(tmp_path: Path) -> None:
    for moment in ("first", "second"):
        with open_staging(tmp_path) as staged:
            _stage(staged, a=1, created_at=moment, parent_release_id=moment)
            place = publish(staged, tmp_path, "rel_1")
    assert json.loads((place / "manifest.json").read_text())["created_at"] == "first"


def test_other_content_under_a_published_id_is_refused(tmp_path: Path) -> None:
    with open_staging(tmp_path) as staged:
        _stage(staged, a=1)
        publish(staged, tmp_path, "rel_1")
    with open_staging(tmp_path) as staged:
        _stage(staged, a=2)
        with pytest.raises(ReleaseRefused, match="already published"):
            publish(staged, tmp_path, "rel_1")


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with open_staging(tmp_path) as staged:
            _stage(staged, a=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [".lock"]


def test_leftovers_of_dead_builds_are_swept_and_living_builds_are_not(tmp_path: Path) -> None:
    area = tmp_path / ".staging"
    (area / "build-dead" / "release").mkdir(parents=True)
    (area / "build-dead" / ".lock").touch()
    (area / "build-early").mkdir()
    with open_staging(tmp_path) as living:
        assert not (area / "build-dead").exists()
        assert not (area / "build-early").exists()
        assert sweep_staging(area) == 0
        with open_staging(tmp_path) as second:
            assert living.exists()
            assert second != living
