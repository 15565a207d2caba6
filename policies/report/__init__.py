"""Violation reports: what stands against release, grouped, masked and counted."""

from __future__ import annotations

from policies.report.escape import display_path
from policies.report.group import group_violations
from policies.report.history import add_history
from policies.report.model import ViolationReport
from policies.report.render_csv import to_csv
from policies.report.render_html import to_html
from policies.report.render_json import to_json
from policies.report.render_sarif import to_sarif

__all__ = [
    "ViolationReport",
    "add_history",
    "display_path",
    "group_violations",
    "to_csv",
    "to_html",
    "to_json",
    "to_sarif",
]
