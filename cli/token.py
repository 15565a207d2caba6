"""``shardgate token …``: what programs identify themselves with."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.people import As, acting, end_of, parse_day
from ingest.errors import InputError
from policies.access import Action
from release.domain.grant import Purpose
from store.catalog import Scope, TokenBook, TokenRequest, parse_scope
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.pulling import DEFAULT_GRANT_DAYS
from workers.settings import Settings

app = typer.Typer(help="What programs identify themselves with.", no_args_is_help=True)

_DEFAULT_LIFE = timedelta(days=DEFAULT_GRANT_DAYS)


@app.command("create")
def create(
    consumer: Annotated[str, typer.Argument(help="Who acts by it, as grants name them.")],
    purpose: Annotated[
        Purpose | None, typer.Option(help="What is pulled is for; needed to pull.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it is for: `pull`, or an action such as `finding.read`; repeat."),
    ] = None,
    until: Annotated[str, typer.Option(help="Last day; default: 90 days from now.")] = "",
    run: Annotated[str, typer.Option(help="Training run that all pulls by it are for.")] = "",
    by: As = "",
) -> None:
    """Make a token and show it, once: for pulling, or for what --scope names."""
    context = Context(settings=Settings())
    scopes = [_scope(name) for name in scope or [Scope.PULL]]
    if purpose is None and {Scope.PULL, Action.PULL_TAKE} & set(scopes):
        raise InputError("Say what is pulled is for: --purpose.")
    try:
        request = TokenRequest(
            consumer=consumer,
            scopes=scopes,
            # Who only reads about rows trains nothing.
            purpose=(purpose or Purpose.EVALUATION).value,
            expires_at=end_of(parse_day(until)) if until else utc_now() + _DEFAULT_LIFE,
            run_id=run,
        )
    except ValueError as error:
        raise InputError(f"This cannot be asked for: {error}.") from None
    token, value = TokenBook(context.catalog, clock=utc_now).create(request, actor=acting(by))
    seal_audit(context)
    out.print(f"{token.id} acts for {token.consumer} until {token.expires_at:%Y-%m-%d}:")
    # The one place where it is shown; a terminal may wrap it no more than a script may cut it.
    typer.echo(value)


@app.command("list")
def list_tokens() -> None:
    """List tokens: for whom, until when, last used."""
    now = utc_now()
    rows = [
        (
            t.id,
            t.consumer,
            " ".join(sorted(t.scopes)),
            t.purpose,
            t.run_id,
            t.state_at(now),
            f"{t.expires_at:%Y-%m-%d}",
            f"{t.last_used_at:%Y-%m-%d %H:%M}" if t.last_used_at else "never",
        )
        for t in TokenBook(Context(settings=Settings()).catalog, clock=utc_now).list_all()
    ]
    columns = ("token", "acts for", "scopes", "purpose", "run", "state", "until", "last used")
    print_table(f"tokens: {len(rows):,}", columns, rows)


@app.command("revoke")
def revoke(
    token_id: Annotated[str, typer.Argument(help="As `token list` shows it.")], by: As = ""
) -> None:
    """End a token at once."""
    context = Context(settings=Settings())
    token = TokenBook(context.catalog, clock=utc_now).revoke(token_id, actor=acting(by))
    seal_audit(context)
    out.print(f"{token.id} is revoked")


def _scope(name: str) -> Scope | Action:
    try:
        return parse_scope(name)
    except ValueError:
        raise InputError(
            f"There is no scope {name}.", hint=f"Scopes: pull, {', '.join(Action)}."
        ) from None
