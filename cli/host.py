"""``shardgate host …``: stop and resume traffic to the hosts of repositories."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import out, print_table
from cli.people import As, acting
from workers.audit import seal_audit
from workers.context import Context
from workers.hosts import HostView, list_hosts, pause_host, resume_host
from workers.settings import Settings

app = typer.Typer(
    help="Stop and resume traffic to the hosts of repositories.", no_args_is_help=True
)

Host = Annotated[str, typer.Argument(help="Name such as git.example.com, or a URL.")]


@app.command("pause")
def pause(
    host: Host,
    reason: Annotated[str, typer.Option(help="One line; shown where visits wait.")],
    by: As = "",
) -> None:
    """Stop all traffic to a host: running fetches end, the others wait until it is resumed."""
    context = Context(settings=Settings())
    record = pause_host(context, host, actor=acting(by), reason=reason)
    seal_audit(context)
    out.print(f"{record.name} is paused; fetches that run ({record.fetches}) end within seconds")


@app.command("resume")
def resume(host: Host, by: As = "") -> None:
    """Let traffic to a host flow again."""
    context = Context(settings=Settings())
    woken = resume_host(context, host, actor=acting(by))
    seal_audit(context)
    out.print(f"resumed; {woken} waiting visits go on")


@app.command("list")
def list_all() -> None:
    """List hosts: paused or not, visits that run and that wait."""
    rows = [
        (v.host.name, _state(v), v.repositories, v.host.fetches, v.waiting, _why(v))
        for v in list_hosts(Context(settings=Settings()))
    ]
    columns = ("host", "state", "repositories", "fetching", "waiting", "why")
    print_table(f"hosts: {len(rows):,}", columns, rows)


def _state(view: HostView) -> str:
    if view.host.is_paused:
        return "paused"
    until = view.host.throttled_until
    return f"slowed until {until:%H:%M:%S} UTC" if until else "open"


def _why(view: HostView) -> str:
    host = view.host
    return f"{host.paused_by}: {host.reason}" if host.is_paused else host.throttle_cause
