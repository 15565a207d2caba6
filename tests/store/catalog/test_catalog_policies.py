"""Policies that judged, and the one that people put in force."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.errors import ArtefactCorrupt
from store.catalog import AuditLog, Catalog, PolicyBook
from store.catalog.chain_faults import read_chain
from store.catalog.policies import text_digest
from tests.support.edited import edit

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def book(catalog: Catalog) -> PolicyBook:
    return PolicyBook(catalog, lambda: NOW)


def test_one_policy_is_in_force_and_old_ones_are_kept(book: PolicyBook, catalog: Catalog) -> None:
    assert book.active_policy() is None
    book.activate_policy("d1", "default", "rules: []")
    first = book.active_policy()
    assert first is not None
    book.activate_policy("d2", "default", "rules: [1]")
    old = book.find_policy("d1")
    assert old is not None
    assert not old.active
    book.activate_policy("d1", "default", "rules: []")
    assert book.active_policy() == first
    assert not book.activate_policy("d1", "default", "rules: []")
    said = AuditLog(catalog, clock=lambda: NOW).entries()
    assert [(e.action, e.subject, e.detail["before"]) for e in said] == [
        ("policy.activate", "d1", ""),
        ("policy.activate", "d2", "d1"),
        ("policy.activate", "d1", "d2"),
    ]
    assert book.find_policy("d3") is None


def test_the_policy_that_was_applied_last_is_in_force(book: PolicyBook, catalog: Catalog) -> None:
    assert book.applied() is None
    book.apply(("d1", "one", "text 1"), plan="p1", actor="ada")
    book.apply(("d2", "two", "text 2"), plan="p2", actor="bo")
    book.apply(("d1", "one", "text 1"), plan="p3", actor="ada")
    applied = book.applied()
    assert applied is not None
    assert (applied.digest, applied.text) == ("d1", "text 1")
    assert [(a.digest, a.plan, a.actor) for a in book.applications()] == [
        ("d1", "p3", "ada"),
        ("d2", "p2", "bo"),
        ("d1", "p1", "ada"),
    ]
    entries = AuditLog(catalog, clock=lambda: NOW).entries()
    assert [(e.actor, e.action, e.subject, dict(e.detail)) for e in entries] == [
        ("ada", "policy.apply", "d1", {"plan": "p1", "text": text_digest("text 1")}),
        ("bo", "policy.apply", "d2", {"plan": "p2", "text": text_digest("text 2")}),
        ("ada", "policy.apply", "d1", {"plan": "p3", "text": text_digest("text 1")}),
    ]
    book.apply(("d3", "three", "text 3"), plan="p4", actor="bo", accepted=2)
    head = AuditLog(catalog, clock=lambda: NOW).head()
    assert head is not None
    assert (head.detail["plan"], head.detail["accepted_errors"]) == ("p4", 2)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM policy_applications WHERE plan = 'p2'",
        "DELETE FROM policies WHERE digest = 'd2'",
        "UPDATE policy_applications SET digest = 'd1' WHERE plan = 'p2'",
        "DELETE FROM policy_applications",
    ],
)
def test_no_other_policy_is_in_force_than_the_chain_names(
    book: PolicyBook, catalog: Catalog, statement: str
) -> None:
    book.apply(("d1", "one", "text 1"), plan="p1", actor="ada")
    book.apply(("d2", "two", "text 2"), plan="p2", actor="bo")
    if not catalog.database.is_sqlite:
        pytest.skip("by hand, as who edits the file would")
    edit(catalog, statement)
    with pytest.raises(ArtefactCorrupt, match="not the one that the audit chain names"):
        book.applied()


def test_deciding_by_a_policy_puts_none_in_force(book: PolicyBook) -> None:
    book.activate_policy("d1", "default", "text")
    assert book.applied() is None


def test_the_same_policy_in_other_words_is_kept_as_it_was_first_written(
    book: PolicyBook, catalog: Catalog
) -> None:
    """The digest is over what a document says, not over its comments."""
    book.activate_policy("d1", "one", "text 1")
    book.propose(("d1", "one", "# a remark\ntext 1"), plan="p1", actor="ada")
    book.apply(("d1", "one", "# another\ntext 1"), plan="p1", actor="bo")
    entries = AuditLog(catalog, clock=lambda: NOW).entries()
    assert {entry.detail["text"] for entry in entries} == {text_digest("text 1")}
    assert read_chain(catalog)[1] == ()
