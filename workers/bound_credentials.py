"""Which credential may be named for which host, by whom.

A reference makes a worker show a secret to whatever host the registration names. Who registers by
pages or API is not who can read that secret, so they name only what the settings bind to the host.
Who is on the machine can read it anyhow; what the settings do not bind, they name for any host.
Secrets of the installation itself are nobody's to name.
"""

from __future__ import annotations

from ingest.errors import ConfigurationError, RegistrationRefused
from ingest.mirror.credentials import check_not_own
from ingest.register.registry import check_credential
from ingest.register.urls import canonicalise
from workers.settings import Settings


def check_bound(settings: Settings, reference: str, url: str, *, any_host: bool = False) -> None:
    """Refuse a credential reference that may not be named for a URL.

    With `any_host` somebody on this machine names it.

    Raises:
        RegistrationRefused: it may not, or URL or reference are none.
    """
    if not reference:
        return
    address = canonicalise(url, allow_local=settings.allow_local)
    check_credential(reference, address.scheme)
    try:
        check_not_own(reference, settings.own_secrets)
    except ConfigurationError as error:
        raise RegistrationRefused(error.message, hint=error.hint) from None
    pairs = settings.credential_pairs
    if pairs is None and any_host:
        return
    if (reference, address.host) not in (pairs or ()):
        raise RegistrationRefused(
            f"The credential {reference} is not for {address.host}.",
            hint="SHARDGATE_CREDENTIAL_HOSTS says which host may be given which credential.",
        )
