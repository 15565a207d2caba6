"""How much somebody may ask for: a bucket of requests for each, refilled all the time.

Buckets live in this process: with several web workers each of them allows the rate by itself.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

BURST_SECONDS: Final = 5.0
"""How much of the rate may come at once."""
_MAX_KEYS: Final = 10_000


class Buckets:
    """Counts what is asked for by key; the keys that were quiet for longest are forgotten."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take requests a second, and a clock in seconds."""
        self._rate, self._clock = rate, clock
        self._full = max(1.0, rate * BURST_SECONDS)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one; return 0, or in how many seconds there will be one."""
        left = self._refilled(key)
        if left < 1.0:
            return (1.0 - left) / self._rate
        self._keep(key, left - 1.0)
        return 0.0

    def wait(self, key: str) -> float:
        """Return in how many seconds there will be one, without taking any."""
        return max(0.0, 1.0 - self._refilled(key)) / self._rate

    def _refilled(self, key: str) -> float:
        left, at = self._left.get(key, (self._full, self._clock()))
        return min(self._full, left + (self._clock() - at) * self._rate)

    def _keep(self, key: str, left: float) -> None:
        self._left[key] = left, self._clock()
        self._left.move_to_end(key)
        if len(self._left) > _MAX_KEYS:
            self._left.popitem(last=False)
