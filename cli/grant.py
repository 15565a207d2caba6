"""``shardgate grant …``: who may pull which tier, for which purpose, until when."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.people import As, AsJson, DryRun, acting, end_of, parse_day
from policies.decision import Tier
from release.domain.grant import Grant, Purpose, Wish
from store.catalog import GrantBook
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.pulling import DEFAULT_GRANT_DAYS
from workers.remarks import checked_remark
from workers.settings import Settings

app = typer.Typer(help="Say who may pull what, for which purpose.", no_args_is_help=True)

_CONSUMER = Annotated[
    str, typer.Argument(help="Person, team or service, as they say with --consumer.")
]
_TIER = Annotated[Tier, typer.Option(help="releasable or internal-only.")]
_PURPOSE = Annotated[Purpose, typer.Option(help="What is trained or measured.")]


@app.command("add")
def add(
    consumer: _CONSUMER,
    tier: _TIER,
    purpose: _PURPOSE,
    until: Annotated[str, typer.Option(help="Last day; default: 90 days from now.")] = "",
    comment: Annotated[str, typer.Option(help="One line; never a secret.")] = "",
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """Let somebody else pull; nobody grants to themselves, and every grant ends."""
    context = Context(settings=Settings())
    book = GrantBook(context.catalog, clock=utc_now)
    last = parse_day(until) if until else _default_day()
    wish = Wish(consumer=acting(consumer), tier=tier, purpose=purpose)
    remark = checked_remark(context, comment) if comment else ""
    grant = book.draft(wish, end_of(last), by=acting(by), comment=remark)
    what = f"{grant.consumer} may pull {tier} releases for {purpose} until {last}"
    if dry_run:
        out.print(f"{what}: nothing was written")
        return
    book.add(grant)
    seal_audit(context)
    out.print(f"{grant.id}: {what}")


@app.command("list")
def list_grants(
    consumer: Annotated[str, typer.Option(help="Of one consumer only.")] = "",
    ended: Annotated[
        bool, typer.Option("--all", help="Those that were revoked or have expired, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the grants that count now."""
    context, now = Context(settings=Settings()), utc_now()
    found = [
        (grant, state)
        for grant in GrantBook(context.catalog, clock=utc_now).list_all(consumer)
        if (state := grant.state_at(now)) == "active" or ended
    ]
    if as_json:
        typer.echo(json.dumps([_record(grant, state) for grant, state in found], indent=2))
        return
    rows = [
        (
            grant.id,
            grant.consumer,
            f"{grant.purpose} {grant.tier}",
            f"{_last_day(grant)} {state}",
            f"{grant.granted_by} {grant.comment}",
        )
        for grant, state in found
    ]
    print_table("grants", ("grant", "consumer", "for", "until", "granted by"), rows, whole=1)


@app.command("revoke")
def revoke(
    grant_id: Annotated[str, typer.Argument(metavar="GRANT", help="Id of a grant.")],
    by: As = "",
) -> None:
    """End a grant at once; a pull that it let begin goes no further."""
    context = Context(settings=Settings())
    grant = GrantBook(context.catalog, clock=utc_now).revoke(grant_id, by=acting(by))
    seal_audit(context)
    out.print(
        f"{grant.id} is revoked: {grant.consumer} may no longer pull {grant.tier} releases for "
        f"{grant.purpose} by it. What was pulled is listed by: "
        f"shardgate pulls --consumer {grant.consumer}"
    )


def _last_day(grant: Grant) -> date:
    return (grant.expires_at - timedelta(microseconds=1)).date()


def _default_day() -> date:
    return utc_now().date() + timedelta(days=DEFAULT_GRANT_DAYS)


def _record(grant: Grant, state: str) -> dict[str, object]:
    return {
        "id": grant.id,
        "consumer": grant.consumer,
        "tier": grant.tier.value,
        "purpose": grant.purpose.value,
        "granted_by": grant.granted_by,
        "granted_at": grant.granted_at.isoformat(),
        "expires_at": grant.expires_at.isoformat(),
        "comment": grant.comment,
        "revoked_by": grant.revoked_by or None,
        "revoked_at": grant.revoked_at.isoformat() if grant.revoked_at else None,
        "state": state,
    }
