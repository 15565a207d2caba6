"""Acceptance of IP addresses."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.domain.finding import Confidence

_VERSION_BEFORE: Final = re.compile(
    r"(?:version|\bver\b|\bv|release|assembly|[=~<>!^]=\s?|[~^<>]\s?|revision|upgrade|\bbump|schema|\boid\b"
    r"|section|chapter|rfc|chrom(?:e|ium)/?|safari/?|firefox/?|opera/?|edge?/?|webkit/?)"
    r"[^\w]{0,6}$",
    re.IGNORECASE,
)
_ADDRESS_WORD: Final = re.compile(
    r"\bip|addr|host|server|client|remote|subnet|cidr|gateway|dns|peer|proxy|endpoint|src|dst"
    r"|from|ping|ssh|://",
    re.IGNORECASE,
)
_OBJECT_IDENTIFIER: Final = re.compile(r"\boids?\b|object_?identifier|\basn\.?1", re.IGNORECASE)
_VERSION_AFTER: Final = re.compile(
    r"[-+]?(?:alpha|beta|rc|dev|post|snapshot|final|release|[-+][a-z0-9])", re.IGNORECASE
)
_SMALL_OCTET: Final = 32
_WORD_DISTANCE: Final = 40


def _is_placeholder(octets: bytes) -> bool:
    """Tell whether octets only count up or down, or repeat: ``1.2.3.4``, ``5.5.5.5``."""
    steps = {octets[i + 1] - octets[i] for i in range(len(octets) - 1)}
    return len(steps) == 1


def judge_ip(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a public address, without mask and zone; version quads and identifiers are none."""
    text = re.split("[/%]", place.value, maxsplit=1)[0]
    address = ipaddress.ip_address(text)
    before, after = place.before(), place.after()
    has_word = _ADDRESS_WORD.search(before[-_WORD_DISTANCE:]) is not None
    reason = exclusions.ip_reason(address) or first_reason(
        ("longer_number", before.endswith(".") or re.match(r"\.\d", after)),
        ("object_identifier", _OBJECT_IDENTIFIER.search(before)),
    )
    if not reason and isinstance(address, ipaddress.IPv4Address):
        reason = first_reason(
            ("placeholder", _is_placeholder(address.packed)),
            ("version_quad", _is_suffixed_version(after)),
            ("version_quad", not has_word and _is_version(address.packed, before)),
        )
    if reason:
        return drop(reason)
    return place.accept(
        confidence=Confidence.HIGH if has_word else Confidence.MEDIUM,
        evidence="address_word" if has_word else "public",
        cut=len(place.value) - len(text),
    )


def _is_suffixed_version(after: str) -> bool:
    return _VERSION_AFTER.match(after) is not None


def _is_version(octets: bytes, before: str) -> bool:
    """Tell whether a version's word stands before, or all octets but one are small."""
    large = sum(octet >= _SMALL_OCTET for octet in octets)
    return large <= 1 or _VERSION_BEFORE.search(before) is not None
