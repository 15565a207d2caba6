"""Pages, limits, ETags and refusals of a host's API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.errors import (
    ConfigurationError,
    CredentialRefused,
    MustWait,
    ShardgateError,
    SourceNotFound,
    SourceUnreachable,
    TerminalError,
)
from tests.support.forge import Forge, ForgeRepository
from tests.support.gitserver import HOST
from workers.discovery.cache import AnswerCache
from workers.discovery.client import ApiClient, ApiSettings

LIST = "/api/v3/orgs/acme/repos"
FIVE = [ForgeRepository(number=n, name=f"app{n}") for n in range(5)]


class Asker:
    """Asks for the list, with a clock that only waits move."""

    def __init__(self, forge: Forge, certificate: Path, **more: Any) -> None:
        self.waits: list[float] = []
        fields: dict[str, Any] = {
            "host": HOST,
            "port": forge.port,
            "headers": {},
            "allow_hosts": frozenset({HOST}),
            "ca_file": certificate,
            "resolve": lambda *_: ["127.0.0.1"],
            "sleep": self.waits.append,
            "now": lambda: 1_000_000.0 + sum(self.waits),
        }
        self.settings = ApiSettings(**(fields | more))

    def list(self, path: str = LIST, **query: str) -> list[int]:
        with ApiClient(self.settings) as client:
            pages = client.pages(path, query)
            return [entry["id"] for page in pages for entry in page.body]


@pytest.mark.parametrize("path", [LIST, "/api/v4/groups/acme/projects", "/api/v1/orgs/acme/repos"])
def test_every_page_is_read_once_as_each_host_names_the_next(
    forge: Forge, certificate: Path, path: str
) -> None:
    forge.repositories = list(FIVE)
    assert Asker(forge, certificate).list(path, per_page="2") == [0, 1, 2, 3, 4]
    assert len(forge.requests) == 3
    assert all("per_page=2" in target for target, _ in forge.requests)
    assert all(headers["host"] == forge.host for _, headers in forge.requests)


def test_what_did_not_change_is_not_sent_again(
    forge: Forge, certificate: Path, tmp_path: Path
) -> None:
    forge.repositories = list(FIVE)
    cache = AnswerCache(tmp_path / "cache", "env:TOKEN")
    asker = Asker(forge, certificate, cache=cache)
    assert asker.list() == asker.list() == [0, 1, 2, 3, 4]
    assert all("if-none-match" in headers for _, headers in forge.requests[3:])
    forge.repositories[4] = ForgeRepository(number=9, name="other")
    assert asker.list() == [0, 1, 2, 3, 9]
    other = AnswerCache(tmp_path / "cache", "env:OTHER")
    seen = len(forge.requests)
    Asker(forge, certificate, cache=other).list()
    assert all("if-none-match" not in headers for _, headers in forge.requests[seen:])
    for file in (tmp_path / "cache").iterdir():
        assert file.stat().st_mode & 0o077 == 0
        file.write_bytes(b"{")
    assert asker.list() == [0, 1, 2, 3, 9]


@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [
        (429, {"Retry-After": "7"}, [7.0]),
        (403, {"Retry-After": "3"}, [3.0]),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000060"}, [61.0]),
        (429, {"RateLimit-Reset": "1000010"}, [11.0]),
        (429, {}, [1.0]),
        (502, {}, [1.0]),
        (503, {"Retry-After": "2"}, [2.0]),
    ],
)
def test_a_limit_is_waited_for_as_the_host_says(
    forge: Forge, certificate: Path, status: int, headers: dict[str, str], waits: list[float]
) -> None:
    forge.repositories = FIVE[:1]
    forge.script = [(status, headers)]
    asker = Asker(forge, certificate)
    assert asker.list() == [0]
    assert asker.waits == waits


def test_a_limit_that_lasts_is_told_and_nothing_is_waited_for(
    forge: Forge, certificate: Path
) -> None:
    forge.script = [(403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1003600"})]
    asker = Asker(forge, certificate)
    with pytest.raises(MustWait) as caught:
        asker.list()
    assert caught.value.seconds == pytest.approx(3601)
    assert asker.waits == []


def test_a_host_that_stays_away_is_given_up(forge: Forge, certificate: Path) -> None:
    forge.script = [(500, {})] * 9
    asker = Asker(forge, certificate)
    with pytest.raises(SourceUnreachable, match="4 tries"):
        asker.list()
    assert asker.waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, CredentialRefused),
        (403, CredentialRefused),
        (301, SourceNotFound),
        (302, SourceNotFound),
        (404, SourceNotFound),
        (418, TerminalError),
    ],
)
def test_a_refusal_is_not_asked_again(
    forge: Forge, certificate: Path, status: int, error: type[ShardgateError]
) -> None:
    forge.script = [(status, {"Location": "https://elsewhere.example/"})]
    with pytest.raises(error):
        Asker(forge, certificate).list()
    assert len(forge.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b'{"a": 1'])
def test_an_answer_that_is_no_json_is_refused(forge: Forge, certificate: Path, body: bytes) -> None:
    forge.body = body
    with pytest.raises(SourceUnreachable, match="no JSON"):
        Asker(forge, certificate).list()


def test_a_next_page_of_another_host_or_scheme_is_not_asked_for(
    forge: Forge, certificate: Path
) -> None:
    forge.repositories = list(FIVE)
    for other in ("https://169.254.169.254", f"http://{forge.host}", "https://evil.example"):
        forge.other_links = other
        with pytest.raises(TerminalError, match="another host"):
            Asker(forge, certificate).list()
    assert len(forge.requests) == 3


def test_a_list_that_leads_back_to_itself_ends(forge: Forge, certificate: Path) -> None:
    forge.repositories = list(FIVE)
    forge.other_links = f'https://{forge.host}{LIST}?page=1>; rel="next", <'
    assert Asker(forge, certificate).list() == [0, 1, 0, 1]


def test_addresses_and_certificates_are_checked_before_anything_is_sent(
    forge: Forge, certificate: Path
) -> None:
    with pytest.raises(ConfigurationError, match="loopback"):
        Asker(forge, certificate, allow_hosts=frozenset()).list()
    with pytest.raises(SourceUnreachable, match="cannot be asked"):
        Asker(forge, certificate, ca_file=None).list()
    other = {"host": "other.test", "allow_hosts": frozenset({"other.test"})}
    with pytest.raises(SourceUnreachable, match="cannot be asked"):
        Asker(forge, certificate, **other).list()
    with pytest.raises(SourceUnreachable, match="cannot be resolved"):
        Asker(forge, certificate, resolve=lambda *_: []).list()
    assert forge.requests == []


def test_each_request_asks_first_and_a_token_is_in_no_error(
    forge: Forge, certificate: Path
) -> None:
    forge.repositories = list(FIVE)
    left = [2]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise MustWait("paused", seconds=1)

    with pytest.raises(MustWait, match="paused"):
        Asker(forge, certificate, check=check).list()
    assert len(forge.requests) == 2
    token = "t" * 12 + "oken"
    forge.token = "another"
    headers = {"Authorization": f"Bearer {token}"}
    with pytest.raises(CredentialRefused) as caught:
        Asker(forge, certificate, headers=headers).list()
    assert token not in repr(caught.value.__dict__) + str(caught.value)
    assert caught.value.__cause__ is None
