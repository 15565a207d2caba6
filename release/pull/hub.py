"""Pull a release from a Shardgate server, with its recalls and a signed receipt.

The routes are those of the server's hub, which stock clients use too, and two more: recalls, and
the receipt.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.domain.feed import Feed
from release.domain.grant import PullRefused
from release.domain.manifest import MANIFEST_FILE, Manifest, Release
from release.domain.recall import Recall
from release.domain.receipt import Receipt, pulled_shards
from release.files import MAX_DOCUMENT_BYTES, sha256_of, write_whole
from release.ports import Progress, ignore_progress
from release.pull.carry import carry_recalls
from release.pull.recalls import (
    RECALLS_FOLDER,
    Reader,
    feed_path,
    read_recalls,
    recall_path,
    tombstones_path,
)
from release.pull.receipts import open_receipt
from release.pull.server import Address, Patience, Server
from release.pull.transfer import incoming_folder, take_over
from release.pull.verify import check_tier, read_manifest
from release.signing import FEED_TYPE, verify

LATEST: Final = "main"
"""Names the newest release of a tier that is still to be used."""
_REVISION: Final = re.compile(r"rel_[0-9a-f]{20}|main")
_MAX_RECEIPT_BYTES: Final = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a server."""

    release: str
    """Id, or `LATEST`."""
    tier: Tier
    drop_recalled: bool = False
    """Copy a recalled release too; loaders leave the rows out that must not be used."""
    streams: int = 4
    """Files that are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledFromHub:
    """A pulled release, and the server's word that it was handed over."""

    release: Release
    receipt: Receipt
    receipt_file: Path


class HubSource:
    """A `release.pull.source.Source` over HTTP; made by `open_hub`."""

    def __init__(self, server: Server, wanted: Wanted, scratch: Path) -> None:
        """Take whom to ask, for what, and an empty folder for the recalls."""
        if not _REVISION.fullmatch(wanted.release):
            raise InputError(f"A server knows releases by id, or as {LATEST}.")
        self._server, self._scratch = server, scratch
        self._wanted, self._release = wanted, wanted.release
        self._dataset = f"/hub/datasets/shardgate/{wanted.tier.value}"
        # A server hands a recalled release to nobody who does not say that he leaves rows out.
        self._query = "?recalled=drop" if wanted.drop_recalled else ""

    @property
    def streams(self) -> int:
        """How many files are read at once."""
        return self._wanted.streams

    @property
    def release(self) -> str:
        """Id of the release; as it was asked for, until its manifest was read."""
        return self._release

    def read_document(self, name: str) -> bytes:
        """Return a small file; see `Source`."""
        data = self._server.fetch(self._file(name), MAX_DOCUMENT_BYTES)
        if data is None:
            raise ReleaseRefused(f"The server has no release {self._release} with a {name}.")
        return data

    def check_listing(self, manifest: Manifest) -> None:
        """Ask for this very release from now on: `main` may be another one in a minute."""
        self._release = manifest.release_id

    def read_from(self, path: str, start: int) -> Generator[bytes, None, None]:
        """Yield a listed file from a byte on; see `Source`."""
        yield from self._server.read(self._file(path), start)

    def offer_recalls(self, reader: Reader, releases: Iterable[str]) -> Path | None:
        """Fetch the present feed, its recalls, and the tombstones that touch the releases."""
        envelope = self._fetch(feed_path(self._scratch, reader.tier))
        if envelope is None:
            return None
        feed = Feed.from_json(verify(envelope, reader.public_key, FEED_TYPE))
        for entry in feed.recalls:
            path = recall_path(self._scratch, entry.recall_id)
            if not path.exists() or sha256_of(path) != entry.sha256:
                self._fetch(path)
        known = read_recalls(self._scratch, reader)
        touching = {r.recall_id: r for n in releases if known for r in known.touching(n)}
        for recall in touching.values():
            self._fetch_tombstones(recall)
        return self._scratch

    def receipt(self) -> bytes:
        """Have the pull written down, by the grant as it is now, and return the signed receipt.

        Raises:
            PullRefused: there is no grant any more, or the training run is another one's.
        """
        path = f"{self._dataset}/receipt/{self._release}{self._query}"
        data = self._server.fetch(path, _MAX_RECEIPT_BYTES, "POST")
        if data is None:
            raise ReleaseRefused(f"The server does not know {self._release} any more.")
        return data

    def _fetch_tombstones(self, recall: Recall) -> None:
        path = tombstones_path(self._scratch, recall.recall_id)
        if not path.exists() or sha256_of(path) != recall.tombstones_sha256:
            self._fetch(path, recall.tombstones_bytes)

    def _fetch(self, path: Path, limit: int = MAX_DOCUMENT_BYTES) -> bytes | None:
        data = self._server.fetch(f"{self._dataset}/recalls/{path.name}", limit)
        if data is not None:
            path.write_bytes(data)
        return data

    def _file(self, path: str) -> str:
        return f"{self._dataset}/resolve/{self._release}/{path}{self._query}"


