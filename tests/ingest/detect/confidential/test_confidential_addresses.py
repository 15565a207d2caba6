from __future__ import annotations

import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.domain.finding import Category, Confidence, Finding

Find = Callable[..., list[str]]
ScanConfidential = Callable[..., list[Finding]]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("host = '10.1.2.3'", "10.1.2.3"),
        ("http://192.168.7.9:8080/", "192.168.7.9"),
        ("172.31.255.254", "172.31.255.254"),
        ("172.16.4.0/22", "172.16.4.0"),
        ("<ip>10.1.2.3</ip>", "10.1.2.3"),
        ('if address == "10.1.2.3":', "10.1.2.3"),
        ("if a == 10.1.2.3 or", "10.1.2.3"),
        ("release server 10.1.2.3", "10.1.2.3"),
        ("listen fd12:3456:789a::1;", "fd12:3456:789a::1"),
        ("[fd00:0:0:1:2:3:4:5]:80", "fd00:0:0:1:2:3:4:5"),
        ("10.1.2.3.", "10.1.2.3"),
    ],
)
def test_a_private_address_is_found(text: str, address: str, find: Find) -> None:
    assert find(text, Category.PRIVATE_IP) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "172.32.0.1",
        "172.15.0.1",
        "192.169.1.5",
        "110.1.2.3",
        "10.1.2",
        "10.1.2.3.4",
        "10.1.2.256",
        "127.0.0.1",
        "192.0.2.7",
        "8.8.8.8",
        "v10.1.2.3",
        "version = '10.1.2.3'",
        '"version": "10.1.2.3"',
        'AssemblyVersion("10.1.2.3")',
        "<Version>10.1.2.3</Version>",
        "tool==10.1.2.3",
        "tool>=10.1.2.3",
        "'~=10.1.2.3'",
        '"^10.1.2.3"',
        "10.1.2.3-beta",
        "10.1.2.3rc1",
        "10.0.0.0/8",
        "fd00::/8",
        "fd:12:34:56",
        "afd00::1",
        "fd12:",
    ],
)
def test_versions_ranges_and_public_addresses_are_not(text: str, find: Find) -> None:
    assert find(text, Category.PRIVATE_IP) == []


def test_a_factory_setting_is_reported_with_less_confidence(
    scan_confidential: ScanConfidential,
) -> None:
    assert [f.confidence for f in scan_confidential("a 192.168.1.1 b 192.168.1.7")] == [
        Confidence.LOW,
        Confidence.HIGH,
    ]


def test_neighbouring_addresses_are_all_found_once(find: Find) -> None:
    text = "10.1.2.3,10.1.2.4 10.1.2.3\n10.1.2.5-10.1.2.6"
    found = find(text, Category.PRIVATE_IP)
    assert found == ["10.1.2.3", "10.1.2.4", "10.1.2.3", "10.1.2.5", "10.1.2.6"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=st.ip_addresses(v=4))
def test_found_addresses_are_those_of_the_private_ranges(
    address: ipaddress.IPv4Address, find: Find
) -> None:
    ranges = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    networks = [ipaddress.ip_network(text) for text in ranges]
    is_private = any(address in net and address != net.network_address for net in networks)
    assert find(f"x {address} y", Category.PRIVATE_IP) == ([str(address)] if is_private else [])
