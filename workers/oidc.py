"""Logging in with an OpenID Connect issuer: authorization code, PKCE, state and nonce (Authlib).

OpenID Connect Core 1.0, 3.1; Discovery 1.0; RFC 7636 (PKCE); RFC 9207 (who answered).
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ingest.errors import ConfigurationError
from policies.access import Role
from store.catalog import Identity, LoginRefused
from workers.exposure import is_loopback
from workers.settings import Settings

_TIMEOUT_SECONDS: Final = 10.0
_METADATA_LIFE_SECONDS: Final = 3600.0
_LEEWAY_SECONDS: Final = 60
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures by a key pair; ``none`` and shared secrets are what attacks on tokens use."""
_TEAM: Final = "team:"
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attempt:
    """One person's try to log in, derived from the random bits that only their browser holds."""

    secret: str
    redirect_uri: str

    def part(self, name: str) -> str:
        """Return the ``state``, ``nonce`` or ``verifier`` (64 hexadecimal characters)."""
        return hmac.new(self.secret.encode(), name.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMap:
    """What groups of the issuer stand for here; other groups stand for nothing."""

    roles: Mapping[str, frozenset[Role]]
    teams: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, lines: Iterable[str]) -> GroupMap:
        """Return the map of ``group=role`` and ``group=team:Name``.

        Raises:
            ConfigurationError: one is neither.
        """
        roles: dict[str, set[Role]] = {}
        teams: dict[str, set[str]] = {}
        for line in lines:
            group, _, meaning = line.strip().partition("=")
            if group and meaning.startswith(_TEAM) and meaning != _TEAM:
                teams.setdefault(group, set()).add(meaning.removeprefix(_TEAM))
            elif group and meaning in set(Role):
                roles.setdefault(group, set()).add(Role(meaning))
            else:
                raise ConfigurationError(
                    f"SHARDGATE_OIDC_ROLES: {line!r} says nothing.",
                    hint=f"Write group=role or group=team:Name; roles are {', '.join(Role)}.",
                )
        return cls(
            roles={group: frozenset(found) for group, found in roles.items()},
            teams={group: frozenset(found) for group, found in teams.items()},
        )

    def roles_of(self, groups: Iterable[str]) -> frozenset[Role]:
        """Return the roles of some groups."""
        return frozenset(role for group in groups for role in self.roles.get(group, ()))

    def teams_of(self, groups: Iterable[str]) -> frozenset[str]:
        """Return the teams of some groups."""
        return frozenset(team for group in groups for team in self.teams.get(group, ()))


