"""A child ends when its parent does, whatever ended that."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal that the calling process gets when its parent ends."""


def end_with(parent: int) -> None:
    """Have the kernel kill this process, a fresh child, as soon as its parent has ended.

    A scan that hangs looks at nothing by itself, and whoever would have killed it is gone then.
    Asked by the thread that forked, as the kernel takes the end of that thread for the parent's.
    Does nothing where the system is not Linux: there such a child stays until it is through.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we could ask
        os.kill(os.getpid(), signal.SIGKILL)
