"""A scan as one HTML page that loads nothing and runs nothing, in the look of the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from markupsafe import Markup

from policies.report.render_html import asset, page_environment
from policies.report.scan_model import LicenseVerdict, ScanFinding, ScanReport, Unscanned

MAX_ROWS: Final = 500
"""Rows of a table; the page says how many more there are."""
_EXAMPLES: Final = 5
_FAMILIES: Final = ("secrets", "confidential", "pii")
_CONFIDENCES: Final = ("high", "medium", "low")


def scan_to_html(report: ScanReport) -> str:
    """Return a self-contained page: no script, no link to anything outside, every value escaped."""
    licenses = Counter((verdict.category, verdict.eligibility) for verdict in report.verdicts)
    return (
        page_environment("scan.html")
        .get_template("scan.html")
        .render(
            report=report,
            css=Markup(asset("report.css")),  # noqa: S704 - a file of this package
            most=MAX_ROWS,
            counts=_counts(report.findings),
            places=_places(report.findings),
            licenses=[(*key, count) for key, count in sorted(licenses.items())],
            held=_held(report),
            unscanned=_unscanned(report.unscanned),
        )
    )


def _counts(findings: Iterable[ScanFinding]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[ScanFinding]] = {}
    for finding in findings:
        groups.setdefault((finding.family, finding.type), []).append(finding)
    return [
        {
            "family": family,
            "type": kind,
            "findings": len(group),
            "distinct": len({finding.fingerprint for finding in group}),
            "files": len({finding.path for finding in group}),
        }
        for (family, kind), group in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    ]


def _places(findings: Iterable[ScanFinding]) -> list[dict[str, Any]]:
    """Return each distinct value with its first places, the surest secrets first."""
    groups: dict[str, list[ScanFinding]] = {}
    for finding in findings:
        groups.setdefault(finding.fingerprint, []).append(finding)
    rows = [{"first": g[0], "count": len(g), "examples": g[:_EXAMPLES]} for g in groups.values()]
    return sorted(rows, key=_rank)


def _rank(row: dict[str, Any]) -> tuple[int, int, bytes, int]:
    first: ScanFinding = row["first"]
    family, sure = _FAMILIES.index(first.family), _CONFIDENCES.index(first.confidence)
    return (family, sure, first.path, first.start)


def _held(report: ScanReport) -> list[dict[str, Any]]:
    groups: dict[str, list[LicenseVerdict]] = {}
    for verdict in report.held:
        for reason in report.why_held(verdict):
            groups.setdefault(reason, []).append(verdict)
    return [
        {
            "reason": reason,
            "title": report.blockers[reason],
            "files": len(group),
            "examples": group[:_EXAMPLES],
        }
        for reason, group in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    ]


def _unscanned(items: Iterable[Unscanned]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[bytes]] = {}
    for item in items:
        groups.setdefault((item.reason, item.family), []).append(item.path)
    return [
        {"reason": reason, "family": family, "paths": paths}
        for (reason, family), paths in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    ]
