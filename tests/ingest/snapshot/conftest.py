"""A mirror of a repository that a test builds, and a reader of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.domain.repository import Repository, RightsBasis, Visit
from ingest.mirror.fetch import sync_mirror
from ingest.mirror.git import GitSettings
from ingest.mirror.head import read_head
from ingest.mirror.reader import MirrorReader
from ingest.snapshot.take import SnapshotLimits, take_snapshot

REPOSITORY_ID = "repo_" + "0" * 20


class Mirrored:
    """The source, its mirror, and what is read of it."""

    def __init__(self, folder: Path, reader: MirrorReader) -> None:
        self.source = folder / "source.git"
        self.mirrors_dir = folder / "mirrors"
        self.reader = reader
        self.id = REPOSITORY_ID

    def sync(self) -> Visit:
        repository = Repository(
            id=self.id,
            url=self.source.as_uri(),
            name="source",
            owner="team",
            rights_basis=RightsBasis.OWNER_ATTESTED,
            license="MIT",
            release_consent=False,
            consent_until=None,
            evidence="",
        )
        return sync_mirror(
            repository, mirrors_dir=self.mirrors_dir, settings=GitSettings(allow_local=True)
        )

    def snapshot(
        self,
        *,
        known: dict[str, tuple[str, str | None]] | None = None,
        limits: SnapshotLimits | None = None,
    ) -> pa.Table:
        visit = self.sync()
        assert visit.cause == ""
        head = read_head(self.mirrors_dir, self.id)
        return take_snapshot(self.id, self.reader, head, known=known, limits=limits)


@pytest.fixture
def mirrored(tmp_path: Path) -> Iterator[Mirrored]:
    with MirrorReader(tmp_path / "mirrors") as reader:
        yield Mirrored(tmp_path, reader)


Rows = Callable[[pa.Table], dict[bytes, dict[str, object]]]


@pytest.fixture
def rows() -> Rows:
    """Return a table's rows by path."""
    return lambda table: {row["path"]: row for row in table.to_pylist()}
