"""Who was recognized a moment ago, remembered while nothing changed that could make it wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_KEPT_SECONDS: Final = 1.0
"""What ends by the clock, a token, a session or a grant, has ended this late at most."""
_MAX: Final = 10_000


class Recognized(Generic[T]):
    """Remembers what was found by a digest; safe to share between threads.

    Every change of users, sessions, tokens and grants writes an entry of the audit chain in its
    own transaction: while the chain has the same last entry they are what they were, and what
    somebody takes away counts with the next request. To ask for that entry costs a tenth of
    asking for all that makes up a principal.
    """

    def __init__(
        self, mark: Callable[[], int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what tells the number of the last entry, and a clock in seconds."""
        self._mark, self._clock = mark, clock
        self._found: dict[str, tuple[int, float, T]] = {}

    def get(self, digest: str, find: Callable[[], T | None], mark: int | None = None) -> T | None:
        """Return what is known by a digest, or what is found; nothing is not remembered.

        `mark` is the number of the last entry where the caller has asked for it already.
        """
        # Asked for before: what is found then is as new as the mark, or newer.
        mark, now = self._mark() if mark is None else mark, self._clock()
        known = self._found.get(digest)
        if known is not None and known[0] == mark and now < known[1]:
            return known[2]
        found = find()
        if found is None:
            self._found.pop(digest, None)
            return None
        if len(self._found) >= _MAX:
            self._found.clear()
        self._found[digest] = (mark, now + _KEPT_SECONDS, found)
        return found
