"""Published releases as revisions of a dataset: found by name, read by listed file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ingest.errors import ReleaseRefused, TransientError
from policies.decision import Tier
from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE, Manifest
from release.pull.recalls import RECALLS_FOLDER, Reader, read_feed, read_recalls
from release.pull.verify import check_listing, read_manifest
from store.catalog import Changes, ReleaseBook, ReleaseRecord, ReleaseState
from workers.context import Context, utc_now
from workers.unsettled import Unsettled

LATEST: Final = "main"
"""Revision that moves: the newest release of a tier that is still to be used."""
_COMMIT_CHARS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A file of a release that may be read."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class PublishedRelease:
    """A release in its place, checked against the installation's key."""

    id: str
    tier: Tier
    directory: Path
    manifest: Manifest
    files: tuple[PublishedFile, ...]
    """Every file of it, by path, the manifest and its signature among them."""
    digest: str
    """SHA-256 hex of the manifest."""

    @property
    def commit(self) -> str:
        """40 hex characters that name it where a git commit is expected: of its digest."""
        return self.digest[:_COMMIT_CHARS]

    @cached_property
    def by_path(self) -> Mapping[str, PublishedFile]:
        """Files by path; only what the manifest lists can be found."""
        return {file.path: file for file in self.files}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Folders that hold a file."""
        return frozenset(
            path[:end] for path in self.by_path for end in range(len(path)) if path[end] == "/"
        )


class PublishedReleases:
    """The releases of an installation; what was read of one is kept, as no byte of it changes."""

    def __init__(self, context: Context) -> None:
        """Take the context."""
        self._context = context
        self._book = ReleaseBook(context.catalog, clock=utc_now)
        self._opened: dict[str, PublishedRelease] = {}
        self._unsettled = Unsettled(context)

    def list_all(self, tier: Tier) -> Sequence[PublishedRelease]:
        """Return the releases of a tier that can be read, newest first; a damaged one cannot."""
        found = []
        for record in self._records(tier):
            with suppress(ReleaseRefused):
                found.append(self._open(record))
        return found

    def find(
        self,
        tier: Tier,
        revision: str,
        *,
        is_recalled_fine: bool = False,
        changes: Changes | None = None,
    ) -> PublishedRelease | None:
        """Return a release by id, by commit or as the latest of its tier; None: there is none.

        Args:
            tier: of the release.
            revision: its id, the start of its manifest's digest, or `LATEST`.
            is_recalled_fine: the reader leaves out the rows that were taken back.
            changes: what has changed in the catalog, where the caller has asked already.

        Raises:
            ReleaseRefused: it was recalled, which is fine for who leaves those rows out; its
                manifest is damaged or not signed by this installation; or nobody has looked for
                so long what may still be used that the feed of recalls is past its end.
            TransientError: its recall is not out yet, so nobody could leave rows out; or something
                may have to be taken back, see `workers.unsettled`.
        """
        self._unsettled.check(changes)
        root = self._context.settings.shards_dir(tier.value)
        read_feed(root, self._context.keys.public, tier, now=utc_now())
        if revision == LATEST:
            records = self._records(tier, changes)
            return self._open(records[0]) if records else None
        is_commit = len(revision) == _COMMIT_CHARS
        for record in self._out(tier, changes):
            if record.id == revision or (is_commit and record.manifest_digest.startswith(revision)):
                if not is_recalled_fine:
                    check_not_recalled(record)
                elif record.state is ReleaseState.RECALLED and not self.recalls_of(tier, record.id):
                    raise TransientError(f"The recall of {record.id} is not out yet.")
                return self._open(record)
        return None

    def recalls_folder(self, tier: Tier) -> Path:
        """Return the folder of the recalls of a tier, there or not."""
        return self._context.settings.shards_dir(tier.value) / RECALLS_FOLDER

    def recalls_of(self, tier: Tier, release_id: str) -> tuple[str, ...]:
        """Return the ids of the recalls that readers can see of a release."""
        reader = Reader(public_key=self._context.keys.public, tier=tier)
        known = read_recalls(self.recalls_folder(tier), reader)
        touching = [] if known is None else known.touching(release_id)
        return tuple(sorted(recall.recall_id for recall in touching))

    def _records(self, tier: Tier, changes: Changes | None = None) -> list[ReleaseRecord]:
        return [r for r in self._out(tier, changes) if r.state is ReleaseState.PUBLISHED]

    def _out(self, tier: Tier, changes: Changes | None) -> list[ReleaseRecord]:
        def read() -> list[ReleaseRecord]:
            return [r for r in self._book.list_releases(tier) if r.is_out]

        root = self._context.settings.shards_dir(tier.value)
        out = self._context.keep(("out", tier), read, changes)
        return [r for r in out if (root / r.path).is_dir()]

    def _open(self, record: ReleaseRecord) -> PublishedRelease:
        known = self._opened.get(record.id)
        if known is None:
            folder = self._context.settings.shards_dir(record.tier.value) / record.path
            known = _read(record, folder, self._context.keys.public)
            self._opened[record.id] = known
        return known


def check_not_recalled(record: ReleaseRecord) -> None:
    """Refuse a release of which something was taken back; what replaces it is named."""
    if record.state is ReleaseState.RECALLED:
        instead = f"use {record.replaced_by}" if record.replaced_by else "nothing replaces it"
        raise ReleaseRefused(f"{record.id} was recalled; {instead}.")


def _read(record: ReleaseRecord, folder: Path, public_key: Path) -> PublishedRelease:
    manifest = read_manifest(folder, public_key)
    check_listing(folder, manifest)
    listed = [
        PublishedFile(path=file.path, bytes=file.bytes, sha256=file.sha256)
        for file in manifest.files
    ]
    for name in (MANIFEST_FILE, ENVELOPE_FILE):
        data = (folder / name).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        listed.append(PublishedFile(path=name, bytes=len(data), sha256=digest))
    return PublishedRelease(
        id=record.id,
        tier=record.tier,
        directory=folder,
        manifest=manifest,
        files=tuple(sorted(listed, key=lambda file: file.path)),
        digest=record.manifest_digest,
    )
