"""Registrations and the audit chain: the one is never there without the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from ingest.errors import ArtefactCorrupt, InputError, RegistrationRefused
from store.catalog import (
    AuditLog,
    Catalog,
    RegistrationBook,
    RepositoryState,
    registrations,
)
from store.catalog.chain_faults import read_chain
from store.catalog.registrations import unedited_repositories
from tests.store.catalog.test_catalog_catalog import a_repository
from tests.strategies.grants import NOW
from tests.support.clock import Clock

FIRST = a_repository()
LATER = replace(FIRST, release_consent=False, consent_until=None)


@pytest.fixture
def book(catalog: Catalog) -> RegistrationBook:
    return RegistrationBook(catalog, Clock(NOW), actor="ada")


def said(catalog: Catalog) -> list[tuple[str, str, str]]:
    log = AuditLog(catalog, clock=lambda: NOW)
    assert log.verify().is_intact
    return [(e.actor, e.action, e.subject) for e in log.entries()]


def test_every_change_is_in_the_chain_with_what_was_attested(
    catalog: Catalog, book: RegistrationBook
) -> None:
    book.save_repository(FIRST)
    assert book.find_by_url(FIRST.url) == FIRST
    assert book.restate(FIRST, LATER, ["release_consent"], "consent-ended")
    book.set_state(FIRST.id, RepositoryState.QUARANTINED, "retired: no longer ours")
    book.set_state(FIRST.id, RepositoryState.ACTIVE, "")
    assert book.list_repositories() == [LATER]
    actions = ["register", "restate", "retire", "restore"]
    assert said(catalog) == [("ada", f"repository.{action}", FIRST.id) for action in actions]
    first, later, *_ = AuditLog(catalog, clock=lambda: NOW).entries()
    assert (first.detail["consent"], first.detail["consent_until"]) == (True, "2031-01-01")
    assert (later.detail["consent"], later.detail["cause"]) == (False, "consent-ended")


def test_what_changes_nothing_says_nothing(catalog: Catalog, book: RegistrationBook) -> None:
    book.save_repository(FIRST)
    assert not book.restate(LATER, FIRST, ["release_consent"], "other")
    with pytest.raises(InputError):
        book.set_state("repo_none", RepositoryState.ACTIVE, "")
    with pytest.raises(RegistrationRefused):
        book.save_repository(replace(a_repository(2), url=FIRST.url))
    assert said(catalog) == [("ada", "repository.register", FIRST.id)]


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.save_repository(a_repository(2)),
        lambda book: book.restate(FIRST, LATER, ["release_consent"], "other"),
        lambda book: book.set_state(FIRST.id, RepositoryState.QUARANTINED, "retired"),
    ],
    ids=["register", "restate", "retire"],
)
def test_what_cannot_be_said_is_not_done(
    catalog: Catalog,
    book: RegistrationBook,
    change: Callable[[RegistrationBook], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process dies between the two."""
    book.save_repository(FIRST)

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(registrations, "append_entry", die)
        with pytest.raises(SystemExit):
            change(book)
    assert catalog.list_repositories() == [FIRST]
    assert catalog.repository_state(FIRST.id) == (RepositoryState.ACTIVE, "")
    assert len(said(catalog)) == 1


def test_whatever_is_said_shows_in_what_changed(catalog: Catalog, book: RegistrationBook) -> None:
    """Pages rest on it: what was read before stands while this is the same."""
    seen = [catalog.changes()]
    for change in (
        lambda: book.save_repository(FIRST),
        lambda: book.restate(FIRST, LATER, ["release_consent"], "consent-ended"),
        lambda: catalog.save_repository(a_repository(2)),
        lambda: AuditLog(catalog, clock=lambda: NOW).append("ada", "policy.plan", "p"),
    ):
        change()
        seen.append(catalog.changes())
    assert len(set(seen)) == len(seen)
    assert (seen[-1].repositories, seen[-1].last_entry) == (2, 3)
    assert catalog.changes() == seen[-1]


@pytest.mark.parametrize(
    "edit",
    [
        "license = 'GPL-3.0-only'",
        "owner = 'somebody else'",
        "url = 'https://git.invalid/other.git'",
        "release_consent = 1",
        "consent_until = '2099-12-31'",
        "evidence = 'DOC-2'",
    ],
)
def test_what_was_edited_is_decided_on_by_nobody(
    catalog: Catalog, book: RegistrationBook, edit: str
) -> None:
    book.save_repository(FIRST)
    assert book.restate(FIRST, LATER, ["release_consent"], "consent-ended")
    for _ in range(2):
        assert unedited_repositories(catalog) == [LATER]
    if not catalog.database.is_sqlite:
        edit = edit.replace("= 1", "= true")
    with catalog.database.engine.begin() as connection:
        connection.execute(text(f"UPDATE repositories SET {edit}"))
    with pytest.raises(ArtefactCorrupt, match="not as its owner stated it"):
        unedited_repositories(catalog)
    (fault,) = read_chain(catalog)[1]
    assert fault == f"repository {FIRST.id}: it is not as the chain says"


def test_entries_that_tell_less_and_repositories_without_any_are_let_be(
    catalog: Catalog, book: RegistrationBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a chain that an earlier version wrote."""
    catalog.save_repository(a_repository(2))
    with monkeypatch.context() as patch:
        said = registrations._said
        patch.setattr(
            registrations, "_said", lambda r: {k: v for k, v in said(r).items() if k != "stated"}
        )
        book.save_repository(FIRST)
    assert unedited_repositories(catalog) == [FIRST, a_repository(2)]
    catalog.save_repository(replace(FIRST, license="MIT"))
    assert len(unedited_repositories(catalog)) == 2
    catalog.save_repository(replace(FIRST, license="MIT", release_consent=False))
    with pytest.raises(ArtefactCorrupt):
        unedited_repositories(catalog)
