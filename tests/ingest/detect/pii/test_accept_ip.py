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
        ("host 10.1.2.3", "private_range"),
        ("host 192.168.0.17", "private_range"),
        ("127.0.0.1", "loopback"),
        ("169.254.169.254", "link_local"),
        ("203.0.113.9", "documentation"),
        ("2001:db8::7", "documentation"),
        ("fe80::1", "link_local"),
        ("255.255.255.0", "reserved_range"),
        ("224.0.0.251", "multicast"),
        ("a[2::3]", "not_allocated"),
        ("8.8.8.8", "popular_resolver"),
        (f"version {PUBLIC}", "version_quad"),
        (f"pkg=={PUBLIC}", "version_quad"),
        (f"{PUBLIC}-beta1", "version_quad"),
        ("4.1.12.7", "version_quad"),
        ("M.3,1.81.88.88,.7 0", "coordinates"),
        (f"ObjectIdentifier({PUBLIC})", "object_identifier"),
        ("1.2.3.4", "placeholder"),
    ],
)
def test_an_address_of_nobody_has_its_reason(
    text: str, reason: str, reasons: Callable[..., set[str]]
) -> None:
    assert reason in reasons(text, Category.IP_ADDRESS)
    assert "" not in reasons(text, Category.IP_ADDRESS)


@pytest.mark.parametrize("text", [f"1.{PUBLIC}", f"{PUBLIC}.5", f"{PUBLIC}a", f"x{PUBLIC}"])
def test_part_of_something_longer_is_no_address(
    text: str, find: Callable[..., list[tuple[str, str]]]
) -> None:
    assert find(text) == []


def test_all_eight_groups_are_an_address_in_any_block(
    find: Callable[..., list[tuple[str, str]]],
) -> None:
    address = "1ba1:6215:8228:3d15:" + "a9ec:807:705f:ca16"
    assert find(f"peer {address}") == [("IP_ADDRESS", address)]
    assert find("fingerprint 16:27:ac:a5:76:28:2d:36") == []


def test_the_path_of_a_drawing_holds_no_addresses(
    find: Callable[..., list[tuple[str, str]]],
) -> None:
    assert find('<path d="M3,93.184.216.77,0,1"/>', "svg") == []
