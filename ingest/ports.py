"""What ingest needs of the world, as small protocols. Adapters live in `store`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ingest.domain.repository import Repository


class BlobSource(Protocol):
    """Blobs by repository and id; implemented over ``git cat-file --batch``."""

    def read_blobs(
        self, repository_id: str, blob_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (id, stored bytes) in the order asked.

        Raises:
            MirrorCorrupt: an id is missing or is not a blob.
        """
        ...


class RepositoryRegistry(Protocol):
    """The registered repositories."""

    def list_repositories(self) -> list[Repository]:
        """Return all, sorted by name and id."""
        ...

    def find_by_url(self, canonical_url: str) -> Repository | None:
        """Return the repository that is registered under this canonical URL."""
        ...

    def save_repository(self, repository: Repository) -> None:
        """Insert, or replace the rights of the same id."""
        ...
