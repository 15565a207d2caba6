"""A violation report as a workbook (Office Open XML) for people who do not run the tool.

The same inputs give the same bytes; the only date inside is that of the newest commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import chain
from typing import Final

from xlsxwriter import Workbook

from policies.impact import BYTES_PER_TOKEN
from policies.report.model import OUTCOMES, Group, ViolationReport
from policies.report.occurrences import Occurrence
from policies.report.said import Said
from policies.report.sheets import Cell, Column, open_book, write_sheets

_SUMMARY: Final = (
    Column("Repository", 32),
    Column("Name", 32),
    *(
        Column(f"{outcome.value}: {unit}", 18)
        for outcome in OUTCOMES
        for unit in ("files", "bytes")
    ),
    Column("seen: files", 14),
    Column("seen: tokens (estimate)", 22),
)
_GROUPS: Final = (
    Column("Group", 22),
    Column("State", 10),
    Column("Repository", 32),
    Column("Rule", 24),
    Column("Title", 36),
    Column("Because", 60),
    Column("Remedy", 40),
    Column("Effect", 14),
    Column("Lane", 10),
    Column("Kind", 10),
    Column("Finding or license", 34),
    Column("Category", 22),
    Column("Masked value", 16),
    Column("Cases", 9),
    Column("Files", 9),
    Column("Bytes", 12),
    Column("Blocked files", 13),
    Column("Blocked bytes", 13),
    Column("Blocked tokens (estimate)", 24),
    Column("Examples", 60),
    Column("Rotation", 12),
    Column("Reviews", 60),
)
_FILES: Final = (
    Column("Repository", 32),
    Column("Path", 60),
    Column("Content", 42),
    Column("Bytes", 12),
    Column("Outcome", 14),
    Column("Reasons", 44),
    Column("Waits for", 18),
    Column("Taken out", 30),
    Column("License", 30),
    Column("License type", 16),
    Column("License from", 14),
    Column("Whose", 14),
    Column("Waived reasons", 30),
    Column("Reviews", 24),
    Column("Copy of", 50),
)
_REVIEWS: Final = (
    Column("Review", 22),
    Column("State", 12),
    Column("Kind", 16),
    Column("Lane", 10),
    Column("About", 60),
    Column("Reason", 20),
    Column("Comment", 60),
    Column("Asked by", 16),
    Column("Asked at", 22),
    Column("Decided by", 24),
    Column("Decided at", 22),
    Column("Expires", 22),
    Column("Extends", 22),
    Column("Rule is as it was", 18),
    Column("Steps", 80),
)


def to_xlsx(report: ViolationReport, files: Iterable[Occurrence]) -> bytes:
    """Return the workbook: summary, groups, files, and the decisions of people."""
    buffer = BytesIO()
    with open_book(buffer, "Violation report", report.data_at) as book:
        _write_summary(book, report)
        groups = chain(report.groups, report.cleared)
        write_sheets(book, "Groups", _GROUPS, map(_group_cells, groups))
        write_sheets(book, "Files", _FILES, map(_file_cells, files))
        write_sheets(book, "Decisions", _REVIEWS, map(_said_cells, report.said))
    return buffer.getvalue()


def _write_summary(book: Workbook, report: ViolationReport) -> None:
    rows: list[Sequence[Cell]] = []
    for repository in report.repositories:
        amounts = [repository.by_outcome[outcome] for outcome in OUTCOMES]
        counts = [count for amount in amounts for count in (amount.files, amount.bytes)]
        seen = (repository.seen.files, repository.seen.tokens)
        rows.append((repository.repo_id, repository.name, *counts, *seen))
    write_sheets(book, "Summary", _SUMMARY, rows)
    facts = (
        ("policy", report.policy_name),
        ("policy digest", report.policy_digest),
        ("inputs digest", report.input_digest),
        ("newest commit", report.data_at.isoformat() if report.data_at else "none"),
        ("tokens", f"bytes divided by {BYTES_PER_TOKEN}, an assumption"),
    )
    write_sheets(book, "About", (Column("What", 20), Column("Value", 80)), facts)


def _group_cells(group: Group) -> Sequence[Cell]:
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


def _file_cells(file: Occurrence) -> Sequence[Cell]:
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


def _said_cells(said: Said) -> Sequence[Cell]:
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
