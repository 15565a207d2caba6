"""Blobs that this process has read lately, for the next stage that reads the same ones.

A snapshot, the scan and the release read the same blobs one after the other, often in one
process (and a forked child shares its parent's memory). What is kept was checked against its id.
"""

from __future__ import annotations

from typing import Final

CAPACITY_BYTES: Final = 64 * 2**20
LARGEST_BYTES: Final = 2**20
"""Larger blobs are read again: one of them would push out hundreds."""


class RecentBlobs:
    """A bounded store of blobs by repository and id.

    Blobs are read in the same order again and again, so to keep the latest would keep nothing
    that is asked for next. The first ones of a repository stay, and all of them go when room is
    needed for another.
    """

    def __init__(self, capacity_bytes: int = CAPACITY_BYTES) -> None:
        """Take the number of bytes that are kept at most."""
        self._capacity = capacity_bytes
        self._size = 0
        self._blobs: dict[str, dict[str, bytes]] = {}

    def of(self, repository_id: str) -> dict[str, bytes]:
        """Return the blobs of a repository by id; not to be changed."""
        return self._blobs.get(repository_id, {})

    def keep(self, repository_id: str, blob_id: str, data: bytes) -> None:
        """Keep a blob if there is room for it."""
        if len(data) > min(LARGEST_BYTES, self._capacity):
            return
        while self._size + len(data) > self._capacity:
            other = next((name for name in self._blobs if name != repository_id), None)
            if other is None:
                return
            self._size -= sum(map(len, self._blobs.pop(other).values()))
        known = self._blobs.setdefault(repository_id, {})
        if blob_id not in known:
            known[blob_id] = data
            self._size += len(data)
