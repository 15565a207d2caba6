from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ConfigurationError, Quarantined
from ingest.mirror.environment import Transport
from ingest.mirror.git import Git, GitCall, GitLimits, git_version, require_safe_version
from tests.support.gitrepo import build_repository

LIST = ("--format=%(objectname) %(objecttype) %(refname)",)


def test_the_installed_git_is_accepted() -> None:
    assert git_version().startswith("2.")


@pytest.mark.parametrize("text", ["git version 2.30.2", "", "\x1b[31m"])
def test_an_old_git_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="not safe enough") as caught:
        require_safe_version(text)
    assert "\x1b" not in str(caught.value)


def test_output_over_the_bound_is_quarantined(source: Path) -> None:
    build_repository(source, [{b"a": b"1"}])
    call = GitCall(subcommand="for-each-ref", options=LIST, git_dir=source)
    assert Git(GitLimits(output_bytes=100)).run(call).stdout
    with pytest.raises(Quarantined):
        Git(GitLimits(output_bytes=10)).run(call)


def test_a_call_without_transport_reaches_nothing(source: Path) -> None:
    build_repository(source, [{b"a": b"1"}])
    call = GitCall(subcommand="ls-remote", operands=(source.as_uri(),))
    assert "not allowed" in Git().run(call).message


@pytest.mark.parametrize("scheme", ["https", "ssh"])
def test_a_transport_opens_only_its_own_scheme(source: Path, scheme: str) -> None:
    build_repository(source, [{b"a": b"1"}])
    transport = Transport(url=source.as_uri(), scheme=scheme)
    call = GitCall(subcommand="ls-remote", operands=(source.as_uri(),), transport=transport)
    assert "not allowed" in Git().run(call).message


def test_configuration_that_is_not_on_the_list_is_refused(source: Path) -> None:
    transport = Transport(url="", scheme="file", config=(("core.fsmonitor", "x"),))
    call = GitCall(subcommand="ls-remote", operands=(source.as_uri(),), transport=transport)
    with pytest.raises(ValueError, match="allowed"):
        Git().run(call)
