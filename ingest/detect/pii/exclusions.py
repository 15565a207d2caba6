"""What looks like personal data and is not: the packaged lists, ready to be asked."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import yaml

from ingest.detect.pii.rules import read_exclusions


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """Lists of lower-case values by topic and reason code, as ``exclusions.yaml`` has them."""

    lists: Mapping[str, Mapping[str, frozenset[str]]]
    resolvers: frozenset[ipaddress.IPv4Address | ipaddress.IPv6Address]
    fictional_phone: re.Pattern[str]

    @classmethod
    def load(cls) -> Self:
        """Read the packaged lists."""
        # The base loader keeps every scalar a string: "no", "on" and "null" are words here.
        raw = yaml.load(read_exclusions(), Loader=yaml.BaseLoader)  # noqa: S506 - builds strings
        return cls(
            lists={
                topic: {code: frozenset(values) for code, values in codes.items()}
                for topic, codes in raw.items()
            },
            resolvers=frozenset(map(ipaddress.ip_address, raw["ip"]["popular_resolver"])),
            fictional_phone=re.compile("|".join(f"(?:{p})" for p in raw["phone"]["fictional"])),
        )

    def has(self, topic: str, code: str, value: str) -> bool:
        """Tell whether a lower-case value stands in a list."""
        return value in self.lists[topic][code]

    def email_reason(self, local: str, domain: str) -> str:
        """Return why an address belongs to nobody, or nothing. Both parts in lower case."""
        for code in ("reserved_domain", "machine_domain"):
            if any(parent in self.lists["email"][code] for parent in _parents(domain)):
                return code
        for code in ("transport_user", "machine_user"):
            if local in self.lists["email"][code]:
                return code
        if local.endswith(tuple(self.lists["email"]["machine_user_ending"])):
            return "machine_user"
        if self.has("email", "placeholder_domain", domain) and self.has(
            "email", "placeholder_user", local
        ):
            return "placeholder"
        return ""

    def ip_reason(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
        """Return why an address is nobody's public one, or nothing."""
        if address.is_multicast:
            return "multicast"
        if not address.is_global:
            # RFC 1918, 5737, 3849, 4193, 6598 and the other special ranges of the IANA registries
            return "special_range"
        if address.version == 6 and address not in _GLOBAL_UNICAST:  # noqa: PLR2004
            return "not_allocated"
        if address in self.resolvers:
            return "popular_resolver"
        return ""

    def is_fictional_phone(self, digits: str) -> bool:
        """Tell whether a number is reserved for fiction; digits only, without ``+``."""
        return self.fictional_phone.fullmatch(digits) is not None


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The only IPv6 unicast block that IANA has opened; all else that parses is slices and scopes."""


def _parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[i:]) for i in range(len(labels))]
