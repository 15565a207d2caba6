from __future__ import annotations

import os
import time

from workers.scanclock import IDLE, ScanClock


def test_a_child_s_position_is_seen_by_its_parent() -> None:
    with ScanClock() as clock:
        assert clock.position == IDLE
        child = os.fork()
        if child == 0:
            clock.start(7)
            os._exit(0)
        os.waitpid(child, 0)
        assert clock.position == 7


def test_a_scan_is_over_its_limit_and_reading_gets_an_allowance() -> None:
    with ScanClock() as clock:
        clock.start(0)
        time.sleep(0.002)
        assert clock.over(0.001, 9.0, 9.0) == 0.001
        assert clock.over(9.0, 9.0, 0.0) is None
        clock.stop()
        time.sleep(0.002)
        assert clock.over(0.001, 9.0, 9.0) is None


def test_a_window_has_its_own_limit_until_it_is_left() -> None:
    with ScanClock() as clock:
        clock.start(0)
        clock.enter_window()
        time.sleep(0.002)
        assert clock.over(9.0, 0.001, 0.0) == 0.001
        clock.leave_window()
        assert clock.over(9.0, 0.001, 0.0) is None
        clock.enter_window()
        time.sleep(0.002)
        clock.start(1)
        assert clock.over(9.0, 0.001, 0.0) is None, "a new scan leaves the window of the last"
