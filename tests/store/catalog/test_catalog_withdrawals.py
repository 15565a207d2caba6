"""Withdrawals in the catalog: one person says it, two lift it, and every step is audited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from ingest.errors import Conflict, InputError
from policies.decision import Lane
from policies.model import LaneRules
from policies.review import Move, ReviewRefused, Selector, Withdrawal, WithdrawalState
from store.catalog import AuditLog, Catalog, ReviewerBook, WithdrawalBook
from tests.strategies.reviews import NOW, POLICY
from tests.strategies.withdrawals import withdrawal

SAID = withdrawal("wdr_1", Selector.REPOSITORY, repo_id="repo_1")
PEOPLE = ("ada", "bob", "eve")


def move(actor: str, seen: int = 1) -> Move:
    return Move(actor=actor, at=NOW, comment="looked", seen=seen)


def seat(catalog: Catalog) -> None:
    for name in PEOPLE:
        ReviewerBook(catalog, clock=lambda: NOW).add(name, Lane.LEGAL, actor="root")


@pytest.fixture
def book(catalog: Catalog) -> WithdrawalBook:
    seat(catalog)
    return WithdrawalBook(catalog, POLICY)


def test_a_withdrawal_is_in_force_at_once_and_the_same_again_changes_nothing(
    catalog: Catalog, book: WithdrawalBook
) -> None:
    book.withdraw(SAID)
    book.withdraw(SAID)
    assert (book.find("wdr_1"), book.in_force()) == (SAID, [SAID])
    assert [(e.action, e.actor) for e in book.history("wdr_1")] == [("withdraw", "ada")]
    with pytest.raises(Conflict):
        book.withdraw(replace(SAID, comment="something else"))
    (entry,) = [e for e in AuditLog(catalog, lambda: NOW).entries() if e.subject == "wdr_1"]
    assert (entry.action, entry.detail["said"]) == ("withdrawal.withdraw", SAID.digest)
    assert book.find("wdr_2") is None


def test_it_is_lifted_by_two_and_counts_until_then(catalog: Catalog, book: WithdrawalBook) -> None:
    book.withdraw(SAID)
    assert book.ask_to_lift("wdr_1", move("ada"), dry_run=True).lift_asked_by == "ada"
    assert book.find("wdr_1") == SAID
    asked = book.ask_to_lift("wdr_1", move("ada"))
    assert book.in_force() == [asked]
    with pytest.raises(ReviewRefused):
        book.approve_lifting("wdr_1", move("ada", 2))
    lifted = book.approve_lifting("wdr_1", move("bob", 2))
    assert lifted.state is WithdrawalState.LIFTED
    assert (book.in_force(), book.list_all()) == ([], [lifted])
    assert [a.by for a in lifted.approvals] == ["bob"]
    actions = [e.action for e in book.history("wdr_1")]
    assert actions == ["withdraw", "ask_lift", "approve_lift"]
    assert AuditLog(catalog, lambda: NOW).verify().is_intact


def test_approvals_of_a_lifting_that_was_refused_do_not_count_for_the_next(
    catalog: Catalog,
) -> None:
    seat(catalog)
    document = POLICY.document.model_copy(update={"lanes": {Lane.LEGAL: LaneRules(quorum=2)}})
    book = WithdrawalBook(catalog, replace(POLICY, document=document))
    book.withdraw(replace(SAID, withdrawn_by="joe"))
    book.ask_to_lift("wdr_1", move("kim"))
    book.approve_lifting("wdr_1", move("ada", 2))
    book.refuse_lifting("wdr_1", move("bob", 3))
    book.ask_to_lift("wdr_1", move("kim", 4))
    found = book.find("wdr_1")
    assert found is not None
    assert found.approvals == ()
    assert book.approve_lifting("wdr_1", move("ada", 5)).is_in_force
    assert not book.approve_lifting("wdr_1", move("eve", 6)).is_in_force


def test_who_looked_at_an_older_state_changes_nothing(book: WithdrawalBook) -> None:
    book.withdraw(SAID)
    book.ask_to_lift("wdr_1", move("bob"))
    with pytest.raises(Conflict, match="meanwhile"):
        book.refuse_lifting("wdr_1", move("eve", 1))
    with pytest.raises(InputError, match="no withdrawal"):
        book.ask_to_lift("wdr_9", move("bob"))


class WithdrawalMachine(RuleBasedStateMachine):
    """Anybody does anything at any time; nothing is lifted by one person, and nothing is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.catalog = Catalog(self.url())
        self.catalog.upgrade()
        self.book = WithdrawalBook(self.catalog, POLICY)
        self.seen: dict[str, list[Withdrawal]] = {}

    def url(self) -> str:
        raise NotImplementedError

    @initialize()
    def start(self) -> None:
        tables = ("withdrawal_events", "withdrawals", "reviewers", "audit")
        self.catalog.database.write(
            lambda s: [s.execute(text(f"DELETE FROM {table}")) for table in tables]
        )
        seat(self.catalog)

    @rule(by=st.sampled_from(PEOPLE))
    def withdraw(self, by: str) -> None:
        name = f"wdr_{len(self.seen)}"
        said = replace(SAID, id=name, withdrawn_by=by, withdrawn_at=NOW + timedelta(seconds=1))
        self.book.withdraw(said)
        self.seen[name] = [said]

    @rule(
        actor=st.sampled_from([*PEOPLE, "mallory"]),
        action=st.sampled_from(["ask_to_lift", "approve_lifting", "refuse_lifting"]),
        lag=st.integers(0, 1),
        data=st.data(),
    )
    def act(self, actor: str, action: str, lag: int, data: st.DataObject) -> None:
        if not self.seen:
            return
        name = data.draw(st.sampled_from(sorted(self.seen)))
        before = self.seen[name][-1]
        step = move(actor, max(1, before.version - lag))
        try:
            after: Withdrawal = getattr(self.book, action)(name, step)
        except (Conflict, ReviewRefused):
            assert self.book.find(name) == before
            return
        assert (step.seen, after.version) == (before.version, before.version + 1)
        assert after.digest == before.digest
        if not after.is_in_force:
            assert action == "approve_lifting"
            assert actor in PEOPLE
            assert actor not in (before.lift_asked_by, before.withdrawn_by)
        self.seen[name].append(after)

    @invariant()
    def all_that_was_withdrawn_is_in_force_until_it_is_lifted(self) -> None:
        newest = {name: versions[-1] for name, versions in self.seen.items()}
        standing = {w.id: w for w in self.book.in_force()}
        assert standing == {n: w for n, w in newest.items() if w.is_in_force}
        for name, versions in self.seen.items():
            assert [e.version for e in self.book.history(name)] == [v.version for v in versions]
        assert AuditLog(self.catalog, clock=lambda: NOW).verify().is_intact

    def teardown(self) -> None:
        self.catalog.close()


def test_no_order_of_steps_lifts_anything_by_one_person(catalog_url: str) -> None:
    Catalog(catalog_url).upgrade()

    class Machine(WithdrawalMachine):
        def url(self) -> str:
            return catalog_url

    examples = 8 if catalog_url.startswith("sqlite") else 3
    Machine.TestCase.settings = settings(max_examples=examples, stateful_step_count=10)
    Machine.TestCase("runTest").runTest()
