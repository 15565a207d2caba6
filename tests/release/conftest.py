"""Collect the tests of `release.build`."""

from __future__ import annotations

from pathlib import Path


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Look into ``build``: pytest takes a folder of that name for a product of packaging."""
    return False if collection_path == Path(__file__).parent / "build" else None
