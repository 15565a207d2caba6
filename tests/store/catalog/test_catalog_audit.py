"""The audit chain names the entry that was edited, removed or moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from store.catalog import AuditLog, Catalog
from store.catalog.audit import GENESIS

MOMENT = datetime(2030, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
SWAP = (
    "UPDATE audit SET seq = -1 WHERE seq = 2",
    "UPDATE audit SET seq = 2 WHERE seq = 3",
    "UPDATE audit SET seq = 3 WHERE seq = -1",
)


@pytest.fixture
def log(catalog: Catalog) -> AuditLog:
    found = AuditLog(catalog, lambda: MOMENT)
    for number in range(1, 5):
        found.append("ann", "published", f"release_{number}", {"rows": number, "ids": ["a", "b"]})
    return found


@pytest.fixture
def tamper(catalog: Catalog) -> Callable[..., None]:
    def run(*statements: str) -> None:
        for statement in statements:
            catalog.database.write(lambda s, sql=statement: s.execute(text(sql)))

    return run


def test_an_untouched_chain_verifies_and_keeps_what_was_said(log: AuditLog) -> None:
    report = log.verify()
    entries = log.entries()
    assert (report.entries, report.is_intact, report.head) == (4, True, entries[-1].hash)
    assert entries[0].prev_hash == GENESIS
    assert (entries[3].at, entries[3].detail) == (MOMENT, {"ids": ["a", "b"], "rows": 4})
    assert log.append("bob", "pulled", "release_1") == log.entries()[-1]


def test_an_empty_chain_is_intact(catalog: Catalog) -> None:
    report = AuditLog(catalog, lambda: MOMENT).verify()
    assert (report.entries, report.head, report.is_intact) == (0, GENESIS, True)


@pytest.mark.parametrize(
    ("statements", "seq"),
    [
        (("UPDATE audit SET actor = 'eve' WHERE seq = 3",), 3),
        (("UPDATE audit SET hash = prev_hash WHERE seq = 2",), 2),
        (("UPDATE audit SET at = '2031-01-01 00:00:00.000000' WHERE seq = 1",), 1),
        (("DELETE FROM audit WHERE seq = 2",), 2),
        (("DELETE FROM audit WHERE seq = 1",), 1),
        (SWAP, 2),
    ],
)
def test_a_touched_entry_is_named(
    log: AuditLog, tamper: Callable[..., None], statements: tuple[str, ...], seq: int
) -> None:
    tamper(*statements)
    report = log.verify()
    assert report.broken_seq == seq
    assert report.cause


def test_a_cut_or_restored_chain_misses_the_head_that_was_kept_elsewhere(
    log: AuditLog, tamper: Callable[..., None]
) -> None:
    head = log.verify().head
    log.append("ann", "published", "release_5")
    assert log.verify(head).is_intact
    tamper("DELETE FROM audit WHERE seq >= 4")
    assert log.verify().is_intact
    assert log.verify(head).broken_seq == 4


def test_free_text_is_refused(log: AuditLog) -> None:
    with pytest.raises(ValueError, match="only identifiers"):
        log.append("ann", "noted", "release_1", {"note": "some words of a person"})
    assert log.verify().entries == 4
