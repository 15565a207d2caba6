"""Logging in: passwords, one-time links, identities that an issuer vouches for; and throttling.

Failures are counted by account and by address, known or not. After some of them each further try
has to wait, twice as long as the one before; a try that comes too early is not looked at.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import InputError
from policies.access import Role
from policies.review import is_person
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.passwords import Passwords, check_password
from store.catalog.said import said_of_password
from store.catalog.sessions import digest_of, end_sessions
from store.catalog.tables_users import LoginFailureRow, LoginLinkRow, UserRow
from store.catalog.users import administrators, insert_user, load_user, set_roles, set_teams

LINK_LIFE: Final = timedelta(minutes=15)
_LINK_BYTES: Final = 32
_FORGET_AFTER: Final = timedelta(hours=1)


class LoginRefused(InputError):
    """Nobody is logged in; the message says no more than that."""


class LoginThrottled(LoginRefused):
    """Too many tries failed; `wait_seconds` from now another one is looked at."""

    def __init__(self, wait_seconds: int) -> None:
        """Say how long to wait."""
        super().__init__("Too many tries failed.", hint=f"Try again in {wait_seconds} s.")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """How many failures are free, and how long the wait may become."""

    free: int
    longest: timedelta


_BY_ACCOUNT: Final = _Limit(free=5, longest=timedelta(minutes=5))
"""Somebody else's tries can keep a person out that long, and no longer."""
_BY_ADDRESS: Final = _Limit(free=30, longest=timedelta(minutes=15))
"""Many people may share an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an OpenID issuer says of somebody."""

    issuer: str
    external_id: str
    name: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()


class LoginBook:
    """Tells who somebody is by what they show."""

    def __init__(self, catalog: Catalog, clock: Clock, passwords: Passwords) -> None:
        """Take the catalog, the clock and how passwords are hashed."""
        self._database = catalog.database
        self._clock = clock
        self._passwords = passwords

    def set_password(self, name: str, password: str, *, actor: str) -> None:
        """Give a user a password; their sessions and links end.

        Raises:
            InputError: there is no such user, or this may be no password.
        """
        stored = self._passwords.hash(check_password(name, password))

        def transaction(session: Session) -> None:
            row = session.get(UserRow, name)
            if row is None:
                raise InputError(f"There is no user {name}.")
            row.password_hash, row.changed_at = stored, self._clock()
            end_sessions(session, name)
            session.execute(delete(LoginLinkRow).where(LoginLinkRow.name == name))
            who = (actor, "user.password", name)
            append_entry(session, self._clock(), who, said_of_password(stored))

        self._database.write(transaction)

    def check(self, name: str, password: str, address: str) -> str:
        """Return the name of the user whose password this is.

        Raises:
            LoginThrottled: the account or the address has to wait.
            LoginRefused: there is no such user, not active, or it is not their password.
        """
        # Counted before it is looked at: of many tries at once none comes before its count.
        self._database.write(lambda s: _begin_try(s, name, address, self._clock()))
        # What can be no name is looked at like one that nobody has; not every database takes it.
        asked = name if is_person(name) else ""
        row = self._database.read(lambda s: s.get(UserRow, asked))
        stored = row.password_hash if row is not None and row.active else ""
        if not self._passwords.matches(stored, password):
            raise LoginRefused("This name and password do not go together.")
        fresh = self._passwords.hash(password) if self._passwords.is_outdated(stored) else stored
        hashes, now = (stored, fresh), self._clock()
        self._database.write(lambda s: _end_try(s, (name, address), hashes, now))
        return name

    def make_link(self, name: str, *, actor: str, life: timedelta = LINK_LIFE) -> str:
        """Return the value of a link that logs a user in once.

        Raises:
            InputError: there is no such user, or they may not log in.
        """
        value, now = secrets.token_urlsafe(_LINK_BYTES), self._clock()
        values = {
            "digest": digest_of(value),
            "name": name,
            "created_by": actor,
            "created_at": now,
            "expires_at": now + life,
            "used_at": None,
        }

        def transaction(session: Session) -> None:
            user = load_user(session, name)
            if user is None or not user.active:
                raise InputError(f"There is no user {name} who may log in.")
            ended = LoginLinkRow.expires_at <= now - _FORGET_AFTER
            session.execute(delete(LoginLinkRow).where(ended))
            session.execute(insert(LoginLinkRow).values(**values))
            append_entry(session, now, (actor, "user.login-link", name), {})

        self._database.write(transaction)
        return value

    def use_link(self, value: str) -> str:
        """Return the name of who a link logs in; it does so for nobody a second time.

        Raises:
            LoginRefused: there is no such link, it was used, or it has expired.
        """
        digest, now = digest_of(value), self._clock()

        def transaction(session: Session) -> str | None:
            query = select(LoginLinkRow).where(LoginLinkRow.digest == digest).with_for_update()
            row = session.scalar(query)
            if row is None or row.used_at is not None or now >= row.expires_at:
                return None
            user = load_user(session, row.name)
            row.used_at = now
            return row.name if user is not None and user.active else None

        name = self._database.write(transaction)
        if name is None:
            raise LoginRefused(
                "This link was used already, or it has expired.",
                hint="shardgate login-link NAME makes another one.",
            )
        return name

    def recognize(self, identity: Identity) -> str:
        """Return the name of the user of an identity, who is added when they come first.

        Their roles and teams become what the issuer says, also where that is none. A name that
        another user has is never taken over.

        Raises:
            LoginRefused: they have no role here, were disabled, or the name is somebody else's.
        """
        if not identity.roles:
            self._database.write(lambda s: _strip(s, identity, self._clock()))
            raise LoginRefused("Your groups give you no role here.", hint="Ask an administrator.")
        if not is_person(identity.name):
            raise LoginRefused(
                "Your name there cannot be a name here.", hint="Ask an administrator."
            )
        name = self._database.write(lambda s: _recognize(s, identity, self._clock()))
        if name is None:
            raise LoginRefused("You may not log in.", hint="Ask an administrator.")
        return name


