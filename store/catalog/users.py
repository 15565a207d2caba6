"""Users: who may log in, as what. Each change is one transaction with its entry of the audit chain.

Roles that decide in a lane are kept as reviewers (`store.catalog.reviewers`), all others here;
whoever asks for a user gets both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import InputError
from policies.access import LANE_ROLES, Role
from policies.review import check_person
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.reviewers import active_lanes, set_in_lane
from store.catalog.said import said_by, said_of_teams
from store.catalog.sessions import end_sessions
from store.catalog.tables_users import UserRoleRow, UserRow

MAX_TEAMS: Final = 100
_LANES: Final = dict(zip(LANE_ROLES.values(), LANE_ROLES, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as the catalog knows them: everything but the password's hash."""

    name: str
    roles: frozenset[Role]
    teams: frozenset[str]
    """Owners of repositories that they stand for."""
    active: bool
    has_password: bool
    issuer: str
    """OpenID issuer that says who they are and what roles they have; empty: we do."""
    created_by: str
    created_at: datetime


class UserBook:
    """Keeps users and their roles."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def add(
        self, name: str, roles: Iterable[Role] = (), *, actor: str, teams: Iterable[str] = ()
    ) -> User:
        """Add a user, who cannot log in before a password or a link is made.

        Raises:
            InputError: there is such a user already, or a name is none.
        """
        who = _checked(actor), _checked(name)

        def transaction(session: Session) -> User:
            if session.get(UserRow, name) is not None:
                raise InputError(f"There is a user {name} already.")
            insert_user(session, who, self._clock(), teams=_checked_teams(teams))
            set_roles(session, who, frozenset(roles), self._clock())
            return _found(session, name)

        return self._database.write(transaction)

    def add_first(self, name: str, *, actor: str) -> User | None:
        """Give every role to a user, made where there is none, while nobody is an administrator.

        Return None when somebody is.
        """
        who = _checked(actor), _checked(name)

        def transaction(session: Session) -> User | None:
            if administrators(session):
                return None
            if session.get(UserRow, name) is None:
                insert_user(session, who, self._clock())
            row = session.get_one(UserRow, name)
            if not row.active:
                row.active = True
                _log(session, (*who, "user.enable"), self._clock(), {})
            set_roles(session, who, frozenset(Role), self._clock())
            return _found(session, name)

        return self._database.write(transaction)

    def change_roles(self, name: str, roles: Iterable[Role], *, actor: str) -> User:
        """Give a user exactly these roles; their sessions end when that changes anything.

        Raises:
            InputError: there is no such user, an issuer says what they are, or nobody would be an
                administrator any more.
        """
        who = _checked(actor), name

        def transaction(session: Session) -> User:
            if _found(session, name).issuer:
                raise InputError(
                    f"The roles of {name} come from their identity provider.",
                    hint="Change their groups there; SHARDGATE_OIDC_ROLES says which are roles.",
                )
            set_roles(session, who, frozenset(roles), self._clock())
            return _found(session, name)

        return self._database.write(transaction)

    def change_teams(self, name: str, teams: Iterable[str], *, actor: str) -> User:
        """Say which owners a user stands for.

        Raises:
            InputError: there is no such user, or a team is none.
        """
        who, wanted = (_checked(actor), name), _checked_teams(teams)

        def transaction(session: Session) -> User:
            _found(session, name)
            set_teams(session, who, wanted, self._clock())
            return _found(session, name)

        return self._database.write(transaction)

    def set_active(self, name: str, *, active: bool, actor: str) -> User:
        """Let a user in no more, or again; the sessions of who is let in no more end at once.

        Raises:
            InputError: there is no such user, or they are the last administrator.
        """
        who = _checked(actor), name

        def transaction(session: Session) -> User:
            known = _found(session, name)
            if known.active is not active:
                session.get_one(UserRow, name).active = active
                session.flush()
                if Role.ADMINISTRATOR in known.roles:
                    _check_somebody_rules(session)
                end_sessions(session, name)
                action = "user.enable" if active else "user.disable"
                _log(session, (*who, action), self._clock(), {})
            return _found(session, name)

        return self._database.write(transaction)

    def find(self, name: str) -> User | None:
        """Return a user by name."""
        return self._database.read(lambda s: load_user(s, name))

    def list_all(self) -> list[User]:
        """Return all users, also those who left, by name."""
        query = select(UserRow.name).order_by(UserRow.name)
        return self._database.read(lambda s: [_found(s, name) for name in s.scalars(query).all()])

    def has_any(self) -> bool:
        """Tell whether there is anybody who may log in."""
        query = select(UserRow.name).where(UserRow.active).limit(1)
        return self._database.read(lambda s: s.scalar(query) is not None)


def load_user(session: Session, name: str) -> User | None:
    """Return a user inside a caller's transaction."""
    row = session.get(UserRow, name)
    if row is None:
        return None
    held = session.scalars(select(UserRoleRow.role).where(UserRoleRow.name == name))
    lanes = (LANE_ROLES[lane] for lane in active_lanes(session, name))
    return User(
        name=row.name,
        roles=frozenset((*map(Role, held), *lanes)),
        teams=frozenset(row.teams),
        active=row.active,
        has_password=bool(row.password_hash),
        issuer=row.issuer or "",
        created_by=row.created_by,
        created_at=row.created_at,
    )


