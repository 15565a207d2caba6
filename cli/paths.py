"""``shardgate report`` and ``shardgate why``: what was found, and why a file is where it is."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out, print_table, safe
from cli.run import find_repository
from policies.report import display_path, to_csv, to_html, to_json, to_sarif
from workers.context import Context
from workers.reports import explain_path, violation_report
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
