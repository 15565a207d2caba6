"""From grant to attested run, by the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.domain.grant import PullRefused
from tests.support.releases import folder_of, installation
from workers.context import Context
from workers.settings import Settings

UNTIL = "2999-12-31"


class Story:
    """A home with published releases, and the command over it."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHARDGATE_HOME", str(home))
        monkeypatch.chdir(home.parent)
        self.context = Context(settings=Settings())
        self.release = folder_of(self.context, Tier.RELEASABLE).name
        self.internal = folder_of(self.context, Tier.INTERNAL_ONLY).name

    def run(self, *arguments: str) -> str:
        done = CliRunner().invoke(build_app(arguments[0]), list(arguments))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.code = done.exit_code
        return " ".join(done.output.split())

    def read(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    def grant(self, tier: str = "releasable", purpose: str = "public-model") -> str:
        told = self.run(
            *("grant", "add", "trainers", f"--tier={tier}", f"--purpose={purpose}"),
            *("--until", UNTIL, "--as", "Ada"),
        )
        return told.partition(":")[0]

    def pull(self, *more: str) -> str:
        return self.run("pull", self.release, "data", "--consumer", "trainers", *more)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pull") / "home"
    installation(home).catalog.close()
    return home


@pytest.fixture
def story(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    shutil.copytree(pristine, tmp_path / "home")
    made = Story(tmp_path / "home", monkeypatch)
    yield made
    made.context.catalog.close()


def test_from_grant_to_an_attestation_that_somebody_else_checks(
    story: Story, tmp_path: Path
) -> None:
    grant = story.grant()
    told = story.pull("--run", "spring-1")
    assert f"for public-model, by {grant}" in told
    assert "shardgate attest spring-1" in told
    (pulled,) = story.read("pulls", "--run", "spring-1")
    assert (pulled["release"], pulled["consumer"], pulled["grant"]) == (
        story.release,
        "trainers",
        grant,
    )
    assert "attested: spring-1.intoto.jsonl" in story.run("attest", "spring-1", "--as", "bob")
    key = shutil.copy(story.context.keys.public, tmp_path / "key.pem")
    check = ("attest", "--verify", "spring-1.intoto.jsonl", "--key", str(key))
    assert "is intact and signed" in story.run(*check)
    assert "and so are the copies in data" in story.run(*check, "--copies", "data")
    assert story.read(*check)["predicate"]["runId"] == "spring-1"
    next(tmp_path.glob("data/rel_*/data/*.parquet")).write_bytes(b"other")
    with pytest.raises(ReleaseRefused, match="digest"):
        story.run(*check, "--copies", "data")
    actions = [entry["action"] for entry in story.read("audit", "list")]
    assert actions[-3:] == ["grant.add", "pull", "attest"]
    assert "intact" in story.run("audit", "verify")


def test_a_statement_can_be_piped(story: Story) -> None:
    story.grant()
    story.pull("--run", "spring-1")
    envelope = json.loads(story.run("attest", "spring-1", "--output", "-"))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"


def test_a_newcomer_is_told_the_line_that_lets_the_pull_through(story: Story) -> None:
    with pytest.raises(PullRefused) as refused:
        story.pull()
    _, _, line = refused.value.hint.partition("types: shardgate ")
    told = story.run(*line.replace("NAME", "ada").split())
    assert "trainers may pull releasable releases for public-model" in told
    assert "pulled and verified" in story.pull()


def test_a_grant_is_tried_out_listed_and_revoked(story: Story) -> None:
    dry = ("grant", "add", "trainers", "--tier=releasable", "--purpose=evaluation", "--as=ada")
    assert "nothing was written" in story.run(*dry, "--dry-run")
    assert story.read("grant", "list") == []
    name = story.grant()
    (listed,) = story.read("grant", "list", "--consumer", "trainers")
    assert (listed["id"], listed["granted_by"], listed["state"]) == (name, "ada", "active")
    assert listed["expires_at"] == "3000-01-01T00:00:00+00:00"
    assert name in story.run("grant", "list")
    assert "is revoked" in story.run("grant", "revoke", name, "--as", "eve")
    assert story.read("grant", "list") == []
    (ended,) = story.read("grant", "list", "--all")
    assert (ended["state"], ended["revoked_by"]) == ("revoked", "eve")
    with pytest.raises(PullRefused, match="revoked"):
        story.pull()


@pytest.mark.parametrize(
    "arguments",
    [
        ("trainers", "--tier=releasable", "--purpose=evaluation", "--as=Trainers"),
        ("trainers", "--tier=internal-only", "--purpose=public-model", "--as=ada"),
        ("trainers", "--tier=releasable", "--purpose=evaluation", "--until=2001-01-01", "--as=ada"),
        ("the trainers", "--tier=releasable", "--purpose=evaluation", "--as=ada"),
    ],
)
def test_what_nobody_may_grant_is_refused(story: Story, arguments: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        story.run("grant", "add", *arguments)
    assert story.read("grant", "list", "--all") == []


def test_internal_only_rows_never_go_to_a_public_model(story: Story) -> None:
    story.grant("internal-only", "internal-model")
    asked = ("pull", story.internal, "data", "--tier=internal-only", "--consumer=trainers")
    with pytest.raises(PullRefused, match="never"):
        story.run(*asked, "--purpose=public-model")
    assert "for internal-model" in story.run(*asked)


def test_a_folder_from_elsewhere_is_copied_and_says_that_nobody_wrote_a_receipt(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, key = folder_of(story.context, Tier.RELEASABLE), story.context.keys.public
    monkeypatch.setenv("SHARDGATE_HOME", str(tmp_path / "elsewhere"))
    told = story.run("pull", str(folder), "data", "--key", str(key))
    assert "no receipt was written" in told
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("arguments", [(), ("spring-1", "--verify", "x")])
def test_an_attestation_is_either_written_or_checked(
    story: Story, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(InputError):
        story.run("attest", *arguments)


def test_a_file_that_is_no_attestation_is_refused(story: Story, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("{}")
    for name in ("none", "other"):
        with pytest.raises(ReleaseRefused):
            story.run("attest", "--verify", name)
