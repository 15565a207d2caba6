from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ConfigurationError
from ingest.mirror.git import GitSettings
from ingest.mirror.transport import open_transport

PUBLIC = "93.184.216.34"


def resolve(_host: str, _port: int) -> list[str]:
    return [PUBLIC]


def test_https_is_pinned_and_takes_the_authorities_file(mirrors: Any) -> None:
    repository = replace(mirrors.repository, url="https://git.example.com:8443/a")
    transport = open_transport(repository, GitSettings(ca_file=Path("/etc/ca.pem")), resolve)
    assert dict(transport.config) == {
        "http.curloptResolve": f"git.example.com:8443:{PUBLIC}",
        "http.sslCAInfo": "/etc/ca.pem",
    }


@pytest.mark.parametrize(
    ("url", "alias"),
    [
        ("ssh://git@git.example.com/a", "git.example.com"),
        ("ssh://git@git.example.com:2222/a", "[git.example.com]:2222"),
    ],
)
def test_ssh_connects_to_the_pinned_address_under_the_host_s_name(
    mirrors: Any, tmp_path: Path, url: str, alias: str
) -> None:
    key = tmp_path / "key"
    key.touch()
    repository = replace(mirrors.repository, url=url, credential=f"file:{key}")
    command = open_transport(repository, GitSettings(), resolve).ssh_command
    assert f"-oHostName={PUBLIC}" in command
    assert alias in command
    assert str(key) in command


@pytest.mark.parametrize("url", ["http://h.example/a", "ext::sh", "/srv/x", "file:///srv/x"])
def test_other_schemes_are_refused_even_when_stored(mirrors: Any, url: str) -> None:
    with pytest.raises(ConfigurationError, match="not mirrored"):
        open_transport(replace(mirrors.repository, url=url), GitSettings(), resolve)


@pytest.mark.parametrize("way", ["env:SHARDGATE_DATABASE_URL", "file:{own}/key", "file:{link}/key"])
def test_what_is_the_installations_own_is_given_to_nobody(
    mirrors: Any, tmp_path: Path, way: str
) -> None:
    own, link = tmp_path / "own", tmp_path / "link"
    own.mkdir()
    link.symlink_to(own)
    reference = way.format(own=own, link=link)
    repository = replace(mirrors.repository, url="https://evil.example/a", credential=reference)
    settings = GitSettings(own_secrets=frozenset({own.resolve()}))
    with pytest.raises(ConfigurationError, match="of this installation"):
        open_transport(repository, settings, resolve)
