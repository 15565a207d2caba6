"""``shardgate reviewer …``: who decides in which lane."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.people import As, AsJson, DryRun, acting
from policies.decision import Lane
from store.catalog import ReviewerBook
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.settings import Settings

app = typer.Typer(help="Say who decides in which lane.", no_args_is_help=True)

_NAME = Annotated[str, typer.Argument(help="Name of the person, as they give it with --as.")]
_LANE = Annotated[Lane, typer.Option(help="legal, privacy or security.")]


@app.command("add")
def add(name: _NAME, lane: _LANE, by: As = "", dry_run: DryRun = False) -> None:
    """Put a person into a lane."""
    context, who = Context(settings=Settings()), acting(name)
    if not dry_run:
        ReviewerBook(context.catalog, clock=utc_now).add(who, lane, actor=acting(by))
        seal_audit(context)
    out.print(f"{who} {'would decide' if dry_run else 'decides'} in the lane {lane}")


@app.command("remove")
def remove(name: _NAME, lane: _LANE, by: As = "", dry_run: DryRun = False) -> None:
    """Take a person out of a lane; what they decided stands."""
    context, who = Context(settings=Settings()), acting(name)
    if not dry_run:
        ReviewerBook(context.catalog, clock=utc_now).remove(who, lane, actor=acting(by))
        seal_audit(context)
    out.print(f"{who} {'would no longer decide' if dry_run else 'no longer decides'} in {lane}")


@app.command("list")
def list_reviewers(
    lane: Annotated[Lane | None, typer.Option(help="One lane only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the reviewers of every lane, and how many of them have to agree."""
    context = Context(settings=Settings())
    found = ReviewerBook(context.catalog, clock=utc_now).list_all(lane)
    quorum = {name: context.policy.quorum(name) for name in Lane}
    if as_json:
        rows = [
            {"lane": r.lane, "name": r.name, "active": r.active, "quorum": quorum[r.lane]}
            for r in found
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    print_table(
        "reviewers",
        ("lane", "name", "since", "state", "quorum"),
        [
            (
                r.lane.value,
                r.name,
                r.changed_at.date().isoformat(),
                "active" if r.active else "left",
                quorum[r.lane],
            )
            for r in found
        ],
    )
