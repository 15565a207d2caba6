"""What requests read of the catalog again and again, kept while nothing in it changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from workers.remembered import Remembered

if TYPE_CHECKING:  # heavy, and a scan of a folder needs none of it
    from store.catalog import Changes

T = TypeVar("T")


class Kept:
    """The last so many answers since the last change; safe to share between threads.

    A change makes all of them useless, and each may name every repository, so none stays.
    """

    def __init__(self, size: int) -> None:
        """Take how many are kept."""
        self._size = size
        self._since: tuple[Changes, Remembered[Any]] | None = None

    def get(
        self,
        changes: Changes,
        key: Hashable,
        read: Callable[[], T],
        keeps: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """Return what was read after some changes, or read it; see `Remembered.get`.

        Who began before the last change reads for themselves.
        """
        since = self._since
        if since is None or since[0] != changes:
            if since is not None and _order(changes) < _order(since[0]):
                return read()
            since = self._since = changes, Remembered(self._size)
        found: T = since[1].get(key, read, keeps)
        return found


def _order(changes: Changes) -> tuple[int, int]:
    return changes.last_entry, changes.repositories
