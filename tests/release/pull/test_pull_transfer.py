from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.build import BuiltRelease
from release.domain.manifest import Release
from release.pull import pull_release
from release.pull.recalls import Reader
from tests.release.pull.conftest import from_hub
from tests.strategies.recall import copied
from tests.strategies.release import build_corpus, large_corpus
from tests.support.hubserver import Standin, standin

Pull = Callable[..., Release]


class CutError(Exception):
    """The line broke."""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> BuiltRelease:
    root = tmp_path_factory.mktemp("transfer")
    return build_corpus(large_corpus(60), root / "shards", target_bytes=3_000)


@pytest.fixture
def built(pristine: BuiltRelease, tmp_path: Path) -> BuiltRelease:
    return copied(pristine, tmp_path)


@pytest.fixture
def public(tmp_path: Path, built: BuiltRelease) -> Path:
    del built
    return tmp_path / "public.pem"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    with standin(tmp_path_factory.mktemp("none")) as told:
        yield told


@pytest.fixture(params=["folder", "hub"])
def pull(request: pytest.FixtureRequest, server: Standin) -> Pull:
    """The same laws hold wherever a release is pulled from."""
    if request.param == "folder":
        return pull_release

    def over_http(source: Path, dest: Path, public: Path, tier: Tier, **more: Any) -> Release:
        server.root = source.parent
        return from_hub(server, source.name, dest, Reader(public_key=public, tier=tier), **more)

    return over_http


def _incoming(dest: Path, built: BuiltRelease) -> Path:
    return dest / f".incoming-{built.manifest.release_id}"


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_pulled_release_is_the_release_and_progress_counts_its_bytes(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    pulled = pull(
        built.directory,
        tmp_path / "dest",
        public,
        Tier.RELEASABLE,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert pulled.manifest == built.manifest
    assert _files(pulled.directory) == _files(built.directory)
    total = sum(file.bytes for file in built.manifest.files)
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)
    assert [p.name for p in (tmp_path / "dest").iterdir()] == [built.manifest.release_id]


def test_a_pull_that_was_cut_goes_on_where_it_stopped(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    dest = tmp_path / "dest"

    def cut(done: int, total: int) -> None:
        if done > total // 2:
            raise CutError

    with pytest.raises(CutError):
        pull(built.directory, dest, public, Tier.RELEASABLE, progress=cut)
    assert not (dest / built.manifest.release_id).exists()
    kept = {p: p.stat().st_ino for p in _incoming(dest, built).glob("data/*")}
    assert kept
    pulled = pull(built.directory, dest, public, Tier.RELEASABLE)
    inodes = {p.stat().st_ino for p in pulled.directory.glob("data/*")}
    assert set(kept.values()) <= inodes
    assert _files(pulled.directory) == _files(built.directory)


def test_a_part_is_continued_at_its_length(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    dest, shard = tmp_path / "dest", built.manifest.shards[0]
    part = _incoming(dest, built) / f"{shard.path}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes((built.directory / shard.path).read_bytes()[:100])
    seen: list[int] = []
    pull(built.directory, dest, public, Tier.RELEASABLE, progress=lambda done, _: seen.append(done))
    assert _files(dest / built.manifest.release_id) == _files(built.directory)


@pytest.mark.parametrize("extra", [-1, 0, 1000])
def test_a_part_with_a_wrong_beginning_is_copied_again_from_the_start(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path, extra: int
) -> None:
    dest, shard = tmp_path / "dest", built.manifest.shards[0]
    part = _incoming(dest, built) / f"{shard.path}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"?" * (shard.bytes + extra))
    pulled = pull(built.directory, dest, public, Tier.RELEASABLE)
    assert _files(pulled.directory) == _files(built.directory)


def test_leftovers_that_are_no_shards_do_not_stay(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    incoming = _incoming(tmp_path / "dest", built)
    (incoming / "data").mkdir(parents=True)
    (incoming / "stranger").write_bytes(b"x")
    (incoming / "data" / "link").symlink_to(tmp_path)
    pulled = pull(built.directory, tmp_path / "dest", public, Tier.RELEASABLE)
    assert _files(pulled.directory) == _files(built.directory)


def test_pulling_again_checks_what_is_there(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    dest = tmp_path / "dest"
    pulled = pull(built.directory, dest, public, Tier.RELEASABLE)
    assert pull(built.directory, dest, public, Tier.RELEASABLE) == pulled
    (pulled.directory / "extra").touch()
    with pytest.raises(ReleaseRefused):
        pull(built.directory, dest, public, Tier.RELEASABLE)


def test_a_tampered_shard_is_refused_and_never_appears(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    path = built.directory / built.manifest.shards[1].path
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[50] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ReleaseRefused, match="digest"):
        pull(built.directory, tmp_path / "dest", public, Tier.RELEASABLE)
    assert not (tmp_path / "dest" / built.manifest.release_id).exists()


def test_a_source_that_never_ends_is_cut_at_the_listed_size(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    shard = built.manifest.shards[0]
    path = built.directory / shard.path
    path.chmod(0o600)
    with path.open("ab") as file:
        file.write(b"\0" * 100_000)
    pulled = pull(built.directory, tmp_path / "dest", public, Tier.RELEASABLE)
    assert (pulled.directory / shard.path).stat().st_size == shard.bytes


@pytest.mark.parametrize("name", ["manifest.json", "manifest.dsse.json"])
def test_an_unsigned_release_is_refused(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path, name: str
) -> None:
    (built.directory / name).unlink()
    with pytest.raises(ReleaseRefused, match=name):
        pull(built.directory, tmp_path / "dest", public, Tier.RELEASABLE)
    assert not (tmp_path / "dest").exists()


def test_the_wrong_tier_is_refused_before_anything_is_copied(
    pull: Pull, built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseRefused, match="asked for"):
        pull(built.directory, tmp_path / "dest", public, Tier.INTERNAL_ONLY)
    assert not (tmp_path / "dest").exists()


def test_a_folder_with_other_files_is_refused_before_anything_is_copied(
    built: BuiltRelease, public: Path, tmp_path: Path
) -> None:
    (built.directory / "extra").touch()
    with pytest.raises(ReleaseRefused, match="not listed"):
        pull_release(built.directory, tmp_path / "dest", public, Tier.RELEASABLE)
    assert not (tmp_path / "dest").exists()
