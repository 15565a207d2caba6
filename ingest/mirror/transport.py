"""From a registered repository to the way in which git may reach it."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from ingest.domain.problem import Problem
from ingest.domain.repository import Repository
from ingest.errors import ConfigurationError
from ingest.mirror.credentials import check_not_own, resolve_credential, resolve_key_file
from ingest.mirror.environment import Transport, build_ssh_command
from ingest.mirror.git import GitSettings
from ingest.mirror.guard import Resolve, pin_host, resolve_addresses

_HTTPS_PORT = 443
_SSH_PORT = 22


def open_transport(
    repository: Repository, settings: GitSettings, resolve: Resolve = resolve_addresses
) -> Transport:
    """Return the transport of a repository: host resolved and pinned, credential resolved.

    Raises:
        ConfigurationError: the scheme is not allowed, an address is refused, or the credential
            reference names nothing.
        SourceUnreachable: the host does not resolve.
    """
    parts = urlsplit(repository.url)
    check_not_own(repository.credential, settings.own_secrets)
    if parts.scheme == "https":
        return _https(repository, parts, settings, resolve)
    if parts.scheme == "ssh":
        return _ssh(repository, parts, settings, resolve)
    if parts.scheme == "file" and settings.allow_local:
        config = (("protocol.file.allow", "always"),)
        return Transport(url=repository.url, scheme="file", config=config)
    raise ConfigurationError(
        f"Repositories of the scheme {parts.scheme or '(none)'} are not mirrored.",
        hint="Local repositories have to be allowed explicitly." * (parts.scheme == "file"),
    )


def check_credential_host(
    reference: str, host: str, allowed: frozenset[tuple[str, str]] | None
) -> None:
    """Refuse to give a credential to a host that it is not for.

    Raises:
        ConfigurationError: the installation says which hosts a credential is for, and not this.
    """
    if reference and allowed is not None and (reference, host.lower()) not in allowed:
        raise ConfigurationError(
            f"The credential {reference} is not for {host}.",
            hint="SHARDGATE_CREDENTIAL_HOSTS says which host may be given which credential.",
            code=Problem.CREDENTIAL_MISSING.value,
        )


def _https(
    repository: Repository, parts: SplitResult, settings: GitSettings, resolve: Resolve
) -> Transport:
    host, port = parts.hostname or "", parts.port or _HTTPS_PORT
    pinned = pin_host(host, port, allow_hosts=settings.allow_hosts, resolve=resolve)
    check_credential_host(repository.credential, host, settings.credential_hosts)
    config = [("http.curloptResolve", pinned.curl_resolve)]
    if settings.ca_file:
        config.append(("http.sslCAInfo", str(settings.ca_file)))
    reference = repository.credential
    return Transport(
        url=repository.url,
        scheme="https",
        config=tuple(config),
        host=host,
        credential=resolve_credential(reference) if reference else None,
        reference=reference,
    )


def _ssh(
    repository: Repository, parts: SplitResult, settings: GitSettings, resolve: Resolve
) -> Transport:
    host, port = parts.hostname or "", parts.port or _SSH_PORT
    pinned = pin_host(host, port, allow_hosts=settings.allow_hosts, resolve=resolve)
    check_credential_host(repository.credential, host, settings.credential_hosts)
    command = build_ssh_command(
        address=pinned.addresses[0],
        alias=host if port == _SSH_PORT else f"[{host}]:{port}",
        known_hosts=settings.known_hosts,
        key=resolve_key_file(repository.credential) if repository.credential else None,
    )
    return Transport(
        url=repository.url,
        scheme="ssh",
        ssh_command=command,
        host=host,
        reference=repository.credential,
    )
