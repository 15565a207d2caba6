"""A violation report as one HTML page that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from policies.decision import Outcome
from policies.impact import BYTES_PER_TOKEN
from policies.report.escape import display_path, display_text
from policies.report.model import (
    OUTCOMES,
    Amount,
    Group,
    ViolationReport,
)

MAX_GROUPS: Final = 200
"""Groups shown per repository, largest first; the page says how many more there are."""
_BAR_WIDTH: Final = 1000
_PATTERNS: Final = {
    Outcome.RELEASABLE: "plain",
    Outcome.INTERNAL_ONLY: "stripes",
    Outcome.EXCLUDED: "hatch",
    Outcome.SKIPPED: "dots",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """One part of the bar, told apart by pattern and label as well as by colour."""

    outcome: str
    pattern: str
    start: float
    width: float
    amount: Amount


def to_html(report: ViolationReport) -> str:
    """Return a self-contained page: no script, no link to anything outside, every value escaped."""
    environment = page_environment("report.html")
    return environment.get_template("report.html").render(
        report=report,
        css=Markup(asset("report.css")),  # noqa: S704 - a file of this package
        outcomes=OUTCOMES,
        bars={
            repository.repo_id: _bar(repository.by_outcome) for repository in report.repositories
        },
        total_bar=_bar(report.totals),
        groups=_by_repository(report, report.groups),
        cleared=_by_repository(report, report.cleared),
        max_groups=MAX_GROUPS,
        bytes_per_token=BYTES_PER_TOKEN,
    )


def page_environment(name: str) -> Environment:
    """Return the environment of one page of this package: escaping, and words for values."""
    environment = Environment(
        loader=DictLoader({name: asset(name)}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["path"] = display_path
    environment.filters["shown"] = display_text
    environment.filters["number"] = "{:,}".format
    environment.filters["size"] = _size
    return environment


def asset(name: str) -> str:
    """Return the text of a file of this package."""
    return resources.files("policies.report").joinpath(name).read_text(encoding="utf-8")


def _by_repository(report: ViolationReport, groups: Sequence[Group]) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = {r.repo_id: [] for r in report.repositories}
    for group in groups:
        found.setdefault(group.repo_id, []).append(group)
    return found


def _bar(amounts: Mapping[Outcome, Amount]) -> list[_Segment]:
    """Split the width of the bar by bytes; an empty corpus has no segments."""
    total = sum(amount.bytes for amount in amounts.values())
    segments: list[_Segment] = []
    start = 0.0
    for outcome in OUTCOMES:
        width = _BAR_WIDTH * amounts[outcome].bytes / total if total else 0.0
        if width:
            segments.append(
                _Segment(
                    outcome=outcome.value,
                    pattern=_PATTERNS[outcome],
                    start=round(start, 2),
                    width=round(width, 2),
                    amount=amounts[outcome],
                )
            )
        start += width
    return segments


def _size(count: int) -> str:
    """Return bytes in binary units, one decimal."""
    value, units = float(count), ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:  # noqa: PLR2004 - binary units
        value /= 1024
        units.pop(0)
    return f"{count} B" if units[0] == "B" else f"{value:,.1f} {units[0]}"
