"""One ``git cat-file --batch`` process: objects by id, streamed, each checked against its id."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from ingest.domain.tree import check_object_id
from ingest.errors import MirrorCorrupt, Quarantined
from ingest.mirror.failures import redact
from ingest.mirror.git import Git, GitCall

_REQUEST_BYTES: Final = 4096
"""Requests that may be under way: the smallest pipe Linux gives, so writing never blocks."""
_SHA1_HEX = 40


class ObjectServer:
    """Serves objects of one bare mirror, one stream of requests at a time."""

    def __init__(self, git: Git, git_dir: Path, *, max_bytes: int, is_verified: bool) -> None:
        """Start the process.

        `max_bytes` bounds one object; `is_verified` recomputes each object's id.
        """
        self.git_dir = git_dir
        self._max_bytes = max_bytes
        self._is_verified = is_verified
        self._process = git.serve(
            GitCall(subcommand="cat-file", options=("--batch",), git_dir=git_dir)
        )

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def read(self, object_ids: Iterable[str], kind: str) -> Iterator[tuple[str, bytes]]:
        """Yield (id, content) in the order asked; `kind` is ``blob``, ``tree`` or ``commit``.

        A stream that is not read to its end leaves the process unusable.

        Raises:
            MirrorCorrupt: an object is missing, of another kind, or does not hash to its id.
            Quarantined: an object is larger than `max_bytes`.
            ResourceExhausted: an answer took too long.
        """
        waiting = iter(object_ids)
        asked: deque[str] = deque()
        room = 0
        while True:
            if len(asked) <= room // 2:
                fresh = [check_object_id(i) for i in islice(waiting, max(room - len(asked), 1))]
                self._ask(fresh)
                asked += fresh
                # the first id tells how long ids are here, and so how many fit
                room = _REQUEST_BYTES // (len(asked[0]) + 1) if asked else 0
            if not asked:
                return
            yield asked[0], self._answer(asked[0], kind)
            asked.popleft()

    def _ask(self, object_ids: list[str]) -> None:
        try:
            self._process.write("".join(f"{i}\n" for i in object_ids).encode())
        except BrokenPipeError:
            raise self._broken("a mirror") from None

    def _answer(self, object_id: str, kind: str) -> bytes:
        out = self._process.stdout
        header = out.readline().split()
        if len(header) != 3 or header[0] != object_id.encode() or header[1] != kind.encode():  # noqa: PLR2004 - id, kind, size
            raise self._broken(f"{kind} {object_id}")
        size = int(header[2])
        if size > self._max_bytes:
            raise Quarantined(f"The {kind} {object_id} has {size} bytes.", code="object_too_large")
        data = out.read(size + 1)
        if len(data) != size + 1:
            raise self._broken(f"{kind} {object_id}")
        content = data[:-1]
        if self._is_verified and hash_object(kind, content, object_id) != object_id:
            raise MirrorCorrupt(f"The {kind} {object_id} does not hash to its id.")
        return content

    def _broken(self, what: str) -> MirrorCorrupt:
        # the last line of stderr arrives with the end of the process
        self._process.close()
        said = redact(self._process.message).strip().splitlines()
        detail = f" ({said[-1]})" if said else ""
        return MirrorCorrupt(f"Missing or unreadable: {what}{detail}.")


def hash_object(kind: str, content: bytes, like: str) -> str:
    """Return the object id of a content, in the hash that `like` is an id of.

    Format: ``<kind> <size> NUL <content>``, https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """
    name = "sha1" if len(like) == _SHA1_HEX else "sha256"
    digest = hashlib.new(name, f"{kind} {len(content)}\0".encode(), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()
