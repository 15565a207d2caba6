from __future__ import annotations

import os
import signal
import sys
import time

import psutil
import pytest

from workers.lifeline import end_with

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked by prctl"),
]


def _fork_a_parent_and_its_child(*, is_late: bool) -> tuple[int, int]:
    """Return the ids of a process that waits and of a stopped child of it."""
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        me = os.getpid()
        child = os.fork()
        if child == 0:
            if is_late:
                os.write(writer, b"%d\n" % os.getpid())
                os.kill(os.getpid(), signal.SIGSTOP)
            end_with(me)
            if not is_late:
                os.write(writer, b"%d\n" % os.getpid())
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        time.sleep(60)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as lines:
        return parent, int(lines.readline())


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _assert_ended(process: psutil.Process) -> None:
    psutil.wait_procs([process], timeout=5)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_stopped_child_ends_with_its_killed_parent() -> None:
    parent, child = _fork_a_parent_and_its_child(is_late=False)
    process = psutil.Process(child)
    _kill(parent)
    _assert_ended(process)


def test_a_child_that_asks_after_its_parent_ended_ends_at_once() -> None:
    parent, child = _fork_a_parent_and_its_child(is_late=True)
    process = psutil.Process(child)
    while process.status() != psutil.STATUS_STOPPED:
        time.sleep(0.01)
    _kill(parent)
    process.resume()
    _assert_ended(process)
