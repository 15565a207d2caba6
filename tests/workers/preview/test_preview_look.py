"""A preview sees what is there, costs little, and says what kept it from seeing more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.domain.problem import Problem
from ingest.errors import MustWait, RegistrationRefused
from tests.support.gitrepo import SUBMODULE, SYMLINK, build_repository, git
from tests.support.gitserver import GitServer, serving_git, write_certificate
from workers.context import Context
from workers.hosts import host_book, pause_host
from workers.preview.look import preview_repository
from workers.preview.model import Preview
from workers.settings import Settings

HOST = "127.0.0.1"
MIT = (Path(__file__).resolve().parents[3] / "LICENSE").read_bytes()
FILES = {
    b"LICENSE": MIT,
    b"CODEOWNERS": b"* @acme/core\n/docs/ @acme/docs @acme/core someone@example.invalid\n",
    b"README.md": b"# Tool\n\nAdds numbers.\n",
    b"model.bin": (0o100644, b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
    b"link": (SYMLINK, b"README.md"),
    b"vendored": (SUBMODULE, b"1" * 40),
    b"big.bin": os.urandom(300_000),
}
CODE = {b"src/m%02d.py" % n: b"def add_%d(a):\n    return a + %d\n" % (n, n) for n in range(12)}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(scope="module")
def server(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    root = tmp_path_factory.mktemp("served")
    built = build_repository(root / "tool.git", [CODE, FILES], tags={"v1": 0})
    git(built.path, "config", "uploadpack.allowFilter", "true")
    build_repository(root / "empty.git")
    build_repository(root / "heavy.git", [{b"a%d" % n: os.urandom(200_000) for n in range(8)}])
    git(root / "heavy.git", "config", "uploadpack.allowFilter", "true")
    with serving_git(root, certificate) as state:
        yield state


@pytest.fixture
def context(tmp_path: Path, certificate: Path) -> Iterator[Context]:
    settings = Settings(
        home=tmp_path / "state",
        allow_hosts=(HOST,),
        ca_file=certificate,
        preview_seconds=20,
        preview_bytes=2**20,
    )
    made = Context(settings=settings)
    yield made
    made.catalog.close()


def look(context: Context, server: GitServer, path: str, *, forecast: bool = False) -> Preview:
    url = f"https://{HOST}:{server.port}/{path}"
    return preview_repository(context, url, with_forecast=forecast)


def test_a_repository_is_seen_without_its_large_files_and_nothing_is_kept(
    context: Context, server: GitServer
) -> None:
    seen = look(context, server, "open/tool.git", forecast=True)
    assert seen.problem is None
    assert seen.refs is not None
    assert (seen.refs.branches, seen.refs.tags, seen.refs.default_branch) == (1, 1, "main")
    assert seen.files is not None
    assert (seen.files.files, seen.files.large) == (17, 1)
    assert (seen.files.links, seen.files.submodules, seen.files.lfs_pointers) == (1, 1, 1)
    assert 0 < seen.transferred < 100_000
    assert [(o.name, o.rules) for o in seen.owners] == [("@acme/core", 2), ("@acme/docs", 1)]
    assert seen.repository_license == "Apache-2.0"
    assert [(f.path, f.expression) for f in seen.licenses] == [(b"LICENSE", "Apache-2.0")]
    assert seen.forecast is not None
    assert seen.forecast.sampled >= 13
    assert seen.forecast.releasable_share > 0.5
    assert seen.minutes is not None
    assert 0 < seen.minutes < 1
    assert {c.argv[0] for c in seen.commands} >= {"ls-remote", "fetch"}
    home = context.settings.root
    assert not list((home / "mirrors").glob("*"))
    assert not [p for p in home.rglob("*") if p.name.startswith("scan-")]
    assert host_book(context).find(HOST).fetches == 0


def test_a_repository_that_is_too_large_is_counted_by_its_names(
    context: Context, server: GitServer
) -> None:
    seen = look(context, server, "open/heavy.git")
    assert seen.problem is Problem.TOO_LARGE
    assert seen.files is not None
    assert (seen.files.files, seen.files.large, seen.files.size) == (8, 8, 0)
    assert seen.forecast is None


def test_an_empty_repository_and_one_that_cannot_be_reached_say_so(
    context: Context, server: GitServer
) -> None:
    empty = look(context, server, "open/empty.git")
    assert (empty.problem, empty.files) == (Problem.EMPTY, None)
    assert empty.refs is not None
    absent = look(context, server, "open/absent.git")
    assert (absent.problem, absent.refs) == (Problem.NOT_FOUND, None)
    assert absent.do
    refused = look(context, server, "403/tool.git")
    assert refused.problem is Problem.AUTH_FAILED


def test_a_paused_host_is_not_looked_at_and_one_that_slows_us_down_is_left_alone(
    context: Context, server: GitServer
) -> None:
    slowed = look(context, server, "429/tool.git")
    assert slowed.problem is Problem.THROTTLED
    asked = len(server.requests)
    with pytest.raises(MustWait, match="slow down"):
        look(context, server, "open/tool.git")
    pause_host(context, HOST, actor="ann", reason="so")
    with pytest.raises(MustWait, match="paused by ann"):
        look(context, server, "open/tool.git")
    assert len(server.requests) == asked


@pytest.mark.parametrize("url", ["file:///srv/a", "https://u:p@h.example/a", "ext::sh"])
def test_an_address_that_could_not_be_registered_is_refused(context: Context, url: str) -> None:
    with pytest.raises(RegistrationRefused):
        preview_repository(context, url)
    with pytest.raises(RegistrationRefused):
        preview_repository(context, "https://h.example/a", credential="pasted-token")
