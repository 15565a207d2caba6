"""Grant and take back, make tokens and end them, for any face."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from ingest.errors import InputError
from policies.access import Action
from policies.decision import Tier
from policies.review import check_person
from release.domain.grant import Grant, Purpose, Wish
from store.catalog import GrantBook, Scope, Token, TokenBook, TokenRequest
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.pulling import DEFAULT_GRANT_DAYS
from workers.remarks import checked_remark


def grant(
    context: Context,
    wish: tuple[str, Tier, Purpose],
    *,
    until: date | None,
    comment: str,
    actor: str,
) -> Grant:
    """Let a consumer pull a tier for a purpose until a day (none: 90 days from now).

    Raises:
        InputError: it cannot be granted, or the comment cannot be kept.
    """
    book = GrantBook(context.catalog, clock=utc_now)
    consumer, tier, purpose = wish
    try:
        asked = Wish(consumer=check_person(consumer.lower()), tier=tier, purpose=purpose)
        remark = checked_remark(context, comment) if comment else ""
        found = book.draft(asked, _end(until), by=actor, comment=remark)
    except ValueError as error:
        raise InputError(f"This cannot be granted: {error}.") from None
    book.add(found)
    seal_audit(context)
    return found


def revoke(context: Context, grant_id: str, *, actor: str) -> Grant:
    """End a grant at once.

    Raises:
        InputError: there is no such grant.
    """
    found = GrantBook(context.catalog, clock=utc_now).revoke(grant_id, by=actor)
    seal_audit(context)
    return found


def make_token(  # noqa: PLR0913 - what a token is made of
    context: Context,
    scopes: Sequence[Scope | Action],
    purpose: Purpose,
    *,
    until: date | None,
    actor: str,
    by: Token | None = None,
) -> tuple[Token, str]:
    """Make a token in the name of who asks; return it with its value, which is kept nowhere.

    Args:
        context: of the installation.
        scopes: what it is for.
        purpose: what pulls with it are for.
        until: its last day; none: 90 days from now.
        actor: who asks.
        by: the token that they ask with, none: they ask themselves. It gives on no more than it
            has.

    Raises:
        InputError: a name is none, there is no scope, it would live longer than a year, or it
            would be more than the token that it is asked for with.
    """
    end = _token_end(until, by)
    if by is not None and not (set(scopes) <= by.scopes | by.actions and purpose == by.purpose):
        raise InputError(
            "A token gives on no scope and no purpose that it does not have.",
            hint="Log in to make another one.",
        )
    try:
        request = TokenRequest(consumer=actor, scopes=scopes, purpose=purpose.value, expires_at=end)
    except ValueError as error:
        raise InputError(f"There can be no such token: {error}.") from None
    made = TokenBook(context.catalog, clock=utc_now).create(request, actor=actor)
    seal_audit(context)
    return made


def end_token(context: Context, token_id: str, *, actor: str) -> Token:
    """End a token at once.

    Raises:
        InputError: there is no such token.
    """
    found = TokenBook(context.catalog, clock=utc_now).revoke(token_id, actor=actor)
    seal_audit(context)
    return found


def _token_end(until: date | None, by: Token | None) -> datetime:
    """Return when a token ends: not after the one that it is made by."""
    end = _end(until)
    if by is None or end <= by.expires_at:
        return end
    if until is None:
        return by.expires_at
    raise InputError("A token makes none that outlives it.", hint="Log in to make another one.")


def _end(until: date | None) -> datetime:
    """Return the moment at which a day is over."""
    today = utc_now().date()
    day = until or today + timedelta(days=DEFAULT_GRANT_DAYS)
    if not today <= day <= today.replace(year=today.year + 100, day=1):
        raise InputError(f"{day} is no day to end on.", hint="Give one that is not over.")
    return datetime.combine(day + timedelta(days=1), time(), UTC)
