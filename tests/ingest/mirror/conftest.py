"""A git server over https on loopback, and a folder of mirrors to sync into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.domain.repository import Repository, RightsBasis, Visit
from ingest.mirror.fetch import sync_mirror
from ingest.mirror.git import GitLimits, GitSettings
from tests.support.gitserver import HOST, GitServer, serving_git, write_certificate

NOW = dt.datetime(2030, 5, 1, tzinfo=dt.UTC)


@dataclass
class Mirrors:
    """Syncs one repository into a temporary folder."""

    path: Path
    settings: GitSettings
    repository: Repository
    now: dt.datetime = NOW

    @property
    def home(self) -> Path:
        return self.path / self.repository.id

    @property
    def current(self) -> Path:
        return (self.home / "current").resolve()

    def sync(self, repository: Repository | None = None) -> Visit:
        return sync_mirror(
            repository or self.repository,
            mirrors_dir=self.path,
            settings=self.settings,
            clock=lambda: self.now,
            resolve=lambda host, _: ["127.0.0.1"] if host == HOST else [],
        )


def make_repository(url: str, credential: str = "") -> Repository:
    return Repository(
        id="repo_" + "0" * 20,
        url=url,
        name="app",
        owner="team",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="",
        credential=credential,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where a test builds the repository that is mirrored."""
    return tmp_path / "source.git"


@pytest.fixture
def mirrors(tmp_path: Path, source: Path) -> Mirrors:
    settings = GitSettings(allow_local=True, limits=GitLimits(wall_seconds=60))
    return Mirrors(tmp_path / "mirrors", settings, make_repository(source.as_uri()))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file with a self-signed certificate and its key."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def server(tmp_path: Path, certificate: Path) -> Iterator[GitServer]:
    with serving_git(tmp_path, certificate) as state:
        yield state


@pytest.fixture
def remote(tmp_path: Path, server: GitServer) -> Callable[..., Mirrors]:
    """Return a factory of mirrors of paths on the server."""

    def make(path: str, credential: str = "", **changes: object) -> Mirrors:
        fields: dict[str, object] = {
            "allow_hosts": frozenset({HOST}),
            "ca_file": server.ca_file,
            "limits": GitLimits(wall_seconds=30),
        }
        settings = GitSettings(**(fields | changes))  # type: ignore[arg-type]
        return Mirrors(
            tmp_path / "mirrors", settings, make_repository(server.url(path), credential)
        )

    return make
