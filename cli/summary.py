"""The table at the end of a run: repository by tier, with the reasons that count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.console import human_bytes, out, print_table
from ingest.domain.repository import Repository
from policies.decision import Outcome
from policies.effective import describe_reason
from policies.model import Effect
from policies.report import to_html
from workers.context import Context
from workers.corpus import corpus_keys, load_decisions
from workers.reports import violation_report

_TOP_REASONS = 3


@dataclass(slots=True)
class _Cell:
    files: int = 0
    size: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def print_summary(context: Context, repositories: Sequence[Repository]) -> None:
    """Print files and bytes of every outcome of some repositories, from the decisions in force."""
    decisions = load_decisions(context, corpus_keys(context))
    if decisions is None:
        out.print("no decisions yet: a stage has not ended, see shardgate status")
        return
    names = {r.id: r.name for r in repositories}
    cells: dict[tuple[str, str], _Cell] = {}
    columns = ("repo_id", "outcome", "size", "reasons")
    for row in decisions.select(columns).to_pylist():
        if row["repo_id"] in names:
            cell = cells.setdefault((row["repo_id"], row["outcome"]), _Cell())
            cell.files += 1
            cell.size += row["size"]
            cell.reasons.update(row["reasons"])
    order = [outcome.value for outcome in reversed(Outcome)]
    rows = [
        (names[repo], outcome, cell.files, human_bytes(cell.size), _top(context, outcome, cell))
        for (repo, outcome), cell in sorted(
            cells.items(), key=lambda item: (names[item[0][0]], order.index(item[0][1]))
        )
    ]
    print_table("what came out", ("repository", "tier", "files", "bytes", "top reasons"), rows)


def _top(context: Context, outcome: str, cell: _Cell) -> str:
    """Return the most frequent reasons that made the outcome: grants here, obstacles there."""
    is_released = outcome == Outcome.RELEASABLE.value
    told = {name: describe_reason(name, context.policy) for name in cell.reasons}
    wanted = [
        name
        for name, reason in told.items()
        if (reason.effect == Effect.GRANT if is_released else reason.is_blocking)
    ]
    ranked = sorted(wanted, key=lambda name: (-cell.reasons[name], name))
    return ", ".join(f"{name} {cell.reasons[name]}" for name in ranked[:_TOP_REASONS])


def write_reports(context: Context, repositories: Sequence[Repository]) -> Path:
    """Write one HTML report over some repositories and return its path."""
    path = context.settings.reports_dir / "report.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    report = violation_report(context, repositories)
    path.write_text(to_html(report), encoding="utf-8")
    return path
