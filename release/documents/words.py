"""Figures and names in words, the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from policies.report.escape import display_text

_UNITS: Final = ("kB", "MB", "GB", "TB")
_STEP: Final = 1000
_ROUNDS_UP: Final = 999.95
_PLAIN: Final = re.compile(
    r"(?!.*(?:www\.|:/|  ))[A-Za-z0-9](?:[A-Za-z0-9 .,:;'%()/+#_-]*[A-Za-z0-9#+)])?"
)
_TICKS: Final = re.compile(r"`+")
_SIZES: Final[Mapping[int, str]] = {
    10**3: "n<1K",
    10**4: "1K<n<10K",
    10**5: "10K<n<100K",
    10**6: "100K<n<1M",
    10**7: "1M<n<10M",
    10**8: "10M<n<100M",
    10**9: "100M<n<1B",
    10**10: "1B<n<10B",
    10**11: "10B<n<100B",
    10**12: "100B<n<1T",
}
"""Size categories of the Hugging Face hub (huggingface/hub-docs, datasetcard.md)."""


def human_bytes(size: int) -> str:
    """Return for instance ``1.2 MB``: decimal units, one digit behind the point."""
    if size < _STEP:
        return f"{size} B"
    value = float(size)
    for unit in _UNITS:
        value /= _STEP
        if value < _ROUNDS_UP:
            return f"{value:.1f} {unit}"
    return f"{value / _STEP:,.1f} PB"


def plural(count: int, noun: str) -> str:
    """Return for instance ``1 row`` or ``1,204 repositories``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"


def signed(count: int) -> str:
    """Return for instance ``+1,204``, ``-3`` or ``0``."""
    return f"{count:+,}" if count else "0"


def size_category(rows: int) -> str:
    """Return the hub's size category of so many rows."""
    return next((name for limit, name in _SIZES.items() if rows < limit), "n>1T")


def one_line(text: str) -> str:
    """Return a name as one line of visible characters."""
    return display_text(text)


def markdown(text: str) -> str:
    """Return a name so that Markdown shows it, in a table too, and does nothing else with it.

    What is not plainly a name becomes a code span: no link, mention, markup or column begins there.
    """
    return text if _PLAIN.fullmatch(text) else markdown_code(text)


def markdown_code(text: str) -> str:
    """Return a name as a code span, however many backticks are in it."""
    shown = display_text(text).replace("|", "\\|")
    if not shown:
        return "(empty)"
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    padding = " " if {shown[0], shown[-1]} & {"`", " "} else ""
    return f"{fence}{padding}{shown}{padding}{fence}"
