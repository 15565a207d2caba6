"""What a snapshot needs of a mirror, as small protocols; the mirror's reader satisfies them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from ingest.ports import BlobSource


class Head(Protocol):
    """The commit to take a snapshot of."""

    @property
    def commit_id(self) -> str:
        """Full id."""
        ...

    @property
    def tree_id(self) -> str:
        """Id of its root tree."""
        ...

    @property
    def branch(self) -> str:
        """Branch that HEAD names; empty when detached."""
        ...

    @property
    def committer_date(self) -> datetime:
        """UTC."""
        ...


class TreeSource(Protocol):
    """Trees by id."""

    def read_trees(
        self, repository_id: str, tree_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (id, raw tree) in the order asked.

        Raises:
            MirrorCorrupt: an id is missing or is no tree.
        """
        ...


class SizeSource(Protocol):
    """Sizes of blobs, without reading them."""

    def read_sizes(self, repository_id: str, blob_ids: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield (id, bytes) in the order asked.

        Raises:
            MirrorCorrupt: an id is missing or is no blob.
        """
        ...


class SnapshotSource(BlobSource, TreeSource, SizeSource, Protocol):
    """All that `take_snapshot` reads."""


class HistorySource(SizeSource, Protocol):
    """All that `list_history` reads."""

    def list_reachable_blobs(self, repository_id: str) -> Iterator[tuple[str, bytes]]:
        """Yield (id, first path) of every blob that any ref reaches, each once.

        Raises:
            MirrorCorrupt: an object on the way is missing.
        """
        ...
