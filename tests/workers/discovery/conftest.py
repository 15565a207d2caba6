"""A stand-in for a host's API, and an installation that may ask it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.forge import Forge, serving_forge
from tests.support.gitserver import HOST, write_certificate
from workers.context import Context
from workers.settings import Settings


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def forge(certificate: Path) -> Iterator[Forge]:
    with serving_forge(certificate) as served:
        yield served


@pytest.fixture
def context(tmp_path: Path, certificate: Path) -> Iterator[Context]:
    settings = Settings(home=tmp_path / "state", allow_hosts=(HOST,), ca_file=certificate)
    made = Context(settings=settings)
    yield made
    made.catalog.close()
