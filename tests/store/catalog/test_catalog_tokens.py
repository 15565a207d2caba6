"""API tokens: shown once, found by their digest, ended at once; on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from ingest.errors import InputError
from store.catalog import AuditLog, Catalog, Scope, TokenBook, TokenRequest
from tests.support.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
def book(catalog: Catalog, clock: Clock) -> TokenBook:
    return TokenBook(catalog, clock=clock)


def request(clock: Clock, **changes: object) -> TokenRequest:
    asked = {
        "consumer": "team",
        "scopes": [Scope.PULL],
        "purpose": "evaluation",
        "expires_at": clock.now + timedelta(days=1),
    }
    return TokenRequest(**(asked | changes))  # type: ignore[arg-type]


def test_a_token_is_known_by_its_value_until_it_expires(book: TokenBook, clock: Clock) -> None:
    made, value = book.create(request(clock), actor="root")
    assert re.fullmatch(r"sgt_[A-Za-z0-9_-]{43}", value)
    found = book.authenticate(value)
    assert found is not None
    assert (found.id, found.consumer, found.scopes) == (made.id, "team", {Scope.PULL})
    other = value[:-1] + ("A" if value[-1] != "A" else "B")
    for wrong in ("", "sgt_", value[4:], value + "A", value.upper(), other, f" {value}", "é" * 47):
        assert book.authenticate(wrong) is None
    clock.now = made.expires_at
    assert book.authenticate(value) is None


def test_a_token_that_was_revoked_is_none_and_stays_so(book: TokenBook, clock: Clock) -> None:
    made, value = book.create(request(clock), actor="root")
    kept, kept_value = book.create(request(clock), actor="root")
    clock.now += timedelta(minutes=5)
    first = book.revoke(made.id, actor="eve")
    clock.now += timedelta(minutes=5)
    assert book.revoke(made.id, actor="bob") == first
    assert book.authenticate(value) is None
    found = book.authenticate(kept_value)
    assert found is not None
    assert found.id == kept.id
    with pytest.raises(InputError, match="There is no token"):
        book.revoke("tok_none", actor="eve")


def test_the_last_use_is_known_by_the_minute(book: TokenBook, clock: Clock) -> None:
    made, value = book.create(request(clock), actor="root")
    assert made.last_used_at is None
    first = clock.now
    book.authenticate(value)
    clock.now = first + timedelta(seconds=59)
    book.authenticate(value)
    assert book.list_all()[0].last_used_at == first
    clock.now = first + timedelta(seconds=60)
    book.authenticate(value)
    assert book.list_all()[0].last_used_at == clock.now


def test_neither_the_catalog_nor_the_audit_chain_holds_a_value(
    catalog: Catalog, book: TokenBook, clock: Clock
) -> None:
    made, value = book.create(request(clock, run_id="train-1"), actor="root")
    book.revoke(made.id, actor="eve")
    entries = AuditLog(catalog, clock=clock).entries()
    assert [(e.actor, e.action, e.subject) for e in entries] == [
        ("root", "token.create", made.id),
        ("eve", "token.revoke", made.id),
    ]
    rows = catalog.database.read(lambda s: s.execute(text("SELECT * FROM tokens")).all())
    assert len(rows) == 1
    assert value[4:] not in str(rows) + str(entries) + repr(made)


@pytest.mark.parametrize("changes", [{"consumer": "Two Words"}, {"consumer": ""}, {"scopes": []}])
def test_what_is_no_request_is_refused(clock: Clock, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a "):
        request(clock, **changes)


def test_a_token_that_is_over_before_it_begins_is_refused(book: TokenBook, clock: Clock) -> None:
    with pytest.raises(InputError, match="later than now"):
        book.create(request(clock, expires_at=clock.now), actor="root")
