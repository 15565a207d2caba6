"""Catalogs and lakes of every kind, each empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.catalog import Catalog
from store.lake import Lake
from store.memory import MemoryCatalog, MemoryLake


@pytest.fixture
def catalog(catalog_url: str) -> Iterator[Catalog]:
    """An upgraded catalog on SQLite and on PostgreSQL."""
    found = Catalog(catalog_url)
    found.upgrade()
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def any_catalog(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Catalog | MemoryCatalog]:
    """A catalog of each kind, the one in memory too."""
    if request.param == "memory":
        yield MemoryCatalog()
        return
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'any.sqlite'}" if is_file else None
    found = Catalog(url or request.getfixturevalue("postgres").fresh_url())
    found.upgrade()
    yield found
    found.close()


@pytest.fixture(params=["files", "memory"])
def any_lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake | MemoryLake:
    """A lake of each kind."""
    return Lake(tmp_path / "lake") if request.param == "files" else MemoryLake()
