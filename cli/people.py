"""Who acts: named with ``--as``, else the login user. This version knows no passwords."""

from __future__ import annotations

import getpass
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from ingest.errors import InputError
from policies.review import check_person

As = Annotated[str, typer.Option("--as", help="Who acts; default: the login user.")]
Comment = Annotated[str, typer.Option(help="One line; never a secret.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")]


def acting(name: str, option: str = "--as") -> str:
    """Return the name of who acts, in lower case; `option` is where it is given.

    Raises:
        InputError: it is no name.
    """
    try:
        return check_person((name or getpass.getuser()).lower())
    except ValueError as error:
        raise InputError(f"Say who you are with {option}: {error}.") from None


def local_user() -> str:
    """Return the login user as a name that can act here."""
    name = re.sub(r"[^a-z0-9._@+-]", "", getpass.getuser().lower()).lstrip("._@+-")[:64]
    return name or "administrator"


def parse_day(text: str) -> date:
    """Return a day.

    Raises:
        InputError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text} is no day.", hint="Days are written 2030-12-31.") from None


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)
