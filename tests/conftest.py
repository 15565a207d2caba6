"""Fixtures that more than one area uses."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.support.folders import FolderScheduling, folder_of, slow_first
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.rules import use_shared_rules

use_shared_rules()

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start and stop.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Machines differ and are noisy: properties are about results, time is for `make bench`.
settings.register_profile("suite", deadline=None, max_examples=50)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--soak`: what is too long for every change."""
    parser.addoption("--soak", action="store_true", help="long tests, and properties at length")


def pytest_configure(config: pytest.Config) -> None:
    """Look at twenty times as many examples where there is time."""
    if config.getoption("--soak"):
        settings.load_profile("soak")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Hand out folder by folder, as `pytest_collection_modifyitems` orders them."""
    config.option.loadscopereorder = False
    return FolderScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose short or long tests, and order the folders; inside each the order stays random."""
    others = [item for item in items if not _is_chosen(item)]
    if others:
        others[0].config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if _is_chosen(item)]
    places = slow_first([item.nodeid for item in items])
    items.sort(key=lambda item: places[folder_of(item.nodeid)])


def _is_chosen(item: pytest.Item) -> bool:
    is_long = item.get_closest_marker("soak") is not None
    if not item.config.getoption("--soak"):
        return not is_long
    return is_long or is_hypothesis_test(getattr(item, "obj", None))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the test session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.fresh_url()
