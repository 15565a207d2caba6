"""What the web server may be started with: nothing that the whole world knows or can listen to."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import unquote, urlsplit

from ingest.errors import ConfigurationError
from workers.settings import Settings

_KNOWN_TO_ALL: Final = frozenset(
    {
        *("admin", "changeme", "change-me", "default", "example", "guest", "letmein"),
        *("minio", "minioadmin", "password", "postgres", "redis", "root", "secret"),
        *("shardgate", "test", "valkey", "12345678"),
    }
)
"""What examples and images come with."""


def check_exposure(settings: Settings, *, is_somebody_known: bool) -> None:
    """Refuse settings under which anybody could read the company's code.

    `is_somebody_known` says that there is a user, who has to log in.

    Raises:
        ConfigurationError: a secret is a default one, or the address can be reached from other
            machines while nobody has to log in or nothing ends TLS.
    """
    for name in ("database_url", "broker_url"):
        _refuse_default(f"SHARDGATE_{name.upper()}", _password_of(getattr(settings, name)))
    path = settings.oidc_client_secret_file
    if path is not None:
        _refuse_default(
            "the file of SHARDGATE_OIDC_CLIENT_SECRET_FILE", path.read_text("utf-8").strip()
        )
    if is_loopback(settings.web_host):
        return
    if not settings.public_url.startswith("https://"):
        raise ConfigurationError(
            f"{settings.web_host} can be reached from other machines, and passwords would travel "
            "in plain text.",
            hint="Put a proxy in front that ends TLS and name it: SHARDGATE_PUBLIC_URL=https://…",
        )
    if not (is_somebody_known or settings.oidc_issuer):
        raise ConfigurationError(
            f"{settings.web_host} can be reached from other machines, and nobody can log in.",
            hint="shardgate user add NAME --role administrator, or set SHARDGATE_OIDC_ISSUER.",
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _password_of(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _refuse_default(name: str, secret: str) -> None:
    if secret.lower() in _KNOWN_TO_ALL:
        raise ConfigurationError(
            f"The secret in {name} is one that everybody tries first.", hint="Make a random one."
        )
