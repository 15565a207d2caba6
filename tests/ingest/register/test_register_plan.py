from __future__ import annotations

import re
from datetime import date

import pytest

from ingest.domain.repository import Repository
from ingest.errors import RegistrationRefused
from ingest.register.plan import PlannedChange, plan_registry
from ingest.register.registry import Action

TODAY = date(2030, 5, 1)

GOOD = """\
repositories:
  - url: https://git.example.com/team/app
    owner: team-one
    rights: owner-attested
    license: LicenseRef-Example
    release_consent: true
    consent_until: 2030-12-31
    evidence: attestation 7
  - url: git@git.example.com:team/lib.git
    owner: team-two
    rights: contract
    license: MIT
"""


class Registered:
    """The registry port over a list."""

    def __init__(self) -> None:
        self.rows: list[Repository] = []

    def list_repositories(self) -> list[Repository]:
        return self.rows

    def find_by_url(self, canonical_url: str) -> Repository | None:
        return next((r for r in self.rows if r.url == canonical_url), None)

    def save_repository(self, repository: Repository) -> None:
        self.rows = [*(r for r in self.rows if r.id != repository.id), repository]


def plan(text: str, registry: Registered | None = None, today: date = TODAY) -> list[PlannedChange]:
    return plan_registry(text, registry or Registered(), today=today, allow_local=False)


def apply(text: str, registry: Registered) -> None:
    for change in plan(text, registry):
        assert change.repository is not None
        registry.save_repository(change.repository)


def test_new_entries_are_added_and_nothing_is_written() -> None:
    registry = Registered()
    changes = plan(GOOD, registry)
    assert [(c.action, c.name) for c in changes] == [(Action.ADD, "app"), (Action.ADD, "lib")]
    assert registry.rows == []


def test_a_plain_list_is_taken_too() -> None:
    assert plan(GOOD.partition("\n")[2]) == plan(GOOD)


def test_applying_twice_is_applying_once() -> None:
    registry = Registered()
    apply(GOOD, registry)
    rows = list(registry.rows)
    assert {c.action for c in plan(GOOD, registry)} == {Action.UNCHANGED}
    apply(GOOD, registry)
    assert registry.rows == rows


def test_changed_rights_are_an_update_that_names_the_fields() -> None:
    registry = Registered()
    apply(GOOD, registry)
    changes = plan(GOOD.replace("team-two", "team-three"), registry)
    assert [c.action for c in changes] == [Action.UNCHANGED, Action.UPDATE]
    assert changes[1].reason == "changes owner"


def test_a_consent_that_expired_meanwhile_blocks_neither_the_file_nor_counts() -> None:
    registry = Registered()
    apply(GOOD, registry)
    changes = plan(GOOD, registry, today=date(2031, 1, 1))
    assert changes[0].action is Action.UNCHANGED
    assert changes[0].repository is not None
    assert not changes[0].repository.has_valid_consent(date(2031, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    rights: contract", "    rights: contract\n    rights: license",
         "entry 2, line 9: The field rights stands twice (line 12)."),
        ("MIT", "Nonsense", "entry 2, line 9: Unknown license: Nonsense."),
        ("rights: contract", "rights: loan", "entry 2, line 9: rights:"),
        ("    owner: team-two\n", "", "entry 2, line 9: owner: Field required."),
        ("owner: team-two", "owner: [a, b]", "A field is no plain value (line 10)."),
        ("owner: team-two", "owner: 7", "entry 2, line 9: owner:"),
        ("owner: team-two", "owner: team-two\n    color: red", "color: Extra inputs"),
        ("owner: team-two", "consent_until: 2030-02-31", "no valid value (line 10)"),
        ("git@git.example.com:team/lib.git", "https://git.example.com/team/app.git",
         "The same repository stands in entry 1, line 2."),
        ("git@git.example.com:team/lib.git", "ext::sh", "entry 2, line 9: The URL names a remote"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_refused_by_number_and_line(old: str, new: str, says: str) -> None:
    assert old in GOOD
    changes = plan(GOOD.replace(old, new))
    assert [c.action for c in changes] == [Action.ADD, Action.REFUSED]
    assert says in changes[1].reason
    assert changes[1].repository is None


def test_an_entry_that_is_no_mapping_is_refused_alone() -> None:
    changes = plan(GOOD + "  - just text\n")
    assert changes[2].reason == "entry 3, line 13: The entry is no mapping of fields."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no list"),
        ("hello", "no list"),
        ("repositories: {}", "no list"),
        ("repositories: []\nrepositories: []", "no list"),
        ("a: 1\nb: [", "no valid YAML in line 2"),
        ("- a\n---\n- b", "no valid YAML in line"),
        ("\x00", "no valid YAML"),
        ("[" * 5000, "no valid YAML"),
        ("- !!python/object/apply:os.system ['true']", None),
        (" " * (9 * 2**20), "more than"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(text: str, says: str | None) -> None:
    if says is None:
        assert [c.action for c in plan(text)] == [Action.REFUSED]
        return
    with pytest.raises(RegistrationRefused, match=re.escape(says)):
        plan(text)


def test_aliases_cannot_blow_up() -> None:
    bomb = "- &a {url: x}\n" + "".join(f"- &b{i} [*a, *a]\n" for i in range(3))
    assert {c.action for c in plan(bomb)} == {Action.REFUSED}
