"""The front door: people come in by password, link or issuer, and everybody is told apart."""

from __future__ import annotations

from datetime import timedelta

from policies.access import Principal, Role
from policies.decision import Tier
from release.domain.grant import Purpose
from store.catalog import (
    Changes,
    GrantBook,
    Identity,
    LoginBook,
    LoginMethod,
    Passwords,
    SessionBook,
    Token,
    TokenBook,
    User,
    UserBook,
)
from store.catalog.sessions import digest_of
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.recognized import Recognized
from workers.settings import Settings


class FrontDoor:
    """Lets people in and says who somebody is; safe to share between threads.

    Roles, teams and grants are those of the moment: what is taken away counts at once
    (`workers.recognized` says how that is known).
    """

    def __init__(self, context: Context, passwords: Passwords | None = None) -> None:
        """Take the context, and how passwords are hashed."""
        catalog = context.catalog
        self._context = context
        self._by_session = Recognized[Principal](lambda: catalog.changes().last_entry)
        self._by_token = Recognized[tuple[Token, Principal]](lambda: catalog.changes().last_entry)
        self.users = UserBook(catalog, utc_now)
        self.tokens = TokenBook(catalog, utc_now)
        self._grants = GrantBook(catalog, utc_now)
        self._logins = LoginBook(catalog, utc_now, passwords or Passwords())
        self._sessions = SessionBook(
            catalog,
            utc_now,
            idle=timedelta(minutes=context.settings.session_idle_minutes),
            longest=timedelta(hours=context.settings.session_hours),
        )

    def enter_by_password(self, name: str, password: str, address: str) -> str:
        """Return the value of a new session.

        Raises:
            LoginRefused: this is not their password, or too many tries failed.
        """
        return self._enter(self._logins.check(name, password, address), LoginMethod.PASSWORD)

    def enter_by_link(self, link: str) -> str:
        """Return the value of a new session; the link is used up.

        Raises:
            LoginRefused: it was already, or it has expired.
        """
        return self._enter(self._logins.use_link(link), LoginMethod.LINK)

    def enter_by_identity(self, identity: Identity) -> str:
        """Return the value of a new session of who an issuer says somebody is.

        Raises:
            LoginRefused: they have no role here, or may not come in.
        """
        return self._enter(self._logins.recognize(identity), LoginMethod.OIDC)

    def leave(self, session: str) -> None:
        """End a session."""
        self._sessions.close(session)
        seal_audit(self._context)

    def end_sessions(self, name: str, *, actor: str) -> int:
        """End all sessions of a user; return how many there were."""
        ended = self._sessions.close_all(name, actor=actor)
        seal_audit(self._context)
        return ended

    def make_link(self, name: str, *, actor: str) -> str:
        """Return the value of a new login link.

        Raises:
            InputError: there is no such user, or they may not log in.
        """
        link = self._logins.make_link(name, actor=actor)
        seal_audit(self._context)
        return link

    def set_password(self, name: str, password: str, *, actor: str) -> None:
        """Give a user a password.

        Raises:
            InputError: there is no such user, or this may be no password.
        """
        self._logins.set_password(name, password, actor=actor)
        seal_audit(self._context)

    def of_session(self, session: str, changes: Changes | None = None) -> Principal | None:
        """Return whose session it is, or None when it has ended.

        `changes` are those of the catalog where the caller has asked for them already.
        """
        mark = changes.last_entry if changes else None
        return self._by_session.get(digest_of(session), lambda: self._of_session(session), mark)

    def _of_session(self, session: str) -> Principal | None:
        found = self._sessions.find(session)
        user = self.users.find(found.name) if found else None
        if user is None or not user.active:
            return None
        return Principal(
            name=user.name,
            roles=user.roles,
            teams=user.teams,
            tiers=self._granted(user.name) if Role.CONSUMER in user.roles else frozenset(),
        )

    def active_token(self, value: str) -> Token | None:
        """Return the token of a value; None when it has ended, or its user may not come in."""
        known = self.of_bearer(value)
        return None if known is None else known[0]

    def of_bearer(
        self, value: str, changes: Changes | None = None
    ) -> tuple[Token, Principal] | None:
        """Return the token of a value and whom it acts for; None as `active_token`.

        `changes` are as for `of_session`.
        """
        mark = changes.last_entry if changes else None
        return self._by_token.get(digest_of(value), lambda: self._of_bearer(value), mark)

    def _of_bearer(self, value: str) -> tuple[Token, Principal] | None:
        token = self.tokens.authenticate(value)
        if token is None or self._is_shut_out(token):
            return None
        return token, self.of_token(token)

    def of_token(self, token: Token) -> Principal:
        """Return whom a token acts for, cut down to what it is for."""
        tiers = self._granted(token.consumer, Purpose(token.purpose))
        return principal_of_token(token, self.users.find(token.consumer), tiers)

    def _enter(self, name: str, method: LoginMethod) -> str:
        session = self._sessions.open(name, method)
        seal_audit(self._context)
        return session

    def _is_shut_out(self, token: Token) -> bool:
        user = self.users.find(token.consumer)
        return user is not None and not user.active

    def _granted(self, name: str, purpose: Purpose | None = None) -> frozenset[Tier]:
        now = utc_now()
        return frozenset(
            grant.tier
            for grant in self._grants.list_all(name)
            if grant.state_at(now) == "active"
            and now >= grant.granted_at
            and (purpose is None or grant.purpose is purpose)
        )


def principal_of_token(token: Token, user: User | None, tiers: frozenset[Tier]) -> Principal:
    """Return whom a token acts for: a user, or a program that only grants know."""
    return Principal(
        name=token.consumer,
        roles=(user.roles if user else frozenset()) | {Role.CONSUMER},
        scopes=token.actions,
        teams=user.teams if user else frozenset(),
        tiers=tiers,
    )


def login_url(settings: Settings, link: str, *, port: int = 0) -> str:
    """Return what a person opens to log in by a link; `port` is where the server listens."""
    return f"{base_url(settings, port=port)}/login/link/{link}"


def base_url(settings: Settings, *, port: int = 0) -> str:
    """Return where people reach the web server."""
    host = f"[{settings.web_host}]" if ":" in settings.web_host else settings.web_host
    return settings.public_url or f"http://{host}:{port or settings.web_port}"
