"""Violation reports: what stands against release, grouped, masked and counted.

Names are loaded when they are first asked for: who only escapes a path needs no database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.report.escape import display_path
    from policies.report.group import group_violations
    from policies.report.history import add_history, add_rotations
    from policies.report.model import ViolationReport
    from policies.report.render_csv import to_csv
    from policies.report.render_html import to_html
    from policies.report.render_json import to_json, to_jsonl
    from policies.report.render_sarif import to_sarif
    from policies.report.render_xlsx import to_xlsx
    from policies.report.suppress import add_reviews

__all__ = [
    "ViolationReport",
    "add_history",
    "add_reviews",
    "add_rotations",
    "display_path",
    "group_violations",
    "to_csv",
    "to_html",
    "to_json",
    "to_jsonl",
    "to_sarif",
    "to_xlsx",
]
_MODULES = {
    "ViolationReport": "model",
    "add_history": "history",
    "add_reviews": "suppress",
    "add_rotations": "history",
    "display_path": "escape",
    "group_violations": "group",
    "to_csv": "render_csv",
    "to_html": "render_html",
    "to_json": "render_json",
    "to_jsonl": "render_json",
    "to_sarif": "render_sarif",
    "to_xlsx": "render_xlsx",
}


def __getattr__(name: str) -> object:
    """Load a name of `__all__` (PEP 562)."""
    if name not in _MODULES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
