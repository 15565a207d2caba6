"""``shardgate repo webhook-secret``: what a host signs webhooks with."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import out
from cli.people import As, acting
from workers.audit import record_webhook_secret
from workers.context import Context
from workers.settings import Settings
from workers.webhook_secrets import Provider, make_secret


def webhook_secret(
    provider: Annotated[Provider, typer.Argument(help="github, gitlab, or gitea (Forgejo too).")],
    rotate: Annotated[
        bool,
        typer.Option("--rotate", help="Make a new one; the present one stays valid beside it."),
    ] = False,
    by: As = "",
) -> None:
    """Show the secret that hosts of a kind sign webhooks with; made at the first call."""
    settings = Settings()
    secret, is_new = make_secret(settings, provider, rotate=rotate)
    if is_new:
        record_webhook_secret(Context(settings=settings), provider.value, acting(by))
    out.print(f"webhook address: <address of the web server>/webhooks/{provider.value}")
    out.print("content type application/json, push events only; secret:")
    # a terminal may wrap it no more than a script may cut it
    typer.echo(secret)
