"""The words of pages: how figures, moments, sizes, paths and states are shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from policies.report.escape import display_path, display_text

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_STEP: Final = 1000
_SPANS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))

TIER_WORDS: Final = {
    "releasable": ("Releasable", "good", "check"),
    "internal-only": ("Internal only", "warn", "lock"),
    "excluded": ("Excluded", "bad", "cross"),
    "skipped": ("Skipped", "mute", "dash"),
}
"""Outcome to (word, tone, icon): a tone never stands without its word and its shape."""
STAGES: Final = {
    "mirror": "Fetch",
    "snapshot": "List files",
    "refresh": "Scan again",
    "detect": "Look into files",
    "provenance": "Settle licenses",
    "decide": "Decide",
    "build": "Build",
    "recall": "Take back",
}
"""Stage to its name, in their order; another shows its own."""
STATE_WORDS: Final = {
    "proposed": ("Waiting for a second person", "warn", "clock"),
    "approved": ("Agreed, not begun", "info", "clock"),
    "active": ("In force", "good", "check"),
    "rejected": ("Rejected", "bad", "cross"),
    "expired": ("Expired", "mute", "dash"),
    "withdrawn": ("Withdrawn", "mute", "dash"),
}
"""State of a review to (word, tone, icon)."""
FAMILY_WORDS: Final = {"pii": "Personal data"}
"""Family of detectors to its name; another shows its own."""
KIND_WORDS: Final = {
    "false_positive": "False positive",
    "redact": "Redact",
    "keep_internal": "Keep internal",
    "exclude": "Exclude",
    "waive": "Waive",
}
"""Kind of a review to its name."""


def shown(value: object) -> str:
    """Return a path or another person's text as one line that can neither lie nor act."""
    if isinstance(value, bytes):
        return display_path(value)
    return display_text(str(value))


def why_url(repository_id: str, path: bytes | str) -> str:
    """Return where it is told why a file is where it is; empty where its path is not shown whole.

    A path is shown with its values masked and its control characters escaped: what looks so is
    perhaps not what the file is called.
    """
    raw = path.encode() if isinstance(path, str) else path
    if not raw or any(mark in raw for mark in (b"<", b"\\", b"\n", b"\r", b"****")):
        return ""
    return f"/why/{repository_id}/{quote(raw)}"


def code(text: str) -> str:
    """Return a part of a line of code: as `shown`, and a backslash stays one."""
    return display_text(text).replace("\\\\", "\\")


def count(number: int) -> str:
    """Return a number with separators."""
    return f"{number:,}"


def size(number: int) -> str:
    """Return a byte count in SI units."""
    amount = float(number)
    for unit in _UNITS:
        if amount < _STEP or unit == _UNITS[-1]:
            break
        amount /= _STEP
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(moment: datetime | date) -> str:
    """Return a day, for instance ``3 May 2026``."""
    return f"{moment.day} {moment:%b %Y}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment is, or how far ahead."""
    seconds = (now - moment).total_seconds()
    for length, unit in _SPANS:
        amount = int(abs(seconds) // length)
        if amount:
            span = plural(amount, unit)
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now"


def when(moment: datetime | None, now: datetime) -> Markup:
    """Return a moment as an element: relative for the eye, exact for the machine."""
    if moment is None:
        return Markup("never")
    exact = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    title = f"{day(moment)}, {moment:%H:%M} UTC"
    template = Markup('<time datetime="{}" title="{}">{}</time>')
    return template.format(exact, title, ago(moment, now))
