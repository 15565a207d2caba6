"""``shardgate user …`` and ``shardgate login-link``: who may log in, and as what."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.people import As, AsJson, acting
from ingest.errors import InputError
from policies.access import Role
from store.catalog import LINK_LIFE, User
from workers import embedded
from workers.audit import seal_audit
from workers.context import Context
from workers.front_door import FrontDoor, login_url
from workers.settings import Settings

app = typer.Typer(help="Who may log in, and as what.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(help="Name of the user, in lower case.")]
_Roles = Annotated[list[Role] | None, typer.Option("--role", help="A role; repeat for several.")]
_Teams = Annotated[
    list[str] | None,
    typer.Option("--team", help="Owner of repositories that they stand for; repeat for several."),
]
_Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command("add")
def add(
    name: _Name, role: _Roles = None, team: _Teams = None, stdin: _Stdin = False, by: As = ""
) -> None:
    """Add a user with roles; without a password they log in by a link."""
    context = Context(settings=Settings())
    door, actor = FrontDoor(context), acting(by)
    if not role:
        raise InputError("A user without a role can do nothing.", hint="Give --role.")
    password = sys.stdin.readline().rstrip("\n") if stdin else ""
    user = door.users.add(name, role, actor=actor, teams=team or ())
    if stdin:
        door.set_password(name, password, actor=actor)
    seal_audit(context)
    _print_user(user)
    if not stdin:
        out.print(f"  a link to log in: shardgate login-link {name}")


@app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List users, also those who may not log in any more."""
    users = FrontDoor(Context(settings=Settings())).users.list_all()
    if as_json:
        rows = [
            {
                "name": u.name,
                "roles": sorted(u.roles),
                "teams": sorted(u.teams),
                "active": u.active,
                "has_password": u.has_password,
                "issuer": u.issuer,
                "created_at": u.created_at.isoformat(),
                "created_by": u.created_by,
            }
            for u in users
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    print_table(
        f"users: {len(users):,}",
        ("name", "roles", "teams", "state", "logs in by"),
        [
            (
                u.name,
                ", ".join(sorted(u.roles)),
                ", ".join(sorted(u.teams)),
                "active" if u.active else "disabled",
                u.issuer or ("password" if u.has_password else "link"),
            )
            for u in users
        ],
    )


@app.command("passwd")
def passwd(name: _Name, stdin: _Stdin = False, by: As = "") -> None:
    """Give a user a password; their sessions and links end."""
    door = FrontDoor(Context(settings=Settings()))
    if stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    door.set_password(name, password, actor=acting(by))
    out.print(f"{name} has a new password; their sessions have ended")


@app.command("roles")
def roles(name: _Name, role: _Roles = None, team: _Teams = None, by: As = "") -> None:
    """Give a user exactly these roles, or these teams; what is not named stays as it is."""
    context = Context(settings=Settings())
    door, actor = FrontDoor(context), acting(by)
    user = door.users.find(name)
    if role:
        user = door.users.change_roles(name, role, actor=actor)
    if team:
        user = door.users.change_teams(name, team, actor=actor)
    if user is None:
        raise InputError(f"There is no user {name}.")
    seal_audit(context)
    _print_user(user)


@app.command("disable")
def disable(
    name: _Name,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    by: As = "",
) -> None:
    """Let a user in no more: sessions and tokens of theirs end at once."""
    context = Context(settings=Settings())
    user = FrontDoor(context).users.set_active(name, active=undo, actor=acting(by))
    seal_audit(context)
    out.print(f"{user.name} {'may log in again' if undo else 'may not log in any more'}")


@app.command("logout")
def logout(name: _Name, by: As = "") -> None:
    """End all sessions of a user; they may log in again."""
    ended = FrontDoor(Context(settings=Settings())).end_sessions(name, actor=acting(by))
    out.print(f"{ended:,} sessions of {name} have ended")


def login_link(name: _Name, by: As = "") -> None:
    """Make a link that logs a user in once, and show it."""
    settings = Settings()
    link = FrontDoor(Context(settings=settings)).make_link(name, actor=acting(by))
    out.print(f"logs {name} in, once, within {LINK_LIFE.seconds // 60} minutes:")
    # A terminal may wrap it no more than a script may cut it.
    typer.echo(login_url(settings, link, port=embedded.web_port(settings)))


def _print_user(user: User) -> None:
    teams = f" for {', '.join(sorted(user.teams))}" if user.teams else ""
    out.print(f"{user.name} is {', '.join(sorted(user.roles)) or 'nothing'}{teams}")
