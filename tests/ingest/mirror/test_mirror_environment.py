from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from ingest.mirror.environment import (
    CONFIG,
    Transport,
    build_environment,
    build_ssh_command,
    is_safe_version,
    parse_version,
)


@pytest.mark.parametrize(
    ("text", "is_safe"),
    [
        ("git version 2.39.5", True),
        ("git version 2.39.4", False),
        ("git version 2.42.9", False),
        ("git version 2.43.0", False),
        ("git version 2.43.7", True),
        ("git version 2.49.0", False),
        ("git version 2.50.0", False),
        ("git version 2.50.1 (Apple Git-155)", True),
        ("git version 2.50.1.windows.1", True),
        ("git version 2.51", True),
        ("git version 2.100.0", True),
        ("git version 3.0.0", True),
        ("git version 1.99.9", False),
    ],
)
def test_old_releases_are_not_safe(text: str, *, is_safe: bool) -> None:
    version = parse_version(text)
    assert version is not None
    assert is_safe_version(version) is is_safe


@pytest.mark.parametrize("text", ["", "git", "git version unknown"])
def test_no_version_is_no_version(text: str) -> None:
    assert parse_version(text) is None


def test_a_call_allows_the_one_protocol_it_needs() -> None:
    https = Transport(url="https://h.example/a", scheme="https")
    assert build_environment(https)["GIT_ALLOW_PROTOCOL"] == "https"
    assert build_environment(None)["GIT_ALLOW_PROTOCOL"] not in {"", "https", "file"}
    assert build_environment(https)["GIT_SSH_COMMAND"] == "/bin/false"


def test_no_key_of_the_configuration_stands_twice() -> None:
    keys = [key for key, _ in CONFIG]
    assert len(set(keys)) == len(keys)


def test_ssh_understands_its_options(tmp_path: Path) -> None:
    key = tmp_path / "a key"
    command = build_ssh_command(
        address="192.0.2.7", alias="[git.example.com]:2222", known_hosts=None, key=key
    )
    # -G prints the effective configuration and connects to nothing
    shown = subprocess.run(
        [*shlex.split(command), "-G", "-p", "2222", "git@git.example.com"],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for line in (
        "hostname 192.0.2.7",
        "hostkeyalias [git.example.com]:2222",
        "stricthostkeychecking true",
        "userknownhostsfile /dev/null",
        "batchmode yes",
        "identitiesonly yes",
        "forwardagent no",
        f"identityfile {key}",
        "permitlocalcommand no",
    ):
        assert line in shown
    assert not [line for line in shown if line.startswith("proxycommand ")]


@pytest.mark.parametrize("name", ["/k/%h", "/k/${HOME}", '/k/"', "~/k", "/k/a\nb", "/k/;x"])
def test_a_path_that_ssh_would_expand_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="expand"):
        build_ssh_command(address="192.0.2.7", alias="h", known_hosts=None, key=Path(name))
