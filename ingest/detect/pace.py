"""Lets a detector tell when it enters a window of a text, so that each window has a deadline.

A detector is pure and knows no clock. It marks the stretches of its work that may hang, and
whoever runs it decides how long one may take: in a worker the process that scans is killed.
"""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Told of windows as they begin and end."""

    def enter_window(self) -> None:
        """Note that a window begins."""
        ...

    def leave_window(self) -> None:
        """Note that it ended."""
        ...


class _Nobody:
    def enter_window(self) -> None:
        """Ignore it."""

    def leave_window(self) -> None:
        """Ignore it."""


class _Window:
    """A context that is entered for one window after the other, and never nested."""

    watcher: Watcher = _Nobody()

    def __enter__(self) -> None:
        self.watcher.enter_window()

    def __exit__(self, *_: object) -> None:
        self.watcher.leave_window()


window = _Window()
"""``with pace.window:`` around the work on one window; costs less than a microsecond."""


def watch(watcher: Watcher) -> None:
    """Tell a watcher of every window of this process from now on."""
    window.watcher = watcher
