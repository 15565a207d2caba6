"""Identity providers: what groups stand for, and what is no provider.

Logging in by one is tested over HTTP in ``tests/web/access``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from policies.access import Role
from store.catalog import LoginRefused
from tests.support.issuer import CLIENT_ID, running_issuer
from workers.oidc import Attempt, GroupMap, Issuer
from workers.settings import Settings

ATTEMPT = Attempt(secret="bits", redirect_uri="https://shardgate.example/login/oidc/callback")


def settings(url: str, **more: object) -> Settings:
    return Settings(
        home=Path("unused"),
        oidc_issuer=url,
        **({"oidc_client_id": CLIENT_ID} | more),  # type: ignore[arg-type]
    )


def test_groups_stand_for_roles_and_teams() -> None:
    found = GroupMap.parse(
        ["adm=administrator", "adm=auditor", "pay=team:Payments, Inc", " x=consumer"]
    )
    assert found.roles_of(["adm", "pay", "other"]) == {Role.ADMINISTRATOR, Role.AUDITOR}
    assert found.roles_of(["x"]) == {Role.CONSUMER}
    assert found.teams_of(["adm", "pay"]) == {"Payments, Inc"}
    assert found.roles_of([]) == frozenset()


@pytest.mark.parametrize("line", ["adm", "=auditor", "adm=", "adm=root", "pay=team:", ""])
def test_a_line_that_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(ConfigurationError, match="says nothing"):
        GroupMap.parse([line])


def test_an_issuer_is_https_and_knows_us() -> None:
    with pytest.raises(ConfigurationError, match="https"):
        Issuer(settings("http://id.example"))
    with pytest.raises(ConfigurationError, match="CLIENT_ID"):
        Issuer(settings("https://id.example", oidc_client_id=""))


def test_parts_of_an_attempt_differ_and_do_not_tell_its_secret() -> None:
    parts = {ATTEMPT.part(name) for name in ("state", "nonce", "verifier")}
    assert len(parts) == 3
    assert "bits" not in repr(ATTEMPT)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
    ],
)
def test_who_does_not_answer_as_the_issuer_is_none(said: dict[str, object]) -> None:
    with running_issuer() as stand_in:
        stand_in.metadata = said
        issuer = Issuer(settings(stand_in.url))
        with pytest.raises(LoginRefused, match="does not answer"):
            issuer.start(ATTEMPT)
    with pytest.raises(LoginRefused, match="does not answer"):
        Issuer(settings(stand_in.url)).start(ATTEMPT)
