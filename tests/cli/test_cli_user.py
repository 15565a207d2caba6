"""``shardgate user``, ``login-link`` and the scopes of ``token``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import build_app
from ingest.errors import InputError
from policies.access import Action
from store.catalog import Scope, TokenBook
from workers.context import Context, utc_now
from workers.front_door import FrontDoor
from workers.settings import Settings

GOOD = "four words of chance"


class Home:
    """A home that commands work on."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings(home=root)

    def run(self, *words: str, typed: str = "") -> Result:
        own = {"SHARDGATE_HOME": str(self.settings.home)}
        return CliRunner().invoke(build_app(words[0]), words, env=own, input=typed)

    def told(self, *words: str, typed: str = "") -> str:
        done = self.run(*words, typed=typed)
        assert done.exit_code == 0, done.output
        return done.output

    def refused(self, *words: str, typed: str = "") -> str:
        done = self.run(*words, typed=typed)
        assert isinstance(done.exception, InputError)
        return str(done.exception)

    def users(self) -> dict[str, dict[str, object]]:
        return {row["name"]: row for row in json.loads(self.told("user", "list", "--json"))}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one administrator."""
    found = Home(tmp_path_factory.mktemp("home"))
    found.told("user", "add", "ada", "--role", "administrator", "--as", "root")
    return found


def test_a_user_is_added_changed_and_shut_out(home: Home) -> None:
    told = home.told("user", "add", "ben", "--role", "registrant", "--team", "Pay", "--as", "ada")
    assert "shardgate login-link ben" in told
    home.told("user", "roles", "ben", "--role", "auditor", "--role", "reviewer-legal")
    home.told("user", "roles", "ben", "--team", "Search")
    assert home.users()["ben"] | {"created_at": ""} == {
        "name": "ben",
        "roles": ["auditor", "reviewer-legal"],
        "teams": ["Search"],
        "active": True,
        "has_password": False,
        "issuer": "",
        "created_at": "",
        "created_by": "ada",
    }
    assert "ben" in home.told("reviewer", "list", "--lane", "legal")
    assert "no more" in home.told("user", "disable", "--help")
    home.told("user", "disable", "ben")
    assert home.users()["ben"]["active"] is False
    assert "disabled" in home.told("user", "list")
    home.told("user", "disable", "ben", "--undo")
    assert home.users()["ben"]["active"] is True


def test_passwords_are_read_from_standard_input_or_asked_for_twice(home: Home) -> None:
    args = ("user", "add", "cleo", "--role", "consumer", "--password-stdin")
    home.told(*args, typed=f"{GOOD}\n")
    home.told("user", "passwd", "cleo", typed=f"{GOOD}!\n{GOOD}!\n")
    door = FrontDoor(Context(settings=home.settings))
    assert door.enter_by_password("cleo", GOOD + "!", "10.0.0.1")
    assert "12 to 256" in home.refused("user", "passwd", "cleo", "--password-stdin", typed="x\n")


def test_what_cannot_be_is_said(home: Home) -> None:
    assert "without a role" in home.refused("user", "add", "dan")
    assert "already" in home.refused("user", "add", "ada", "--role", "auditor")
    assert "no user" in home.refused("user", "roles", "nobody")
    assert "no user" in home.refused("user", "roles", "nobody", "--role", "auditor")
    assert "Nobody would be" in home.refused("user", "disable", "ada")
    assert "may log in" in home.refused("login-link", "nobody")


def test_a_login_link_is_one_line_that_a_script_can_take(home: Home) -> None:
    line = home.told("login-link", "ada", "--as", "ada").splitlines()[-1]
    assert line.startswith("http://127.0.0.1:8750/login/link/")
    door = FrontDoor(Context(settings=home.settings))
    assert door.enter_by_link(line.rpartition("/")[2])
    assert "1 sessions" in home.told("user", "logout", "ada", "--as", "ada")


def test_tokens_are_made_for_actions_as_well_as_for_pulling(home: Home) -> None:
    home.told(
        *("token", "create", "bot", "--scope", "finding.read", "--scope", "repository.read"),
        *("--as", "ada"),
    )
    home.told("token", "create", "train", "--purpose", "public-model", "--as", "ada")
    found = TokenBook(Context(settings=home.settings).catalog, clock=utc_now).list_all()
    assert {t.consumer: (t.scopes, t.purpose) for t in found} == {
        "bot": ({Action.FINDING_READ, Action.REPOSITORY_READ}, "evaluation"),
        "train": ({Scope.PULL}, "public-model"),
    }
    assert "--purpose" in home.refused("token", "create", "x")
    assert "--purpose" in home.refused("token", "create", "x", "--scope", "pull.take")
    assert "no scope" in home.refused("token", "create", "x", "--scope", "everything")
