"""``report``, ``why``, ``why-not`` and ``unlock``: what was found, and what would release it."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.console import human_bytes, out, print_table, safe
from cli.people import As, AsJson, acting
from cli.review_text import print_json
from cli.why_text import print_story
from ingest.errors import InputError
from policies.decision import Outcome
from policies.model import WITHDRAWN
from policies.report import display_path
from policies.steps import Step, StepKind
from workers.context import Context
from workers.exports import ReportFormat, record_report, render_dataset, render_report
from workers.file_record import story_record, way_record
from workers.reports import find_way_out, tell_file
from workers.running import find_repository
from workers.settings import Settings
from workers.unlocks import rank


def report(
    repo: Annotated[
        str, typer.Argument(help="Name, id or URL of a repository; none: all of them.")
    ] = "",
    form: Annotated[ReportFormat, typer.Option("--format", help="How to write it.")] = (
        ReportFormat.HTML
    ),
    everything: Annotated[
        bool, typer.Option("--all", help="All repositories in one file.")
    ] = False,
    release: Annotated[
        str, typer.Option(help="A release instead, as an SPDX dataset (--format spdx).")
    ] = "",
    output: Annotated[Path | None, typer.Option(help="File; - for standard output.")] = None,
    by: As = "",
) -> None:
    """Write the violation report of a repository: grouped, masked, with what each blocks."""
    context = Context(settings=Settings())
    if sum(map(bool, (repo, everything, release))) > 1:
        raise InputError("Name a repository, or a release, or give --all.")
    if release and form is not ReportFormat.SPDX:
        raise InputError("A release is written with --format spdx.")
    actor = acting(by)
    if release:
        name, data = release, render_dataset(context, release)
    else:
        known = context.catalog.list_repositories()
        chosen = [find_repository(known, repo)] if repo else known
        if not chosen:
            raise InputError("No repository is registered.", hint="Run: shardgate repo add --help")
        name, data = chosen[0].id if repo else "all", render_report(context, chosen, form)
    record_report(context, actor, name, form=form, data=data)
    if output == Path("-"):
        typer.echo(data, nl=False)
        return
    path = output or context.settings.reports_dir / f"{name}.{form.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    out.print(f"report of {safe(repo or release or 'all repositories')}: {path}")


def why(
    repo: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    path: Annotated[str, typer.Argument(help="Path in the repository.")],
    as_json: AsJson = False,
) -> None:
    """Tell the chain from commit to verdict for one file: rules, facts, evidence, reviews."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), repo)
    story = tell_file(context, repository, os.fsencode(path))
    visit = context.catalog.latest_snapshot(repository.id)
    branch = visit.visit.branch or "?" if visit else "?"
    if as_json:
        print_json(story_record(story, repository, branch))
    else:
        print_story(story, repository, branch)


def why_not(
    repo: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    path: Annotated[str, typer.Argument(help="Path in the repository.")],
    as_json: AsJson = False,
) -> None:
    """Tell the smallest set of approvals that would release one file."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), repo)
    raw = os.fsencode(path)
    told, way = find_way_out(context, repository, raw)
    if as_json:
        print_json(way_record(told, way))
        return
    out.print(f"{safe(repository.name)}: {display_path(raw)}")
    out.print(f"{told.outcome}: {safe(told.summary)}\n")
    if told.outcome == Outcome.RELEASABLE:
        return
    for number, steps in enumerate(way.sets, start=1):
        title = "the smallest way out" if len(way.sets) == 1 else f"way out {number}"
        print_table(title, ("who", "does what"), [(_who(s), _what(s)) for s in steps])
    if not way.sets:
        out.print(f"no approval releases it: {', '.join(way.dead_ends)} cannot be waived")
        if WITHDRAWN in way.dead_ends:
            ids = ", ".join(name for name in told.waiver_ids if name.startswith("wdr_"))
            out.print(f"  only lifting the withdrawal does: shardgate withdraw show {ids}")


def unlock(
    most: Annotated[int, typer.Option("--most", min=1, help="Lines to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Rank the single approvals that would release most."""
    found = rank(Context(settings=Settings()), most)
    if as_json:
        print_json(asdict(found))
        return
    rows = [
        (
            u.reason,
            u.lane or "owner",
            u.repository,
            u.license,
            u.files,
            human_bytes(u.bytes),
            u.tokens,
        )
        for u in found.items
    ]
    columns = ("approval", "by", "repository", "license", "files", "bytes", "tokens (est.)")
    print_table("single approvals that would release most", columns, rows)
    if found.total > len(found.items):
        out.print(f"… and {found.total - len(found.items):,} more")


def _who(step: Step) -> str:
    return step.lane or "owner"


def _what(step: Step) -> str:
    return {
        StepKind.CONSENT: "registers release consent with an end date",
        StepKind.RIGHTS: f"registers the rights basis {step.subject}",
        StepKind.FALSE_POSITIVE: f"declares {step.subject} findings false positives, each by a "
        f"review: {', '.join(step.fingerprints)}",
        StepKind.WAIVE: f"clears {step.subject} (shardgate review propose waive)",
        StepKind.REDACT: f"has what {step.subject} found taken out (shardgate review propose "
        "redact)",
        StepKind.WITHDRAW: f"withdraws the review {step.subject}",
    }[step.kind]
