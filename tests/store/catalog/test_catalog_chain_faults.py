"""A row that was edited, added or deleted by hand is found by holding it against the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import ArtefactCorrupt
from policies.decision import Lane, Tier
from policies.document import default_policy_text
from policies.review import Move, ReviewState, Selector
from release.domain.grant import Purpose, Wish
from store.catalog import (
    Catalog,
    GrantBook,
    PolicyBook,
    RecallBook,
    RecalledRelease,
    RecallRecord,
    ReleaseBook,
    ReviewBook,
    ReviewerBook,
    WithdrawalBook,
)
from store.catalog.chain_faults import read_chain
from tests.strategies.reviews import NOW, POLICY, waiver
from tests.strategies.withdrawals import withdrawal
from tests.support.edited import copied_catalog, edit


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog in which every kind of act was done by its book."""
    path = tmp_path_factory.mktemp("chain") / "catalog.sqlite"
    catalog = Catalog(f"sqlite:///{path}")
    catalog.upgrade()
    reviewers = ReviewerBook(catalog, clock=lambda: NOW)
    for name in ("ada", "bob", "eve"):
        reviewers.add(name, Lane.LEGAL, actor="root")
    reviewers.remove("eve", Lane.LEGAL, actor="root")
    reviews = ReviewBook(catalog, POLICY)
    for name in ("rvw_1", "rvw_2"):
        asked = replace(waiver("MINIFIED", "1", name), state=ReviewState.PROPOSED, version=1)
        reviews.propose(asked)
    reviews.approve("rvw_1", Move(actor="bob", at=NOW, comment="looked", seen=1))
    withdrawals = WithdrawalBook(catalog, POLICY)
    for name in ("wdr_1", "wdr_2"):
        withdrawals.withdraw(withdrawal(name, Selector.REPOSITORY, repo_id="repo_1"))
    grants = GrantBook(catalog, lambda: NOW)
    wish = Wish(consumer="trainers", tier=Tier.RELEASABLE, purpose=Purpose.PUBLIC_MODEL)
    for _ in range(2):
        given = grants.draft(wish, NOW + timedelta(days=9), by="ada", comment="spring")
        grants.add(given)
    grants.revoke(given.id, by="bob")
    policies = PolicyBook(catalog, clock=lambda: NOW)
    policies.apply((POLICY.digest, "default", default_policy_text()), plan="p1", actor="ada")
    releases = ReleaseBook(catalog, clock=lambda: NOW)
    for name in ("rel_1", "rel_2"):
        releases.begin_release(name, Tier.RELEASABLE, {})
        releases.publish(name, f"m{name}", name, {})
    parts = tuple(RecalledRelease(release_id=r, rows=2, replaced_by="") for r in ("rel_1", "rel_2"))
    recall = RecallRecord(
        id="rcl_1",
        tier=Tier.RELEASABLE,
        reasons=("SECRET",),
        requests=("wdr_1",),
        releases=parts,
        issued_at=NOW,
    )
    assert RecallBook(catalog, clock=lambda: NOW).record(recall, actor="worker")
    catalog.close()
    return path


@pytest.fixture
def kept(template: Path, tmp_path: Path) -> Iterator[Catalog]:
    """A copy of it that a test may edit."""
    with copied_catalog(template, tmp_path) as catalog:
        yield catalog


def test_what_the_books_wrote_is_as_the_chain_says(kept: Catalog) -> None:
    entries, faults = read_chain(kept)
    assert faults == ()
    assert len({entry.action for entry in entries}) > 8
    assert len(ReviewBook(kept, POLICY).agreed()) == 1
    assert len(WithdrawalBook(kept, POLICY).in_force()) == 2


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE reviews SET expires_at = '2099-01-01 00:00:00' WHERE id = 'rvw_1'",
            "review rvw_1",
        ),
        ("UPDATE reviews SET requested_by = 'zoe' WHERE id = 'rvw_1'", "review rvw_1"),
        ("UPDATE reviews SET target = '{}' WHERE id = 'rvw_1'", "review rvw_1: it cannot be read"),
        ("UPDATE reviews SET state = 'approved' WHERE id = 'rvw_2'", "review rvw_2"),
        ("UPDATE review_events SET actor = 'zoe' WHERE action = 'approve'", "review rvw_1"),
        ("DELETE FROM reviews WHERE id = 'rvw_2'", "review rvw_2: the chain knows it"),
        ("UPDATE withdrawals SET state = 'lifted' WHERE id = 'wdr_1'", "withdrawal wdr_1"),
        ("UPDATE withdrawals SET repo_id = 'repo_2' WHERE id = 'wdr_1'", "withdrawal wdr_1"),
        ("DELETE FROM withdrawals WHERE id = 'wdr_2'", "withdrawal wdr_2: the chain knows it"),
        ("UPDATE grants SET purpose = 'evaluation' WHERE revoked_at IS NULL", "grant grt_"),
        ("UPDATE grants SET expires_at = '2099-01-01 00:00:00'", "grant grt_"),
        ("UPDATE grants SET revoked_at = NULL, revoked_by = ''", "grant grt_"),
        ("UPDATE reviewers SET active = 1 WHERE name = 'eve'", "reviewer eve of legal"),
        ("INSERT INTO reviewers VALUES ('privacy', 'zoe', 1, '2030-01-01')", "reviewer zoe"),
        ("UPDATE policies SET text = replace(text, '> 50', '> 99')", "policy "),
        ("UPDATE policies SET text = text || '}{'", "policy "),
        ("DELETE FROM policies", "policy "),
        ("INSERT INTO policies SELECT 'd9', name, text, first_seen_at, 0 FROM policies", "policy "),
        ("DELETE FROM policy_applications", "policies put in force"),
        ("UPDATE policy_applications SET actor = 'zoe'", "policies put in force"),
        ("DELETE FROM recalled_releases WHERE release_id = 'rel_1'", "recall rcl_1"),
        ("UPDATE recalled_releases SET rows = 1", "recall rcl_1"),
    ],
)
def test_an_edited_row_is_found(kept: Catalog, statement: str, told: str) -> None:
    edit(kept, statement)
    _, faults = read_chain(kept)
    assert faults
    assert all(fault.startswith(told) for fault in faults), faults


@pytest.mark.parametrize("table", ["reviews", "withdrawals"])
def test_what_was_edited_and_would_count_stops_every_decision(kept: Catalog, table: str) -> None:
    edit(kept, f"UPDATE {table} SET comment = 'another word'")
    book = ReviewBook(kept, POLICY).agreed if table == "reviews" else None
    read = book or WithdrawalBook(kept, POLICY).in_force
    with pytest.raises(ArtefactCorrupt, match="The catalog was edited"):
        read()
