"""Looks a host up once, refuses addresses that a source must not have, and pins the rest.

The pinned addresses are what git and ssh connect to, so a name that changes its answer between
the check and the connection gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from ingest.domain.problem import Problem
from ingest.errors import ConfigurationError, SourceUnreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

_CARRIER_GRADE_NAT: Final = ipaddress.ip_network("100.64.0.0/10")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedHost:
    """A host with the addresses that were checked."""

    host: str
    port: int
    addresses: tuple[str, ...]

    @property
    def curl_resolve(self) -> str:
        """Value of git's ``http.curloptResolve``: ``HOST:PORT:ADDRESS[,ADDRESS…]``."""
        shown = (f"[{a}]" if ":" in a else a for a in self.addresses)
        return f"{self.host}:{self.port}:{','.join(shown)}"


def resolve_addresses(host: str, port: int) -> list[str]:
    """Return every address the system's resolver gives for a host.

    Raises:
        OSError: the name is unknown or the resolver does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted({str(entry[4][0]) for entry in found})


def pin_host(
    host: str,
    port: int,
    *,
    allow_hosts: Collection[str],
    resolve: Resolve = resolve_addresses,
) -> PinnedHost:
    """Resolve a host once and return it with its addresses, if each of them is acceptable.

    A host in `allow_hosts` (exact lower-case names) may be private or loopback; link-local,
    multicast and unspecified addresses are refused for every host.

    Raises:
        SourceUnreachable: the name does not resolve.
        ConfigurationError: an address is refused.
    """
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise SourceUnreachable(
            f"The host {host} cannot be resolved.", code=Problem.HOST_UNKNOWN.value
        )
    is_allowed = host.lower() in allow_hosts
    for text in addresses:
        reason = refusal_of(text, is_allowed=is_allowed)
        if reason:
            raise ConfigurationError(
                f"The host {host} resolves to {text}, which is {reason}.",
                hint="Name the host among the allowed hosts if it is yours." * (not is_allowed),
                code=Problem.ADDRESS_REFUSED.value,
            )
    return PinnedHost(host=host, port=port, addresses=tuple(addresses))


def refusal_of(text: str, *, is_allowed: bool) -> str:
    """Return why an address is refused; empty when it is not."""
    try:
        address = _innermost(ipaddress.ip_address(text))
    except ValueError:
        return "not an address that can be checked"
    always = (
        (address.is_multicast, "multicast"),
        (address.is_unspecified, "unspecified"),
        (address.is_link_local, "link-local"),
    )
    unless_allowed = (
        (address.is_loopback, "loopback"),
        (address in _CARRIER_GRADE_NAT, "in carrier-grade address space"),
        (not address.is_global, "private or reserved"),
    )
    checks = always if is_allowed else (*always, *unless_allowed)
    return next((reason for is_refused, reason in checks if is_refused), "")


def _innermost(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 form stands for, so that no wrapping hides it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
