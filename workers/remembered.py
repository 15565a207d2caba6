"""What was read of artefacts that never change, remembered by what they are called."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last so many answers; safe to share between threads, which may find one twice."""

    def __init__(self, size: int) -> None:
        """Take how many are kept."""
        self._size = size
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(
        self, key: Hashable, find: Callable[[], T], keeps: Callable[[T], bool] = lambda _: True
    ) -> T:
        """Return what is known by a key that names everything it follows from, or find it.

        What `keeps` refuses, as it is too large, is found again each time.
        """
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = find()
        if not keeps(found):
            return found
        with self._lock:
            self._found[key] = found
            while len(self._found) > self._size:
                self._found.popitem(last=False)
        return found
