"""What looks like personal data and is not: the packaged lists, ready to be asked."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import yaml

from ingest.detect.pii.rules import read_exclusions


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """Lists of lower-case values by topic and reason code, as ``exclusions.yaml`` has them."""

    lists: Mapping[str, Mapping[str, frozenset[str]]]
    resolvers: frozenset[str]
    ranges: tuple[tuple[int, int, str], ...]
    """First and last IPv4 address as numbers, and the reason code; sorted, free of overlaps."""
    ranges_v6: tuple[tuple[ipaddress.IPv6Network, str], ...]
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
            resolvers=frozenset(raw["ip"]["popular_resolver"]),
            ranges=tuple(sorted(_v4_ranges(raw["ip"]))),
            ranges_v6=tuple(_v6_ranges(raw["ip"])),
            fictional_phone=re.compile("|".join(f"(?:{p})" for p in raw["phone"]["fictional"])),
        )

    def has(self, topic: str, code: str, value: str) -> bool:
        """Tell whether a lower-case value stands in a list."""
        return value in self.lists[topic][code]

    def email_reason(self, local: str, domain: str) -> str:
        """Return why an address belongs to nobody, or nothing. Both parts in lower case."""
        code = self._domain_reason(domain)
        if code:
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

    def _domain_reason(self, domain: str) -> str:
        reserved, machine = (
            self.lists["email"]["reserved_domain"],
            self.lists["email"]["machine_domain"],
        )
        at = 0
        while at >= 0:
            parent = domain[at:]
            if parent in reserved:
                return "reserved_domain"
            if parent in machine:
                return "machine_domain"
            at = domain.find(".", at) + 1 or -1
        return ""

    def ipv4_reason(self, octets: tuple[int, ...]) -> str:
        """Return why four octets are nobody's public address, or nothing."""
        number = octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3]
        index = bisect_right(self.ranges, (number, 1 << 32, "")) - 1
        if index >= 0 and number <= self.ranges[index][1]:
            return self.ranges[index][2]
        return "popular_resolver" if ".".join(map(str, octets)) in self.resolvers else ""

    def ipv6_reason(self, address: ipaddress.IPv6Address) -> str:
        """Return why an address is nobody's public one, or nothing."""
        for network, code in self.ranges_v6:
            if address in network:
                return code
        if address not in _GLOBAL_UNICAST:
            return "not_allocated"
        return "popular_resolver" if str(address) in self.resolvers else ""

    def is_fictional_phone(self, digits: str) -> bool:
        """Tell whether a number is reserved for fiction; digits only, without ``+``."""
        return self.fictional_phone.fullmatch(digits) is not None


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The only IPv6 unicast block that IANA has opened; all else that parses is slices and scopes."""


def _v4_ranges(lists: Mapping[str, list[str]]) -> Iterator[tuple[int, int, str]]:
    for code, values in lists.items():
        for value in values:
            if "/" in value and ":" not in value:
                network = ipaddress.IPv4Network(value)
                yield int(network.network_address), int(network.broadcast_address), code


def _v6_ranges(lists: Mapping[str, list[str]]) -> Iterator[tuple[ipaddress.IPv6Network, str]]:
    for code, values in lists.items():
        for value in values:
            if "/" in value and ":" in value:
                yield ipaddress.IPv6Network(value), code
