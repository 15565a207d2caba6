"""A violation report as a workbook (Office Open XML) for people who do not run the tool.

Every text is written as a string: no cell becomes a formula or a link, whatever is in it. The
same inputs give the same bytes; the only date inside is that of the newest commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from itertools import chain
from typing import Final, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from policies.report.escape import display_path, display_text
from policies.report.model import BYTES_PER_TOKEN, OUTCOMES, Group, ViolationReport
from policies.report.occurrences import Occurrence
from policies.report.said import Said

_EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no zones, and this is its first day
_MAX_CHARS: Final = 32_767
"""Characters of one cell (Excel specifications and limits)."""
MAX_ROWS: Final = 1_048_575
"""Rows of one sheet below its header; what is more goes on in the next one."""

_Cell = str | bytes | int
"""Bytes are paths, and shown as such."""


class _Column(NamedTuple):
    title: str
    width: int
    """Characters."""


_SUMMARY: Final = (
    _Column("Repository", 32),
    _Column("Name", 32),
    *(
        _Column(f"{outcome.value}: {unit}", 18)
        for outcome in OUTCOMES
        for unit in ("files", "bytes")
    ),
    _Column("seen: files", 14),
    _Column("seen: tokens (estimate)", 22),
)
_GROUPS: Final = (
    _Column("Group", 22),
    _Column("State", 10),
    _Column("Repository", 32),
    _Column("Rule", 24),
    _Column("Title", 36),
    _Column("Because", 60),
    _Column("Remedy", 40),
    _Column("Effect", 14),
    _Column("Lane", 10),
    _Column("Kind", 10),
    _Column("Finding or license", 34),
    _Column("Category", 22),
    _Column("Masked value", 16),
    _Column("Cases", 9),
    _Column("Files", 9),
    _Column("Bytes", 12),
    _Column("Blocked files", 13),
    _Column("Blocked bytes", 13),
    _Column("Blocked tokens (estimate)", 24),
    _Column("Examples", 60),
    _Column("Rotation", 12),
    _Column("Reviews", 60),
)
_FILES: Final = (
    _Column("Repository", 32),
    _Column("Path", 60),
    _Column("Content", 42),
    _Column("Bytes", 12),
    _Column("Outcome", 14),
    _Column("Reasons", 44),
    _Column("Waits for", 18),
    _Column("Taken out", 30),
    _Column("License", 30),
    _Column("License type", 16),
    _Column("License from", 14),
    _Column("Whose", 14),
    _Column("Waived reasons", 30),
    _Column("Reviews", 24),
    _Column("Copy of", 50),
)
_REVIEWS: Final = (
    _Column("Review", 22),
    _Column("State", 12),
    _Column("Kind", 16),
    _Column("Lane", 10),
    _Column("About", 60),
    _Column("Reason", 20),
    _Column("Comment", 60),
    _Column("Asked by", 16),
    _Column("Asked at", 22),
    _Column("Decided by", 24),
    _Column("Decided at", 22),
    _Column("Expires", 22),
    _Column("Extends", 22),
    _Column("Rule is as it was", 18),
    _Column("Steps", 80),
)


def to_xlsx(report: ViolationReport, files: Iterable[Occurrence]) -> bytes:
    """Return the workbook: summary, groups, files, and the decisions of people."""
    buffer = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, options) as book:
        made = report.data_at.replace(tzinfo=None) if report.data_at else _EPOCH
        book.set_properties({"title": "Violation report", "created": made})
        header = book.add_format({"bold": True, "bottom": 1})
        _write_summary(book, report, header)
        groups = chain(report.groups, report.cleared)
        _write_sheets(book, "Groups", _GROUPS, map(_group_cells, groups), header)
        _write_sheets(book, "Files", _FILES, map(_file_cells, files), header)
        _write_sheets(book, "Decisions", _REVIEWS, map(_said_cells, report.said), header)
    return buffer.getvalue()


def _write_summary(book: Workbook, report: ViolationReport, header: Format) -> None:
    rows: list[Sequence[_Cell]] = []
    for repository in report.repositories:
        amounts = [repository.by_outcome[outcome] for outcome in OUTCOMES]
        counts = [count for amount in amounts for count in (amount.files, amount.bytes)]
        seen = (repository.seen.files, repository.seen.tokens)
        rows.append((repository.repo_id, repository.name, *counts, *seen))
    _write_sheets(book, "Summary", _SUMMARY, rows, header)
    facts = (
        ("policy", report.policy_name),
        ("policy digest", report.policy_digest),
        ("inputs digest", report.input_digest),
        ("newest commit", report.data_at.isoformat() if report.data_at else "none"),
        ("tokens", f"bytes divided by {BYTES_PER_TOKEN}, an assumption"),
    )
    _write_sheets(book, "About", (_Column("What", 20), _Column("Value", 80)), facts, header)


def _write_sheets(
    book: Workbook,
    name: str,
    columns: Sequence[_Column],
    rows: Iterable[Sequence[_Cell]],
    header: Format,
) -> None:
    """Write one sheet, and further ones where the rows are too many for it."""
    left = iter(rows)
    number = 1
    while True:
        title = name if number == 1 else f"{name} {number}"
        written = _write_sheet(book, title, columns, left, header)
        if written < MAX_ROWS:
            return
        number += 1


def _write_sheet(
    book: Workbook,
    title: str,
    columns: Sequence[_Column],
    rows: Iterator[Sequence[_Cell]],
    header: Format,
) -> int:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, column.title, header)
    written = 0
    for cells in rows:
        written += 1
        for position, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(written, position, cell)
            elif cell:
                text = display_path(cell) if isinstance(cell, bytes) else display_text(cell)
                sheet.write_string(written, position, text[:_MAX_CHARS])
        if written == MAX_ROWS:
            break
    sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
    return written


def _group_cells(group: Group) -> Sequence[_Cell]:
    places = (p.path + (b":%d" % p.line if p.line else b"") for p in group.examples)
    said = (f"{s.review_id} {s.status}: {s.justification}" for s in group.suppressions)
    return (
        group.id,
        group.state,
        group.repo_id,
        group.rule_id,
        group.title,
        group.because,
        group.remedy,
        group.effect,
        group.lane,
        group.kind,
        group.key,
        group.label,
        group.preview,
        group.cases,
        group.touched.files,
        group.touched.bytes,
        group.blocked.files,
        group.blocked.bytes,
        group.blocked.tokens,
        b"; ".join(places),
        group.rotation,
        "; ".join(said),
    )


def _file_cells(file: Occurrence) -> Sequence[_Cell]:
    return (
        file.repo_id,
        file.path,
        file.blob_id,
        file.size,
        file.outcome,
        ", ".join(file.reasons),
        ", ".join(file.pending_lanes),
        ", ".join(file.redact_categories),
        file.license_expression,
        file.license_type,
        file.license_source,
        file.ownership,
        ", ".join(file.waived_reasons),
        ", ".join(file.waiver_ids),
        file.copy_of,
    )


def _said_cells(said: Said) -> Sequence[_Cell]:
    review = said.review
    steps = (f"{s.at.isoformat()} {s.actor} {s.action}: {s.comment}" for s in said.steps)
    return (
        review.id,
        said.state.value,
        review.kind.value,
        review.lane.value,
        said.target,
        review.reason.value,
        review.comment,
        review.requested_by,
        review.requested_at.isoformat(),
        ", ".join(said.decided_by),
        said.decided_at.isoformat() if said.decided_at else "",
        review.expires_at.isoformat() if review.expires_at else "",
        review.extends,
        "yes" if said.fits else "no",
        "; ".join(steps),
    )
