"""What the command tells of a release, and what it keeps of who let a loss pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from ingest.errors import InputError
from store.catalog import AuditLog
from tests.strategies.release import build_corpus, mixed_corpus
from workers.audit import record_accepted_loss, verify_audit
from workers.context import Context, utc_now
from workers.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHARDGATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(build_app("release"), ["release", *arguments])
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_show_tells_rows_parent_policy_counts_and_checks(home: Path, tmp_path: Path) -> None:
    built = build_corpus(mixed_corpus(), home / "shards-releasable")
    told = run("show", built.manifest.release_id)
    words = " ".join(told.split())
    counts = built.manifest.counts
    assert f"{counts.emitted} rows of 2 repositories in 1 shards" in words
    assert "parent none" in words
    assert built.manifest.policy_digest[:20] in words
    assert f"{counts.seen} seen = {counts.emitted} emitted" in words
    for check in built.manifest.gate:
        assert check.name in words
    assert run("show", str(built.directory)) == told


def test_what_is_no_release_cannot_be_shown(home: Path, tmp_path: Path) -> None:
    for name in ("rel_" + "0" * 20, str(tmp_path)):
        with pytest.raises(InputError):
            run("show", name)


def test_a_repository_that_may_lose_its_rows_must_be_known(home: Path) -> None:
    with pytest.raises(InputError, match="no snapshot"):
        run("build", "--tier", "releasable", "--accept-loss", "shop")


def test_who_let_a_loss_pass_stands_in_the_audit_chain(home: Path) -> None:
    context = Context(settings=Settings())
    record_accepted_loss(context, "repo_1", "releasable", "ada")
    (entry,) = AuditLog(context.catalog, clock=utc_now).entries()
    assert (entry.actor, entry.action, entry.subject) == ("ada", "release.accept-loss", "repo_1")
    assert verify_audit(context).is_intact
    context.catalog.close()
