from __future__ import annotations

import pytest

from ingest.errors import ConfigurationError, SourceUnreachable
from ingest.mirror.guard import pin_host, refusal_of, resolve_addresses

REFUSED = [
    ("127.0.0.1", "loopback"),
    ("127.8.9.1", "loopback"),
    ("::1", "loopback"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:7f00:1", "loopback"),
    ("169.254.169.254", "link-local"),
    ("fe80::1", "link-local"),
    ("::ffff:169.254.169.254", "link-local"),
    ("10.1.2.3", "private"),
    ("172.16.0.1", "private"),
    ("192.168.0.1", "private"),
    ("fd00::1", "private"),
    ("64:ff9b::a00:1", "private"),
    ("2002:0a00:0001::1", "private"),
    ("100.64.0.1", "carrier"),
    ("224.0.0.1", "multicast"),
    ("ff02::1", "multicast"),
    ("0.0.0.0", "unspecified"),
    ("::", "unspecified"),
    ("255.255.255.255", "private"),
    ("192.0.2.1", "private"),
    ("240.0.0.1", "private"),
    ("not an address", "not an address"),
    ("fe80::1%eth0", "link-local"),
]
PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(("address", "reason"), REFUSED)
def test_an_address_inside_is_refused(address: str, reason: str) -> None:
    assert reason in refusal_of(address, is_allowed=False)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "::ffff:" + PUBLIC])
def test_a_public_address_is_taken(address: str) -> None:
    assert refusal_of(address, is_allowed=False) == ""


@pytest.mark.parametrize(("address", "reason"), REFUSED)
def test_an_allowed_host_may_be_private_but_never_link_local(address: str, reason: str) -> None:
    never = reason in {"link-local", "multicast", "unspecified", "not an address"}
    assert bool(refusal_of(address, is_allowed=True)) is never


def test_one_bad_address_among_good_ones_refuses_the_host() -> None:
    with pytest.raises(ConfigurationError, match=r"git\.example\.com resolves to 10\.0\.0\.1"):
        pin_host("git.example.com", 443, allow_hosts=(), resolve=lambda *_: [PUBLIC, "10.0.0.1"])


def test_a_host_is_resolved_once_and_pinned() -> None:
    calls: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        calls.append((host, port))
        return [PUBLIC, "2606:2800:220:1::1"]

    pinned = pin_host("git.example.com", 8443, allow_hosts=(), resolve=resolve)
    assert pinned.curl_resolve == f"git.example.com:8443:{PUBLIC},[2606:2800:220:1::1]"
    assert calls == [("git.example.com", 8443)]


def test_an_allowed_name_is_exact() -> None:
    for host in ("sub.git.example.com", "git.example.com.evil.example"):
        with pytest.raises(ConfigurationError):
            pin_host(host, 443, allow_hosts={"git.example.com"}, resolve=lambda *_: ["10.0.0.1"])
    assert pin_host(
        "git.example.com", 443, allow_hosts={"git.example.com"}, resolve=lambda *_: ["10.0.0.1"]
    ).addresses == ("10.0.0.1",)


def test_a_host_without_addresses_is_unreachable() -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise OSError

    for resolve in (fail, lambda *_: []):
        with pytest.raises(SourceUnreachable, match="cannot be resolved"):
            pin_host("git.example.com", 443, allow_hosts=(), resolve=resolve)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_every_spelling_of_loopback_is_seen_through(host: str) -> None:
    with pytest.raises(ConfigurationError, match="loopback"):
        pin_host(host, 443, allow_hosts=(), resolve=resolve_addresses)