def _known(session: Session, identity: Identity) -> UserRow | None:
    query = select(UserRow).where(
        UserRow.issuer == identity.issuer, UserRow.external_id == identity.external_id
    )
    return session.scalar(query)


def _strip(session: Session, identity: Identity, now: datetime) -> None:
    """Take all roles from somebody whom their issuer gives none any more, and end their sessions.

    The last administrator keeps that role, as nobody could give it to anybody else.
    """
    row = _known(session, identity)
    if row is None:
        return
    set_teams(session, ("oidc", row.name), [], now)
    is_last = administrators(session) == [row.name]
    kept = frozenset({Role.ADMINISTRATOR}) if is_last else frozenset[Role]()
    set_roles(session, ("oidc", row.name), kept, now)
    end_sessions(session, row.name)


def _recognize(session: Session, identity: Identity, now: datetime) -> str | None:
    row = _known(session, identity)
    if row is None:
        if session.get(UserRow, identity.name) is not None:
            return None
        known = identity.issuer, identity.external_id
        insert_user(session, ("oidc", identity.name), now, identity=known)
        row = session.get_one(UserRow, identity.name)
    if not row.active:
        return None
    set_teams(session, ("oidc", row.name), sorted(identity.teams), now)
    set_roles(session, ("oidc", row.name), identity.roles, now)
    return row.name


def _begin_try(session: Session, name: str, address: str, now: datetime) -> None:
    limits = {_key("account", name): _BY_ACCOUNT, _key("address", address): _BY_ADDRESS}
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.last_at < now - _FORGET_AFTER))
    query = select(LoginFailureRow).where(LoginFailureRow.key.in_(limits))
    known = {row.key: row for row in session.scalars(query.with_for_update())}
    until = max((row.blocked_until for row in known.values()), default=now)
    if until > now:
        raise LoginThrottled(max(1, round((until - now).total_seconds())))
    for key, limit in limits.items():
        count = known[key].count + 1 if key in known else 1
        over = count - limit.free
        # The exponent is bounded: nobody needs the wait after a thousand failures as a number.
        wait = timedelta(seconds=2 ** min(over, 20)) if over >= 0 else timedelta(0)
        values = {
            "count": count,
            "last_at": now,
            "blocked_until": now + min(wait, limit.longest),
        }
        if key in known:
            change = update(LoginFailureRow).where(LoginFailureRow.key == key)
            session.execute(change.values(**values))
        else:
            session.execute(insert(LoginFailureRow).values(key=key, **values))


def _end_try(
    session: Session, caller: tuple[str, str], hashes: tuple[str, str], now: datetime
) -> None:
    """Forget the account's failures, and that this try was one of the address.

    `caller` is name and address; of `hashes`, the second takes the place of the first.
    """
    name, address = caller
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.key == _key("account", name)))
    row = session.get(LoginFailureRow, _key("address", address))
    if row is not None:
        row.count, row.blocked_until = row.count - 1, row.last_at
    old, fresh = hashes
    if fresh != old:
        same = (UserRow.name == name, UserRow.password_hash == old)
        change = update(UserRow).where(*same).values(password_hash=fresh)
        # Nothing is said of a password that was changed meanwhile.
        if session.scalar(change.returning(UserRow.name)) is not None:
            append_entry(session, now, (name, "user.rehash", name), said_of_password(fresh))


def _key(kind: str, value: str) -> str:
    return digest_of(f"{kind}\0{value}")
