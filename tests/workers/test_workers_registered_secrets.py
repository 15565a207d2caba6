"""Secrets of a registered repository: at HEAD, in its history, and what people say of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import InputError
from policies.report import to_csv, to_html, to_json, to_sarif
from store.catalog import AuditLog, RotationBook, RotationState
from tests.support.commands import run_shardgate, user_environment
from tests.support.gitrepo import build_repository
from tests.workers.stages.test_workers_stages import enroll, sync
from workers.context import Context, utc_now
from workers.registered_secrets import secrets_of_repository
from workers.reports import violation_report
from workers.settings import Settings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def token(seed: str) -> bytes:
    return ("gh" + "p_" + seed * 4).encode()


def shardgate(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_shardgate("secrets", *arguments, env=user_environment(SHARDGATE_HOME=str(home)))


def test_secrets_are_listed_with_their_lives_and_what_was_done_about_them(
    context: Context, tmp_path: Path
) -> None:
    old, kept = token("aB3dE6gH9"), token("kQ7wZ2xN5")
    built = build_repository(
        tmp_path / "r.git",
        [{b"old.py": b"t = '%s'\n" % old}, {b"kept.py": b"t = '%s'\n" % kept}, {b"old.py": None}],
    )
    repository = enroll(context, built.path)
    with pytest.raises(InputError, match="not synced"):
        secrets_of_repository(context, repository, with_history=False)
    sync(context, repository)
    with pytest.raises(InputError, match="history"):
        secrets_of_repository(context, repository, with_history=True)
    sync(context, repository, history=True)
    (at_head,) = secrets_of_repository(context, repository, with_history=False)
    assert (at_head.paths, at_head.at_head) == ((b"kept.py",), True)
    assert (at_head.first.commit, at_head.last.commit) == built.commits[1:]
    everything = secrets_of_repository(context, repository, with_history=True)
    gone = next(s for s in everything if not s.at_head)
    assert (gone.first.commit, gone.last.commit, gone.removed.commit) == built.commits

    home, name = context.settings.root, repository.name
    said = shardgate(
        home, "rotate", gone.fingerprint, "--state=rotated", "--by=ada", "--comment=T 1"
    )
    assert said.returncode == 0, said.stderr
    listed = shardgate(home, "list", name, "--history", "--format=jsonl")
    states = {line["fingerprint"]: line for line in map(json.loads, listed.stdout.splitlines())}
    assert (states[gone.fingerprint]["rotation"], states[gone.fingerprint]["rotated_by"]) == (
        "rotated",
        "ada",
    )
    assert states[at_head.fingerprint]["rotation"] == "unknown"
    refused = shardgate(home, "rotate", "no-fingerprint", "--state=rotated", "--by=ada")
    assert refused.returncode == 2
    for text in (said, listed, refused):
        for value in (old, kept):
            assert value.decode() not in text.stdout + text.stderr
    (entry,) = [
        e for e in AuditLog(context.catalog, clock=utc_now).entries() if e.action == "secret.rotate"
    ]
    assert (entry.actor, entry.subject) == ("ada", gone.fingerprint)

    book = RotationBook(context.catalog, clock=utc_now)
    book.record(at_head.fingerprint, RotationState.REVOKED, actor="eve")
    report = violation_report(context, [repository])
    said_of = {g.key: g.rotation for g in report.groups if g.rotation}
    assert said_of == {gone.fingerprint: "rotated", at_head.fingerprint: "revoked"}
    for rendered in (to_html(report), to_json(report), to_csv(report), to_sarif(report)):
        assert "revoked" in rendered
        assert "rotated" in rendered
