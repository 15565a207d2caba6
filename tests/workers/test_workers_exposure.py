"""What the web server refuses to start with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from workers.exposure import check_exposure, is_loopback
from workers.settings import Settings

DATABASE = "postgresql://sg:{}@db/sg"
OPEN = {"web_host": "0.0.0.0"}
TLS = {"public_url": "https://shardgate.example"}


def settings(**more: object) -> Settings:
    return Settings(home=Path("unused"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "refused",
    [
        {"database_url": DATABASE.format("postgres")},
        {"database_url": DATABASE.format("ChangeMe")},
        {"database_url": DATABASE.format("pass%77ord")},
        {"broker_url": "redis://:redis@queue:6379/0"},
    ],
)
def test_secrets_that_everybody_tries_are_refused(refused: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="everybody tries first") as caught:
        check_exposure(settings(**refused), is_somebody_known=True)
    assert DATABASE.format("postgres") not in str(caught.value)


def test_a_default_client_secret_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("changeme\n")
    with pytest.raises(ConfigurationError, match="CLIENT_SECRET_FILE"):
        check_exposure(settings(oidc_client_secret_file=secret), is_somebody_known=True)


def test_other_machines_reach_it_only_by_tls_and_when_somebody_can_log_in() -> None:
    for host in ("0.0.0.0", "::", "10.0.0.4", "shardgate.internal"):
        with pytest.raises(ConfigurationError, match="plain text"):
            check_exposure(settings(web_host=host), is_somebody_known=True)
    with pytest.raises(ConfigurationError, match="plain text"):
        check_exposure(settings(**OPEN, public_url="http://x"), is_somebody_known=True)
    with pytest.raises(ConfigurationError, match="nobody can log in"):
        check_exposure(settings(**OPEN, **TLS), is_somebody_known=False)
    check_exposure(settings(**OPEN, **TLS), is_somebody_known=True)
    issuer = {"oidc_issuer": "https://id.example"}
    check_exposure(settings(**OPEN, **TLS, **issuer), is_somebody_known=False)


def test_on_this_machine_nothing_is_needed() -> None:
    check_exposure(settings(), is_somebody_known=False)
    good = DATABASE.format("b7-long-and-random")
    check_exposure(settings(database_url=good), is_somebody_known=False)
    assert [is_loopback(host) for host in ("127.0.0.9", "::1", "localhost", "local", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]
