"""Reads mirrors: blobs, trees, sizes and history, by repository and object id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Self

from ingest.domain.tree import check_object_id
from ingest.errors import MirrorCorrupt
from ingest.mirror.failures import redact
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Git, GitCall, GitSettings
from ingest.mirror.objects import ObjectServer
from ingest.mirror.recent import RecentBlobs

_MAX_IDLE: Final = 4
"""Processes kept for repositories that were read before."""
_SIZES: Final = "--batch-check=%(objectname) %(objecttype) %(objectsize)"


class MirrorReader:
    """Blobs (`ingest.ports.BlobSource`), trees and history of the mirrors in one folder.

    Every object is checked against its id. A reader is used by one thread, follows a mirror that
    is replaced while it is open, and ends its processes when it is closed.
    """

    def __init__(
        self,
        mirrors_dir: Path,
        *,
        settings: GitSettings | None = None,
        max_object_bytes: int = 256 * 2**20,
        is_verified: bool = True,
        recent: RecentBlobs | None = None,
    ) -> None:
        """Take the folder of all mirrors; `max_object_bytes` bounds what is ever read at once.

        Blobs that were checked are kept in `recent`, and those that are there are not read again.
        """
        self._mirrors_dir = mirrors_dir
        self._git = Git((settings or GitSettings()).limits)
        self._max_object_bytes = max_object_bytes
        self._is_verified = is_verified
        self._recent = recent if is_verified else None
        self._idle: dict[str, ObjectServer] = {}

    def __enter__(self) -> Self:
        """Return the reader; processes start with the first read."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        while self._idle:
            self._idle.popitem()[1].close()

    def read_blobs(
        self, repository_id: str, blob_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (id, stored bytes) in the order asked.

        Raises:
            MirrorCorrupt: there is no mirror, or an id is missing, no blob or damaged.
            Quarantined: a blob is larger than the bound.
        """
        if self._recent is None:
            yield from self._read(repository_id, blob_ids, "blob")
            return
        wanted = list(blob_ids)
        known = self._recent.of(repository_id)
        at_hand = {blob_id: known[blob_id] for blob_id in wanted if blob_id in known}
        others = self._read(repository_id, (i for i in wanted if i not in at_hand), "blob")
        for blob_id in wanted:
            if blob_id in at_hand:
                yield blob_id, at_hand[blob_id]
                continue
            _, data = next(others)
            self._recent.keep(repository_id, blob_id, data)
            yield blob_id, data
        # to its end, so that the process that served it can serve on
        next(others, None)

    def read_trees(
        self, repository_id: str, tree_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (id, raw tree) in the order asked; errors as in `read_blobs`."""
        return self._read(repository_id, tree_ids, "tree")

    def read_commit(self, repository_id: str, commit_id: str) -> bytes:
        """Return a raw commit; errors as in `read_blobs`."""
        return next(data for _, data in self._read(repository_id, [commit_id], "commit"))

    def read_sizes(self, repository_id: str, blob_ids: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield (id, bytes) in the order asked, without reading the blobs.

        Raises:
            MirrorCorrupt: there is no mirror, or an id is missing or no blob.
        """
        request = "".join(f"{check_object_id(blob_id)}\n" for blob_id in blob_ids).encode()
        if not request:
            return
        for line in self._lines(repository_id, "cat-file", (_SIZES,), request):
            object_id, _, rest = line.decode("ascii", "replace").partition(" ")
            kind, _, size = rest.partition(" ")
            if kind != "blob":
                raise MirrorCorrupt(f"Missing or no blob: {object_id}.")
            yield object_id, int(size)

    def list_reachable_blobs(self, repository_id: str) -> Iterator[tuple[str, bytes]]:
        """Yield (id, path) of every blob that any ref or HEAD reaches, each once.

        The path is the first that git comes by, cut at a newline where it has one; it is empty
        for a blob that a tag names directly.

        Raises:
            MirrorCorrupt: there is no mirror, or the walk meets a missing object.
        """
        options = ("--objects", "--filter=object:type=blob", "--filter-provided-objects", "--all")
        for line in self._lines(repository_id, "rev-list", options, None):
            object_id, _, path = line.partition(b" ")
            yield object_id.decode("ascii", "replace"), path

    def pack_order(self, repository_id: str) -> Iterator[str]:
        """Yield the ids of all objects of a mirror in the order in which they are stored.

        Objects that are stored as differences stand near each other, so that reading in this
        order is many times as fast as in any other. It differs between mirrors of one repository.

        Raises:
            MirrorCorrupt: there is no mirror.
        """
        options = ("--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
        for line in self._lines(repository_id, "cat-file", options, None):
            yield line.decode("ascii", "replace")

    def _lines(
        self, repository_id: str, subcommand: str, options: tuple[str, ...], request: bytes | None
    ) -> Iterator[bytes]:
        call = GitCall(
            subcommand=subcommand,
            options=options,
            git_dir=self._generation(repository_id),
            request=request,
        )
        with self._git.open(call) as process:
            for line in process.stdout:
                yield line.rstrip(b"\n")
            if process.wait():
                said = redact(process.message).strip()
                raise MirrorCorrupt(f"The mirror cannot be walked ({said or 'git died'}).")

    def _read(
        self, repository_id: str, object_ids: Iterable[str], kind: str
    ) -> Iterator[tuple[str, bytes]]:
        waiting = _Resumable(object_ids)
        while True:
            server = self._take_server(repository_id)
            try:
                for object_id, data in server.read(waiting, kind):
                    waiting.acknowledge()
                    yield object_id, data
            except MirrorCorrupt:
                server.close()
                # the mirror may have been replaced under us; a newer one may have the object
                if self._generation(repository_id) == server.git_dir:
                    raise
                waiting.rewind()
            except BaseException:  # a stream that is dropped half-way leaves answers in the pipe
                server.close()
                raise
            else:
                self._give_back(repository_id, server)
                return

    def _take_server(self, repository_id: str) -> ObjectServer:
        generation = self._generation(repository_id)
        server = self._idle.pop(repository_id, None)
        if server is not None and server.git_dir == generation:
            return server
        if server is not None:
            server.close()
        return ObjectServer(
            self._git,
            generation,
            max_bytes=self._max_object_bytes,
            is_verified=self._is_verified,
        )

    def _give_back(self, repository_id: str, server: ObjectServer) -> None:
        other = self._idle.pop(repository_id, None)
        if other is not None:
            other.close()
        self._idle[repository_id] = server
        while len(self._idle) > _MAX_IDLE:
            self._idle.pop(next(iter(self._idle))).close()

    def _generation(self, repository_id: str) -> Path:
        current = MirrorFolder.of(self._mirrors_dir, repository_id).current
        if current is None:
            raise MirrorCorrupt("There is no mirror of this repository.", hint="Sync it first.")
        return current


class _Resumable:
    """Ids that were handed out but not answered can be handed out again."""

    def __init__(self, object_ids: Iterable[str]) -> None:
        self._source = iter(object_ids)
        self._given: list[str] = []
        self._again: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        object_id = self._again.pop(0) if self._again else next(self._source)
        self._given.append(object_id)
        return object_id

    def acknowledge(self) -> None:
        del self._given[0]

    def rewind(self) -> None:
        self._again, self._given = self._given + self._again, []
