"""Hosts, repositories and webhooks by the command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from ingest.domain.repository import GitCommand, RightsBasis, Visit, VisitStatus
from ingest.errors import InputError
from ingest.register.registry import RegistrationRequest
from workers.context import Context
from workers.registering import register
from workers.settings import Settings

NOW = datetime(2030, 5, 1, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("SHARDGATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return Context(settings=Settings())


def run(*words: str, status: int = 0) -> str:
    result = CliRunner().invoke(build_app(words[0]), list(words))
    if status:
        assert result.exit_code == status
    elif result.exception is not None:
        raise result.exception
    return result.output


def enroll(context: Context) -> str:
    request = RegistrationRequest(
        url="https://git.example.com/acme/app",
        owner="team",
        rights=RightsBasis.OWNER_ATTESTED,
        license="MIT",
    )
    return register(context, request, actor="ann").id


def test_a_host_is_paused_listed_and_resumed(context: Context) -> None:
    enroll(context)
    words = ("--reason", "moves tonight", "--as", "ann")
    assert "git.example.com is paused" in run("host", "pause", "https://git.example.com/x", *words)
    listed = run("host", "list")
    assert "paused" in listed
    assert "ann: moves tonight" in listed
    assert "0 waiting visits go on" in run("host", "resume", "git.example.com", "--as", "ann")
    assert "open" in run("host", "list")
    with pytest.raises(InputError, match="not paused"):
        run("host", "resume", "git.example.com", "--as", "ann")


def test_a_repository_shows_what_is_wrong_what_to_do_and_what_git_was_told(
    context: Context,
) -> None:
    repository_id = enroll(context)
    assert "none yet: shardgate sync app" in run("repo", "show", "app")
    context.catalog.add_visit(
        Visit(
            repository_id=repository_id,
            started_at=NOW,
            finished_at=NOW,
            status=VisitStatus.FAILED,
            cause="The server refuses us. \x1b[31m",
            head_commit="",
            branch="",
            refs_digest="",
            ref_count=0,
            problem="auth_failed",
            commands=(
                GitCommand(
                    argv=("ls-remote", "--symref", "https://git.example.com/acme/app"),
                    returncode=128,
                    milliseconds=1200,
                    message="fatal: Authentication failed",
                ),
            ),
        )
    )
    shown = run("repo", "show", "app")
    assert "refuses our credential" in shown
    assert "Check that the token or key is current" in shown
    assert "git ls-remote --symref" in shown
    assert "128" in shown
    assert "\x1b" not in shown


def test_a_webhook_secret_is_shown_and_its_making_is_in_the_chain(context: Context) -> None:
    first = run("repo", "webhook-secret", "github", "--as", "ann").splitlines()[-1]
    assert run("repo", "webhook-secret", "github", "--as", "ann").splitlines()[-1] == first
    rotated = run("repo", "webhook-secret", "github", "--rotate", "--as", "ann").splitlines()[-1]
    assert rotated != first
    assert len(rotated) >= 43


def test_a_file_is_applied_whole_or_entry_by_entry(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "registry.yaml"
    entry = "- {url: 'https://h.example/%s', owner: o, rights: contract, license: %s}\n"
    file.write_text(entry % ("a", "MIT") + entry % ("b", "No-Such"))
    run("repo", "apply", str(file), status=1)
    assert context.catalog.list_repositories() == []
    assert "nothing was written" in run(
        "repo", "apply", str(file), "--keep-going", "--dry-run", status=1
    )
    assert context.catalog.list_repositories() == []
    told = run("repo", "apply", str(file), "--keep-going", status=1)
    assert "Unknown license" in told
    assert [r.name for r in context.catalog.list_repositories()] == ["a"]


def test_a_discovery_that_would_register_needs_terms(context: Context) -> None:
    with pytest.raises(InputError, match="--register needs"):
        run("repo", "discover", "github", "acme", "--register")
    with pytest.raises(InputError, match="which host"):
        run("repo", "discover", "gitea", "acme")


def test_a_preview_of_what_cannot_be_reached_says_so(context: Context) -> None:
    told = run("repo", "preview", "https://absent.shardgate.test/a", "--no-forecast", status=1)
    assert "cannot be resolved" in told
    assert "host_unknown" in told
    as_json = run(
        "repo", "preview", "https://absent.shardgate.test/a", "--no-forecast", "--json", status=1
    )
    assert '"problem": "host_unknown"' in as_json