class Issuer:
    """The issuer of the settings; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Read the settings; nothing is asked before somebody logs in.

        Raises:
            ConfigurationError: the address is not https, the client has no id, or the map of
                groups says nothing.
        """
        self._url = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        if not self._client_id:
            raise ConfigurationError("SHARDGATE_OIDC_ISSUER needs SHARDGATE_OIDC_CLIENT_ID.")
        self._check_transport(self._url)
        path = settings.oidc_client_secret_file
        self._client_secret = path.read_text("utf-8").strip() if path else None
        self._groups = GroupMap.parse(settings.oidc_roles)
        self._groups_claim, self._name_claim = settings.oidc_groups_claim, settings.oidc_name_claim
        self._verify: bool | str = str(settings.ca_file) if settings.ca_file else True
        self._known: tuple[float, dict[str, Any]] | None = None
        self._lock = threading.Lock()

    def start(self, attempt: Attempt) -> str:
        """Return where the browser goes.

        Raises:
            LoginRefused: the issuer does not answer as one.
        """
        metadata = self._metadata()
        with self._client(attempt) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.part("state"),
                nonce=attempt.part("nonce"),
                code_verifier=attempt.part("verifier"),
            )
        return str(url)

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Identity:
        """Return who the issuer says somebody is; `answer` is the query the browser came with.

        Raises:
            LoginRefused: it says no, it answers another question, or nothing it signed says so.
        """
        state = answer.get("state", "").encode()
        if not hmac.compare_digest(state, attempt.part("state").encode()):
            raise LoginRefused("This login was not begun in this browser.", hint="Begin again.")
        if answer.get("iss", self._url) != self._url:
            raise LoginRefused("Another identity provider answered than was asked.")
        if "error" in answer or not answer.get("code"):
            raise LoginRefused("The identity provider did not let you in.")
        metadata = self._metadata()
        try:
            with self._client(attempt) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer["code"],
                    code_verifier=attempt.part("verifier"),
                    timeout=_TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
            claims = self._claims(metadata, attempt, token)
        except (OAuthError, JoseError, requests.RequestException, ValueError, KeyError, TypeError):
            # What the other side wrote stays out of messages.
            raise LoginRefused("What the identity provider said cannot be relied on.") from None
        return self._identity(claims)

    def _claims(
        self, metadata: Mapping[str, Any], attempt: Attempt, token: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        keys = KeySet.import_key_set(self._get(metadata["jwks_uri"]))
        decoded = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self._url},
                "aud": {"essential": True, "value": self._client_id},
            },
            params={
                "nonce": attempt.part("nonce"),
                "client_id": self._client_id,
                "access_token": token.get("access_token", ""),
            },
        )
        claims.validate(leeway=_LEEWAY_SECONDS)
        found: dict[str, Any] = dict(claims)
        return found

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        listed = claims.get(self._groups_claim, [])
        groups = [listed] if isinstance(listed, str) else listed
        groups = [g for g in groups if isinstance(g, str)] if isinstance(groups, list) else []
        if self._name_claim == "email" and claims.get("email_verified") is not True:
            raise LoginRefused("Your mail address was not verified by the identity provider.")
        return Identity(
            issuer=self._url,
            external_id=str(claims["sub"]),
            name=str(claims.get(self._name_claim, "")).lower(),
            roles=self._groups.roles_of(groups),
            teams=self._groups.teams_of(groups),
        )

    def _metadata(self) -> dict[str, Any]:
        with self._lock:
            known, now = self._known, monotonic()
        if known is not None and now < known[0]:
            return known[1]
        url = self._url.rstrip("/") + "/.well-known/openid-configuration"
        try:
            found: dict[str, Any] = self._get(url)
            self._check_metadata(found)
        except (requests.RequestException, ValueError, KeyError, TypeError, ConfigurationError):
            raise LoginRefused("The identity provider does not answer.") from None
        with self._lock:
            self._known = now + _METADATA_LIFE_SECONDS, found
        return found

    def _check_metadata(self, found: Mapping[str, Any]) -> None:
        # Discovery 1.0, 4.3: who answers for another issuer is none.
        if found["issuer"] != self._url:
            raise ValueError("another issuer")
        for name in _NEEDED:
            self._check_transport(found[name])

    def _get(self, url: str) -> Any:  # noqa: ANN401 - JSON
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(
                url, timeout=_TIMEOUT_SECONDS, verify=self._verify, allow_redirects=False
            )
        answer.raise_for_status()
        return answer.json()

    def _client(self, attempt: Attempt) -> OAuth2Session:
        client = OAuth2Session(
            self._client_id,
            self._client_secret,
            token_endpoint_auth_method="client_secret_basic" if self._client_secret else "none",
            scope="openid profile email groups",
            redirect_uri=attempt.redirect_uri,
            code_challenge_method="S256",
        )
        client.trust_env = False
        client.verify = self._verify
        return client

    def _check_transport(self, url: str) -> None:
        parts = urlsplit(url)
        is_ours = is_loopback(parts.hostname or "") and is_loopback(
            urlsplit(self._url).hostname or ""
        )
        if parts.scheme != "https" and not is_ours:
            raise ConfigurationError("The addresses of an identity provider begin with https.")
