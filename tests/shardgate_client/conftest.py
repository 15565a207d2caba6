"""A pulled release with recalled rows, for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from policies.decision import Tier
from release.build import BuiltRelease
from release.pull.recalls import Reader
from tests.strategies.recall import LATER, build_parent, row_ids, take_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A release of several shards."""

    built: BuiltRelease
    public: Path
    ids: tuple[str, ...]
    """Of its rows, in order."""
    dropped: frozenset[str]
    """Those that were recalled."""

    @property
    def folder(self) -> Path:
        return self.built.directory

    @property
    def reader(self) -> Reader:
        return Reader(public_key=self.public, tier=Tier.RELEASABLE, now=LATER)


def copy_of(folder: Path, *, dropped: int) -> Copy:
    built = build_parent(folder)
    ids = row_ids(built.directory, built)
    gone = ids[1 : dropped + 1]
    if gone:
        take_back(built, gone)
    return Copy(built=built, public=folder / "public.pem", ids=tuple(ids), dropped=frozenset(gone))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copy_of(tmp_path_factory.mktemp("whole"), dropped=0)


@pytest.fixture(scope="session")
def recalled(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copy_of(tmp_path_factory.mktemp("recalled"), dropped=4)
