"""Taking back, by the command: seen before, said, recalled, acknowledged, lifted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import InputError
from policies.decision import Lane
from policies.review import ReviewRefused
from store.catalog import ReviewerBook
from tests.cli.test_cli_review import Story
from tests.support.gitrepo import build_repository
from tests.workers.stages.test_workers_stages import FIRST, enroll, sync
from workers.context import utc_now
from workers.released import published

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("stages"),
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    told = Story(tmp_path / "state", monkeypatch)
    for module in ("workers.withdrawals", "cli.withdraw"):
        monkeypatch.setattr(f"{module}.decide_anew", lambda _context: "run")
    path = build_repository(tmp_path / "tool.git", [FIRST]).path
    sync(told.context, enroll(told.context, path))
    ReviewerBook(told.context.catalog, utc_now).add("bob", Lane.LEGAL, actor="root")
    told.decide("releasable")
    yield told
    told.context.catalog.close()


def test_what_is_taken_back_is_seen_before_and_known_after(story: Story, tmp_path: Path) -> None:
    (first,) = published(story.context)
    for_what = ("--tier", "releasable", "--purpose", "public-model", "--as", "root")
    story.run("grant", "add", "team-a", *for_what, "--until", "2090-12-31")
    who = ("--consumer", "team-a", "--run", "train-7")
    story.run("pull", first.id, str(tmp_path / "copy"), *who)
    wish = ("withdraw", "add", "path", "src/m0[01].py", "--repo", "tool")
    why = ("--reason", "RIGHTS_CLAIM", "--comment", "a claim came in", "--as", "ada")
    nothing = story.read(*wish[:3], "nowhere/", *wish[4:], *why, "--dry-run")
    assert (nothing["places"], nothing["rows"], nothing["releases"]) == (0, 0, [])
    with pytest.raises(InputError, match="names no file"):
        story.run(*wish[:3], "nowhere/", *wish[4:], *why)
    radius = story.read(*wish, *why, "--dry-run")
    assert (radius["places"], radius["contents"], radius["rows"]) == (2, 2, 2)
    (struck,) = radius["releases"]
    assert (struck["release"], struck["shards"], struck["shards_in_all"]) == (first.id, 1, 1)
    assert [(p["consumer"], p["run"]) for p in struck["pulls"]] == [("team-a", "train-7")]
    assert story.read("withdraw", "list") == []

    assert "is in force" in story.run(*wish, *why)
    (said,) = story.read("withdraw", "list")
    assert said["value"] == "src/<PATTERN>"
    assert "m0[01]" not in story.run("withdraw", "list") + story.run("withdraw", "show", said["id"])
    told = story.run("withdraw", "show", said["id"])
    assert "a claim came in" in told
    story.decide()
    assert story.row(b"src/m00.py")["reasons"][-1] == "WITHDRAWN"
    assert "RIGHTS_CLAIM by ada" in story.run("why", "tool", "src/m00.py")
    out = story.run("why-not", "tool", "src/m00.py")
    assert "only lifting" in out
    assert said["id"] in out

    (recall,) = story.read("recall", "list")
    assert (recall["rows"], recall["waits_for"]) == (2, ["team-a"])
    assert recall["requests"] == [said["id"]]
    assert "team-a" in story.run("recall", "show", recall["recall"])
    knows = ("--consumer", "team-a", "--comment", "trained anew", "--as", "eve")
    with pytest.raises(InputError, match="team-b has pulled nothing"):
        story.run("recall", "ack", recall["recall"], "--consumer", "team-b", "--as", "eve")
    assert "knows" in story.run("recall", "ack", recall["recall"], *knows)
    (recall,) = story.read("recall", "list")
    assert recall["waits_for"] == []
    with pytest.raises(InputError):
        story.run("recall", "show", "rcl_9")
    story.run("audit", "verify")
    assert story.code == 0


def test_lifting_takes_another_person_and_is_refused_to_who_withdrew(story: Story) -> None:
    why = ("--reason", "LICENSE", "--comment", "wrong license", "--as", "ada")
    story.run("withdraw", "add", "license", "LicenseRef-Company", *why)
    (said,) = story.read("withdraw", "list")
    lift = ("withdraw", "lift", said["id"])
    story.run(*lift, "ask", "--comment", "mistaken", "--as", "ada")
    with pytest.raises(ReviewRefused):
        story.run(*lift, "approve", "--comment", "so it is", "--as", "ada")
    assert "would be lifted" in story.run(
        *lift, "approve", "--comment", "so", "--as", "bob", "--dry-run"
    )
    story.run(*lift, "approve", "--comment", "so it is", "--as", "bob")
    assert story.read("withdraw", "list") == []
    (kept,) = story.read("withdraw", "list", "--all")
    assert kept["state"] == "lifted"


@pytest.mark.parametrize(
    "wish",
    [
        ("path", "src/"),
        ("blob", "12"),
        ("license", "MIT OR X"),
        ("repository", "nobody"),
        ("blob", "1" * 40, "--repo", "tool"),
    ],
)
def test_what_is_not_named_well_is_refused(story: Story, wish: tuple[str, ...]) -> None:
    why = ("--reason", "OTHER", "--comment", "so", "--as", "ada")
    with pytest.raises(InputError):
        story.run("withdraw", "add", *wish, *why)
    with pytest.raises(InputError):
        story.run("withdraw", "show", "wdr_9")
