"""A violation report as CSV: one row per group, open or cleared, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import Final

from policies.report.escape import csv_cell, display_path, display_text
from policies.report.model import Group, ViolationReport

_HEADER: Final = (
    "repo_id",
    "repository",
    "rule_id",
    "title",
    "effect",
    "lane",
    "kind",
    "key",
    "label",
    "preview",
    "cases",
    "files",
    "bytes",
    "blocked_files",
    "blocked_bytes",
    "blocked_tokens_estimated",
    "example_path",
    "example_line",
    "rotation",
    "reviews",
    "state",
)


def to_csv(report: ViolationReport) -> str:
    """Return the groups as CSV (RFC 4180) with a header; what people cleared comes last.

    A cell that starts with a character by which spreadsheets know formulas gets an apostrophe.
    """
    names = {repository.repo_id: repository.name for repository in report.repositories}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for group in chain(report.groups, report.cleared):
        writer.writerow([csv_cell(cell) for cell in _cells(group, names[group.repo_id])])
    return buffer.getvalue()


def _cells(group: Group, repository: str) -> list[str]:
    first = group.examples[0] if group.examples else None
    texts = (
        group.repo_id,
        repository,
        group.rule_id,
        group.title,
        group.effect,
        group.lane,
        group.kind,
        group.key,
        group.label,
        group.preview,
    )
    numbers = (
        group.cases,
        group.touched.files,
        group.touched.bytes,
        group.blocked.files,
        group.blocked.bytes,
        group.blocked.tokens,
    )
    return [
        *(display_text(text) for text in texts),
        *(str(number) for number in numbers),
        display_path(first.path) if first else "",
        str(first.line) if first else "",
        group.rotation,
        "; ".join(f"{said.review_id} {said.status}" for said in group.suppressions),
        group.state,
    ]
