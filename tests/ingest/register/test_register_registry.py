from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import RegistrationRefused
from ingest.register.registry import RegistrationRequest, register

TODAY = date(2030, 5, 1)


class ListRegistry:
    """The registry port over a dict."""

    def __init__(self) -> None:
        self.rows: dict[str, Repository] = {}
        self.writes = 0

    def list_repositories(self) -> list[Repository]:
        return sorted(self.rows.values(), key=lambda r: (r.name, r.id))

    def find_by_url(self, canonical_url: str) -> Repository | None:
        return next((r for r in self.rows.values() if r.url == canonical_url), None)

    def save_repository(self, repository: Repository) -> None:
        self.rows[repository.id] = repository
        self.writes += 1


def request(**changes: Any) -> RegistrationRequest:
    fields: dict[str, Any] = {
        "url": "https://git.example.com/team/app",
        "owner": "team-one",
        "rights": "owner-attested",
        "license": "LicenseRef-Example",
        "evidence": "attestation 7",
        "release_consent": True,
        "consent_until": date(2030, 12, 31),
    }
    return RegistrationRequest(**(fields | changes))


def add(registry: ListRegistry, *, update: bool = False, **changes: Any) -> Repository:
    return register(request(**changes), registry, today=TODAY, allow_local=False, update=update)


def test_a_registration_is_written_with_an_opaque_stable_id() -> None:
    registry = ListRegistry()
    repository = add(registry)
    assert registry.rows == {repository.id: repository}
    assert repository.rights_basis is RightsBasis.OWNER_ATTESTED
    assert repository.name == "app"
    assert add(ListRegistry()).id == repository.id


def test_the_same_registration_twice_changes_nothing() -> None:
    registry = ListRegistry()
    assert add(registry) == add(registry, url="https://GIT.example.com/team/app/")
    assert registry.writes == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/team/app.git",
        "git@git.example.com:team/app",
        "ssh://git@git.example.com/team/app.git",
    ],
)
@pytest.mark.parametrize("update", [False, True])
def test_another_spelling_of_a_registered_repository_is_refused(url: str, *, update: bool) -> None:
    registry = ListRegistry()
    add(registry)
    with pytest.raises(RegistrationRefused, match="already registered as https://"):
        add(registry, url=url, update=update)
    assert registry.writes == 1


def test_changed_rights_need_an_update() -> None:
    registry = ListRegistry()
    before = add(registry)
    with pytest.raises(RegistrationRefused, match="owner, license"):
        add(registry, owner="team-two", license="MIT")
    assert registry.rows[before.id] == before
    after = add(registry, owner="team-two", license="MIT", update=True)
    assert registry.rows == {before.id: after}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"consent_until": date(2030, 4, 30)}, "expired on 2030-04-30"),
        ({"consent_until": None}, "needs the last day"),
        ({"release_consent": False}, "no consent"),
        ({"evidence": ""}, "evidence is missing"),
        ({"owner": " "}, "owner is missing"),
        ({"owner": "a\nb"}, "owner is not one readable line"),
        ({"license": "proprietary"}, "Unknown license"),
        ({"credential": "env:"}, "no reference"),
        ({"credential": "env:A B"}, "no reference"),
        ({"credential": "file:relative"}, "no reference"),
        ({"url": "git@git.example.com:a/b", "credential": "env:KEY"}, "does not fit ssh"),
    ],
)
def test_what_is_not_in_order_is_refused_and_not_written(
    changes: dict[str, Any], says: str
) -> None:
    registry = ListRegistry()
    with pytest.raises(RegistrationRefused, match=says):
        add(registry, **changes)
    assert registry.rows == {}


def test_consent_holds_on_its_last_day() -> None:
    assert add(ListRegistry(), consent_until=TODAY).has_valid_consent(TODAY)


def test_a_repository_without_consent_is_registered_for_internal_use() -> None:
    changes = {"release_consent": False, "consent_until": None, "evidence": ""}
    assert not add(ListRegistry(), **changes).has_valid_consent(TODAY)


def test_a_pasted_credential_is_never_repeated() -> None:
    pasted = "gh" + "p_" + "0" * 36
    with pytest.raises(RegistrationRefused) as caught:
        add(ListRegistry(), credential=pasted)
    assert pasted not in str(caught.value)
    with pytest.raises(ValidationError) as invalid:
        request(credential=[pasted])
    assert pasted not in str(invalid.value)


@pytest.mark.parametrize(
    "changes",
    [{"release_consent": "yes"}, {"rights": "borrowed"}, {"color": "red"}, {"url": 7}],
)
def test_fields_of_the_wrong_kind_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        request(**changes)
