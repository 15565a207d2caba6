"""What people say of secrets: appended, audited, the last word counts; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import InputError
from store.catalog import AuditLog, Catalog, RotationBook, RotationState

ONE, OTHER = "a" * 32, "b" * 32


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def book(catalog: Catalog) -> RotationBook:
    return RotationBook(catalog, clock=Clock())


def test_the_last_word_counts_and_every_word_is_kept(book: RotationBook) -> None:
    book.record(ONE, RotationState.ACTIVE, actor="ada", comment="asked the team")
    book.record(OTHER, RotationState.FALSE_POSITIVE, actor="ada")
    book.record(ONE, RotationState.ROTATED, actor="eve")
    newest = book.newest()
    assert {f: r.state for f, r in newest.items()} == {
        ONE: RotationState.ROTATED,
        OTHER: RotationState.FALSE_POSITIVE,
    }
    said = book.history(ONE)
    assert [(r.actor, r.state.value, r.comment) for r in said] == [
        ("ada", "active", "asked the team"),
        ("eve", "rotated", ""),
    ]
    assert said[0].at < said[1].at
    assert said[0].at.utcoffset() == timedelta(0)


def test_what_is_said_is_in_the_audit_chain_without_its_comment(
    catalog: Catalog, book: RotationBook
) -> None:
    book.record(ONE, RotationState.REVOKED, actor="ada", comment="see the ticket")
    log = AuditLog(catalog, clock=Clock())
    (entry,) = log.entries()
    assert (entry.actor, entry.action, entry.subject) == ("ada", "secret.rotate", ONE)
    assert entry.detail["state"] == "revoked"
    assert set(entry.detail) == {"state", "row_sha256"}
    assert log.verify().is_intact


@pytest.mark.parametrize(
    ("fingerprint", "actor", "comment"),
    [
        ("short", "ada", ""),
        ("G" * 32, "ada", ""),
        (ONE, " ", ""),
        (ONE, "ada", "two\nlines"),
        (ONE, "ada\x1b[2J", ""),
        (ONE, "ada", "x" * 501),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    catalog: Catalog, book: RotationBook, fingerprint: str, actor: str, comment: str
) -> None:
    with pytest.raises(InputError):
        book.record(fingerprint, RotationState.ROTATED, actor=actor, comment=comment)
    assert book.newest() == {}
    assert AuditLog(catalog, clock=Clock()).entries() == []