def insert_user(
    session: Session,
    who: tuple[str, str],
    now: datetime,
    *,
    teams: Sequence[str] = (),
    identity: tuple[str, str] | None = None,
) -> None:
    """Add a user without a role inside a caller's transaction; `who` is actor and name.

    `identity`: OpenID issuer and its id of them, where one vouches for them.
    """
    actor, name = who
    issuer, external_id = identity or (None, None)
    values = {
        "name": name,
        "password_hash": "",
        "teams": list(teams),
        "active": True,
        "issuer": issuer,
        "external_id": external_id,
        "created_by": actor,
        "created_at": now,
        "changed_at": now,
    }
    session.execute(insert(UserRow).values(**values))
    detail = {**said_by(UserRow, values), **said_of_teams(teams)}
    _log(session, (actor, name, "user.add"), now, detail)


def set_teams(session: Session, who: tuple[str, str], wanted: Sequence[str], now: datetime) -> None:
    """Say which owners a user stands for, inside a caller's transaction; see `set_roles`."""
    actor, name = who
    row = session.get_one(UserRow, name)
    if sorted(row.teams) != list(wanted):
        row.teams = list(wanted)
        session.flush()
        detail = {"teams": len(wanted), **said_of_teams(wanted)}
        _log(session, (actor, name, "user.teams"), now, detail)


def set_roles(
    session: Session, who: tuple[str, str], wanted: frozenset[Role], now: datetime
) -> None:
    """Give a user exactly these roles inside a caller's transaction; `who` is actor and name.

    Raises:
        InputError: nobody would be an administrator any more.
    """
    actor, name = who
    held = _found(session, name).roles
    for role in sorted(wanted ^ held):
        is_given = role in wanted
        if role in _LANES:
            set_in_lane(session, (actor, name), _LANES[role], (is_given, now))
            continue
        if is_given:
            values = {"name": name, "role": role.value, "granted_by": actor, "granted_at": now}
            session.execute(insert(UserRoleRow).values(**values))
        else:
            is_this = (UserRoleRow.name == name, UserRoleRow.role == role.value)
            session.execute(delete(UserRoleRow).where(*is_this))
        action = "user.grant-role" if is_given else "user.revoke-role"
        _log(session, (actor, name, action), now, {"role": role.value})
    if wanted != held:
        change = update(UserRow).where(UserRow.name == name)
        session.execute(change.values(changed_at=now))
        end_sessions(session, name)
    if Role.ADMINISTRATOR in held - wanted:
        _check_somebody_rules(session)


def administrators(session: Session) -> list[str]:
    """Return the names of the active administrators inside a caller's transaction."""
    query = (
        select(UserRow.name)
        .join(UserRoleRow, UserRoleRow.name == UserRow.name)
        .where(UserRoleRow.role == Role.ADMINISTRATOR.value, UserRow.active)
    )
    return list(session.scalars(query))


def _check_somebody_rules(session: Session) -> None:
    if not administrators(session):
        raise InputError(
            "Nobody would be an administrator any more.", hint="Make somebody else one first."
        )


def _found(session: Session, name: str) -> User:
    user = load_user(session, name)
    if user is None:
        raise InputError(f"There is no user {name}.", hint="shardgate user list shows all of them.")
    return user


def _log(
    session: Session, about: tuple[str, str, str], now: datetime, detail: Mapping[str, object]
) -> None:
    actor, name, action = about
    append_entry(session, now, (actor, action, name), detail)


def _checked(name: str) -> str:
    try:
        return check_person(name)
    except ValueError as error:
        raise InputError(f"This is no name of a user: {error}.") from None


def _checked_teams(teams: Iterable[str]) -> list[str]:
    found = sorted(set(teams))
    if len(found) > MAX_TEAMS or not all(team.strip() and team.isprintable() for team in found):
        raise InputError(f"Teams are named as repositories' owners are, at most {MAX_TEAMS}.")
    return found
