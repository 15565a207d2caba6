"""A page shared by a scanning child and its parent: which scan is under way, and since when.

Reading and writing it costs no system call, so that a child can tell of every scan and the parent
can judge any of them by the clock. `time.monotonic` is the same clock in both processes.
"""

from __future__ import annotations

import mmap
import struct
import time
from typing import Final, Self

IDLE: Final = -1
"""Position while no scan is under way: blobs are read, or results are reported."""
WHOLE_STRETCH: Final = -2
"""Position while one call scans all units of a stretch."""

_STATE: Final = struct.Struct("<dqd")
_WINDOW_OFFSET: Final = 16
_WINDOW: Final = struct.Struct("<d")


class ScanClock:
    """Position, start of the scan and start of its window, in seconds of `time.monotonic`."""

    def __init__(self) -> None:
        """Make the page; a child that is forked afterwards shares it."""
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self.stop()

    def __enter__(self) -> Self:
        """Return the clock."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the page back."""
        self._page.close()

    def start(self, position: int) -> None:
        """Note that the scan at a position begins now."""
        _STATE.pack_into(self._page, 0, time.monotonic(), position, 0.0)

    def stop(self) -> None:
        """Note that no scan is under way from now on."""
        self.start(IDLE)

    def enter_window(self) -> None:
        """Note that a window of the scan begins now."""
        _WINDOW.pack_into(self._page, _WINDOW_OFFSET, time.monotonic())

    def leave_window(self) -> None:
        """Note that no window is under way."""
        _WINDOW.pack_into(self._page, _WINDOW_OFFSET, 0.0)

    @property
    def position(self) -> int:
        """Index of the unit that is being scanned, `IDLE` or `WHOLE_STRETCH`."""
        position: int = _STATE.unpack_from(self._page)[1]
        return position

    def over(self, seconds: float, window_seconds: float, allowance: float) -> float | None:
        """Return the limit that is exceeded, in seconds; None where none is.

        `allowance` is added while no scan is under way.
        """
        started, position, window = _STATE.unpack_from(self._page)
        now = time.monotonic()
        if now - started > seconds + (allowance if position == IDLE else 0.0):
            return seconds
        if window and now - window > window_seconds:
            return window_seconds
        return None
