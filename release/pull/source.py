"""Where a release is pulled from: one port, and the folder that implements it.

Nothing that a source says is believed. What it gives is checked against the signed manifest, by
the same code for every source; see `release.pull.transfer`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from release.domain.manifest import Manifest
from release.files import read_document
from release.pull.recalls import Reader, recalls_folder
from release.pull.verify import check_listing

CHUNK_BYTES: Final = 4 * 2**20


class Source(Protocol):
    """Has a release, and may have recalls of its tier."""

    @property
    def streams(self) -> int:
        """How many files are read at once."""
        ...

    def read_document(self, name: str) -> bytes:
        """Return a small file of the release.

        Raises:
            ReleaseRefused: it is missing or of no sensible size.
        """
        ...

    def check_listing(self, manifest: Manifest) -> None:
        """Refuse a release with other files than its manifest lists, as far as that is known here.

        Raises:
            ReleaseRefused: there are others.
        """
        ...

    def read_from(self, path: str, start: int) -> Generator[bytes, None, None]:
        """Yield a listed file from a byte on, in pieces; nothing where it ends before."""
        ...

    def offer_recalls(self, reader: Reader, releases: Iterable[str]) -> Path | None:
        """Return a folder with the present recalls; null where none are known.

        Tombstones that touch one of the `releases` are in it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """A release in a folder of this machine."""

    folder: Path
    recalls: Path | None = None
    """Folder of recalls; null: the one beside the release."""
    streams: int = 1
    """A disk is not faster for being asked several things at once."""

    def read_document(self, name: str) -> bytes:
        """Return a small file; see `Source`."""
        return read_document(self.folder / name)

    def check_listing(self, manifest: Manifest) -> None:
        """Refuse files that are missing, not listed, or links."""
        check_listing(self.folder, manifest)

    def read_from(self, path: str, start: int) -> Generator[bytes, None, None]:
        """Yield a file from a byte on."""
        with (self.folder / path).open("rb") as data:
            data.seek(start)
            while chunk := data.read(CHUNK_BYTES):
                yield chunk

    def offer_recalls(self, reader: Reader, releases: Iterable[str]) -> Path | None:
        """Return the folder of recalls, there or not."""
        del reader, releases
        return self.recalls or recalls_folder(self.folder)