@contextmanager
def open_hub(
    address: Address, wanted: Wanted, patience: Patience | None = None
) -> Iterator[HubSource]:
    """Yield a release of a server as a source to pull from."""
    server = Server(address, patience or Patience(), wanted.streams)
    with tempfile.TemporaryDirectory(prefix="shardgate-recalls-") as scratch:
        try:
            yield HubSource(server, wanted, Path(scratch))
        finally:
            server.close()


def pull_from_hub(
    source: HubSource,
    dest: Path,
    reader: Reader,
    *,
    progress: Progress = ignore_progress,
    drop_recalled: bool = False,
) -> PulledFromHub:
    """Copy a release from a server, and keep its receipt beside the copy.

    Where the grant has ended before the receipt is written, nothing stays of the copy.

    Raises:
        PullRefused: nobody granted it, or no longer.
        ReleaseRefused: see `take_over`; or the receipt is of another pull.
    """
    before = set(dest.glob("rel_*"))
    try:
        copy = take_over(source, dest, reader, progress=progress, drop_recalled=drop_recalled)
        envelope = source.receipt()
    except PullRefused:
        for folder in {dest / source.release, incoming_folder(dest, source.release)} - before:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return _keep_receipt(envelope, copy, reader)


def keep_current(source: HubSource, dest: Path, reader: Reader) -> PulledFromHub:
    """Bring recalls and receipt of a copy that is there, without reading its shards.

    Raises:
        PullRefused: there is no grant any more; the copy stays.
        ReleaseRefused: the copy is not signed, of another tier, or see `carry_recalls`.
    """
    place = dest / source.release
    manifest = read_manifest(place, reader.public_key)
    check_tier(manifest, reader.tier)
    copies = {path.name for path in dest.glob("rel_*")}
    offered = source.offer_recalls(reader, copies)
    carry_recalls(offered or dest / RECALLS_FOLDER, dest, reader, arriving=copies)
    return _keep_receipt(source.receipt(), Release(directory=place, manifest=manifest), reader)


def _keep_receipt(envelope: bytes, copy: Release, reader: Reader) -> PulledFromHub:
    receipt = open_receipt(envelope, reader.public_key)
    _check_receipt(receipt, copy)
    file = copy.directory.parent / receipt.file_name
    write_whole(file, envelope)
    return PulledFromHub(release=copy, receipt=receipt, receipt_file=file)


def _check_receipt(receipt: Receipt, copy: Release) -> None:
    """Refuse a receipt that tells of anything else than this copy."""
    digest = sha256_of(copy.directory / MANIFEST_FILE)
    is_of_copy = (receipt.release_id, receipt.manifest_digest) == (copy.manifest.release_id, digest)
    if not is_of_copy or list(receipt.shards) != list(pulled_shards(copy.manifest)):
        raise ReleaseRefused("The receipt is of another pull.")
