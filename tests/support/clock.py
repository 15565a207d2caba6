"""A clock that stands until a test moves it."""

from __future__ import annotations

from datetime import datetime


class Clock:
    """Says `now`, whatever the time is."""

    def __init__(self, now: datetime) -> None:
        """Begin at a moment."""
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now
