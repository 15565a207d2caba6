"""Acceptance of IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.detect.pii.words import Cues
from ingest.domain.finding import Confidence

_VERSION_BEFORE: Final = re.compile(
    r"(?:version|\bver\b|\bv|release|assembly|revision|upgrade|\bbump|schema|\boid\b"
    r"|section|chapter|rfc|chrom(?:e|ium)/?|safari/?|firefox/?|opera/?|edge?/?|webkit/?)"
    r"[^\w]{0,6}$|[\w\]][=~<>!^]=\s?$|[~^]$|@$|-$",
    re.IGNORECASE,
)
_ADDRESS_WORDS: Final = Cues(
    "addr host server client remote subnet cidr gateway dns peer proxy endpoint source dest ping "
    ":// listen bind connect allow deny block whitelist blacklist firewall router visitor attacker "
    "node",
    {
        "ip": r"\bips?\b|\bip_|_ip|\bip[46v]",
        "src": r"\bsrc",
        "dst": r"\bdst",
        "from": r"\bfrom\b",
        "ssh": r"\bssh",
        "banne": r"\bbanne",
    },
)
_OBJECT_IDENTIFIERS: Final = Cues(
    "objectidentifier object_identifier", {"oid": r"\boids?\b", "asn": r"\basn\.?1"}
)
_MORE_OCTETS: Final = re.compile(r"\.\d")
_VERSION_AFTER: Final = re.compile(
    r"[-+]?(?:alpha|beta|rc|dev|post|snapshot|final|release|[-+][a-z0-9])", re.IGNORECASE
)
_DECIMALS: Final = (re.compile(r"\d*\.\d+[,\s-]{1,2}$|[A-Za-z]$"), re.compile(r"[,\s]?-?\d*\.\d"))
_SMALL_OCTET: Final = 32
_WORD_DISTANCE: Final = 40
_VERSION_DISTANCE: Final = 24
"""The longest match of `_VERSION_BEFORE`, and the character before it."""


def _is_placeholder(octets: tuple[int, ...]) -> bool:
    """Tell whether octets only count up or down, or repeat: ``1.2.3.4``, ``5.5.5.5``."""
    steps = {octets[i + 1] - octets[i] for i in range(len(octets) - 1)}
    return len(steps) == 1


def judge_ip(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a public address; special ranges, version quads and identifiers are none."""
    value = place.value
    if ":" in value:
        return _judge_v6(place, exclusions)
    octets = tuple(map(int, value.split(".")))
    reason = exclusions.ipv4_reason(octets)
    if reason:
        return drop(reason)
    before, after = place.before(), place.after()
    has_word = _ADDRESS_WORDS.are_in(before[-_WORD_DISTANCE:])
    reason = first_reason(_doubts(octets, before, after, has_word=has_word))
    if reason:
        return drop(reason)
    return place.accept(
        confidence=Confidence.HIGH if has_word else Confidence.MEDIUM,
        evidence="address_word" if has_word else "public",
    )


def _doubts(
    octets: tuple[int, ...], before: str, after: str, *, has_word: bool
) -> Iterator[tuple[str, object]]:
    """Yield why a quad may be no address."""
    yield "longer_number", before.endswith(".") or _MORE_OCTETS.match(after)
    yield "object_identifier", _OBJECT_IDENTIFIERS.are_in(before)
    yield "coordinates", _DECIMALS[1].match(after) and _DECIMALS[0].search(before)
    yield "placeholder", _is_placeholder(octets)
    yield "version_quad", _VERSION_AFTER.match(after)
    yield "version_quad", not has_word and _is_version(octets, before)


_V6_COLONS: Final = 7


def _judge_v6(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a public address; outside the space handed out only one with all its groups.

    What parses as a short address there is a slice, a scope or a time.
    """
    value = place.value
    reason = exclusions.ipv6_reason(ipaddress.IPv6Address(value))
    if reason == "not_allocated" and value.count(":") == _V6_COLONS and "::" not in value:
        groups = value.split(":")
        # pairs of digits are hardware addresses and fingerprints
        reason = "" if sum(len(group) > 2 for group in groups) > 3 else reason  # noqa: PLR2004
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.HIGH, evidence="public")


def _is_version(octets: tuple[int, ...], before: str) -> bool:
    """Tell whether a version's word stands before, or all octets but one are small."""
    large = sum(octet >= _SMALL_OCTET for octet in octets)
    return large <= 1 or _VERSION_BEFORE.search(before[-_VERSION_DISTANCE:]) is not None
