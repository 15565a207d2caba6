"""``report``, ``why``, ``why-not`` and ``unlock``: what was found, and what would release it."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.console import human_bytes, out, print_table, safe
from cli.run import find_repository
from policies.decision import Outcome
from policies.report import display_path, to_csv, to_html, to_json, to_sarif
from policies.why_not import Step, StepKind
from workers.context import Context
from workers.reports import explain_path, find_unlocks, find_way_out, violation_report
from workers.settings import Settings


class Format(StrEnum):
    """How a report is written."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"


_RENDER = {
    Format.HTML: to_html,
    Format.JSON: to_json,
    Format.CSV: to_csv,
    Format.SARIF: to_sarif,
}


def report(
    repo: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.HTML,
    output: Annotated[Path | None, typer.Option(help="File; - for standard output.")] = None,
) -> None:
    """Write the violation report of a repository: grouped, masked, with what each blocks."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), repo)
    text = _RENDER[form](violation_report(context, [repository]))
    if output == Path("-"):
        typer.echo(text)
        return
    path = output or context.settings.reports_dir / f"{repository.id}.{form.value}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    out.print(f"report of {safe(repository.name)}: {path}")


def why(
    repo: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    path: Annotated[str, typer.Argument(help="Path in the repository.")],
) -> None:
    """Tell the chain from commit to verdict for one file: facts, rules, what they amount to."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), repo)
    raw = os.fsencode(path)
    told, dossier = explain_path(context, repository, raw)
    visit = context.catalog.latest_snapshot(repository.id)
    out.print(f"{safe(repository.name)}: {display_path(raw)}")
    out.print(f"{told.outcome}: {safe(told.summary)}\n")
    rows = [
        ("commit", f"{dossier['commit_id']} ({visit.visit.branch if visit else '?'})"),
        ("blob", f"{dossier['blob_id']}, {dossier['size']:,} bytes"),
        ("license", told.license),
        ("redacted", ", ".join(told.redact_categories) or "nothing"),
        ("waits for", ", ".join(told.pending_lanes) or "nobody"),
        ("policy", f"{told.policy_name} {told.policy_digest[:12]}"),
    ]
    if told.waiver_ids:
        rows.append(("decided by people", ", ".join(told.waiver_ids)))
    if told.waived:
        rows.append(("waived", ", ".join(told.waived)))
    if told.counterpart:
        other, copy, score = told.counterpart
        rows.append(("copy of", f"{other} {display_path(copy)} (similarity {score:.2f})"))
    print_table("chain", ("what", "value"), rows)
    print_table(
        "rules that fired",
        ("rule", "effect", "because"),
        [(r.id, r.effect + (f" ({r.lane})" if r.lane else ""), r.because) for r in told.reasons],
    )
    facts = {f.column: (f.column, f.value, f.meaning) for r in told.reasons for f in r.facts}
    print_table("facts they read", ("fact", "value", "meaning"), [facts[k] for k in sorted(facts)])


def why_not(
    repo: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    path: Annotated[str, typer.Argument(help="Path in the repository.")],
) -> None:
    """Tell the smallest set of approvals that would release one file."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), repo)
    raw = os.fsencode(path)
    told, way = find_way_out(context, repository, raw)
    out.print(f"{safe(repository.name)}: {display_path(raw)}")
    out.print(f"{told.outcome}: {safe(told.summary)}\n")
    if told.outcome == Outcome.RELEASABLE:
        return
    for number, steps in enumerate(way.sets, start=1):
        title = "the smallest way out" if len(way.sets) == 1 else f"way out {number}"
        print_table(title, ("who", "does what"), [(_who(s), _what(s)) for s in steps])
    if not way.sets:
        out.print(f"no approval releases it: {', '.join(way.dead_ends)} cannot be waived")


def unlock(
    most: Annotated[int, typer.Option("--most", min=1, help="Lines to show.")] = 20,
) -> None:
    """Rank the single approvals that would release most."""
    context = Context(settings=Settings())
    names = {r.id: r.name for r in context.catalog.list_repositories()}
    found = find_unlocks(context)
    rows = [
        (
            u.reason,
            u.lane or "owner",
            names.get(u.repo_id, u.repo_id),
            u.license_expression,
            u.volume.files,
            human_bytes(u.volume.bytes),
            u.volume.tokens,
        )
        for u in found[:most]
    ]
    columns = ("approval", "by", "repository", "license", "files", "bytes", "tokens (est.)")
    print_table("single approvals that would release most", columns, rows)
    if len(found) > most:
        out.print(f"… and {len(found) - most:,} more")


def _who(step: Step) -> str:
    return step.lane or "owner"


def _what(step: Step) -> str:
    return {
        StepKind.CONSENT: "registers release consent with an end date",
        StepKind.RIGHTS: f"registers the rights basis {step.subject}",
        StepKind.FALSE_POSITIVE: f"declares every {step.subject} finding a false positive",
        StepKind.WAIVE: f"clears {step.subject} (shardgate review propose)",
    }[step.kind]
