from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.domain.finding import Category

PUBLIC = "93.184." + "216.77"
PUBLIC_6 = "2a00:1450:" + "4001:81b::200e"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"server {PUBLIC}", PUBLIC),
        (f'"{PUBLIC}"', PUBLIC),
        (f"host={PUBLIC}:8080", PUBLIC),
        (f"route {PUBLIC}/24", PUBLIC),
        (f"dns {PUBLIC_6}", PUBLIC_6),
        (f"[{PUBLIC_6}]:443", PUBLIC_6),
    ],
)
def test_a_public_address_is_found_bare(
    text: str, value: str, find: Callable[..., list[tuple[str, str]]]
) -> None:
    assert find(text) == [("IP_ADDRESS", value)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("host 10.1.2.3", "special_range"),
        ("host 192.168.0.17", "special_range"),
        ("127.0.0.1", "special_range"),
        ("169.254.169.254", "special_range"),
        ("203.0.113.9", "special_range"),
        ("2001:db8::7", "special_range"),
        ("fe80::1", "special_range"),
        ("255.255.255.0", "special_range"),
        ("224.0.0.251", "multicast"),
        ("a[2::3]", "not_allocated"),
        ("8.8.8.8", "popular_resolver"),
        (f"version {PUBLIC}", "version_quad"),
        (f"pkg=={PUBLIC}", "version_quad"),
        (f"{PUBLIC}-beta1", "version_quad"),
        ("4.1.12.7", "version_quad"),
        (f"1.{PUBLIC}", "longer_number"),
        (f"{PUBLIC}.5", "longer_number"),
        (f"ObjectIdentifier({PUBLIC})", "object_identifier"),
        ("1.2.3.4", "placeholder"),
    ],
)
def test_an_address_of_nobody_has_its_reason(
    text: str, reason: str, reasons: Callable[..., set[str]]
) -> None:
    assert reason in reasons(text, Category.IP_ADDRESS)
    assert "" not in reasons(text, Category.IP_ADDRESS)
