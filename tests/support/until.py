"""Wait for what another process is about to do."""

from __future__ import annotations

import time
from collections.abc import Callable


def comes_true(condition: Callable[[], bool], within: float = 10.0) -> bool:
    """Ask until the condition holds or the seconds are over; return what it said last.

    What SIGKILL ends is gone a moment later than the call that sent it returns.
    """
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() >= deadline:
            return condition()
        time.sleep(0.01)
    return True
