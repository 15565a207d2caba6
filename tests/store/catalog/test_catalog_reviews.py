"""Reviews in the catalog: four eyes, two reviewers at once, and every step audited."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ingest.errors import Conflict, InputError
from policies.decision import Lane
from policies.review import (
    Move,
    Review,
    ReviewKind,
    ReviewRefused,
    ReviewState,
    Target,
    in_force,
)
from store.catalog import AuditLog, Catalog, ReviewBook, ReviewerBook
from store.catalog.ids import checked_ids
from tests.strategies.reviews import NOW, POLICY, review, waiver

PEOPLE = ("ada", "bob", "eve")
FINAL = {ReviewState.REJECTED, ReviewState.WITHDRAWN, ReviewState.EXPIRED}


def asked(name: str = "rvw_1", **given: object) -> Review:
    proposal = replace(waiver("MINIFIED", "1", name), state=ReviewState.PROPOSED, version=1)
    return replace(proposal, **given)  # type: ignore[arg-type]


def move(actor: str, seen: int = 1, at: datetime = NOW) -> Move:
    return Move(actor=actor, at=at, comment="looked", seen=seen)


def seat(catalog: Catalog, *names: str, lane: Lane = Lane.LEGAL) -> None:
    book = ReviewerBook(catalog, clock=lambda: NOW)
    for name in names:
        book.add(name, lane, actor="root")


@pytest.fixture
def book(catalog: Catalog) -> ReviewBook:
    seat(catalog, *PEOPLE)
    return ReviewBook(catalog, POLICY)


def test_a_review_comes_back_as_it_was_asked_for_and_again_changes_nothing(
    book: ReviewBook,
) -> None:
    book.propose(asked())
    book.propose(asked())
    assert book.find("rvw_1") == asked()
    assert [(e.action, e.actor) for e in book.history("rvw_1")] == [("propose", "ada")]
    with pytest.raises(Conflict):
        book.propose(asked(comment="another wish"))
    assert book.find("rvw_2") is None


def test_an_approved_review_is_in_force_until_the_clock_says_otherwise(book: ReviewBook) -> None:
    book.propose(asked())
    done = book.approve("rvw_1", move("bob"))
    assert book.find("rvw_1") == done
    assert book.agreed() == [done]
    assert in_force(book.agreed(), NOW).items == (done,)
    assert in_force(book.agreed(), NOW + timedelta(days=30)).items == ()
    assert [a.by for a in done.approvals] == ["bob"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(book: ReviewBook) -> None:
    book.propose(asked())
    assert book.approve("rvw_1", move("bob"), dry_run=True).state is ReviewState.APPROVED
    assert book.find("rvw_1") == asked()
    with pytest.raises(ReviewRefused):
        book.approve("rvw_1", move("ada"), dry_run=True)


def test_of_two_reviewers_who_saw_the_same_the_second_changes_nothing(
    catalog: Catalog, book: ReviewBook
) -> None:
    book.propose(asked())
    book.reject("rvw_1", move("eve"))
    with pytest.raises(Conflict, match="meanwhile"):
        book.approve("rvw_1", move("bob"))
    found = book.find("rvw_1")
    assert found is not None
    assert (found.state, found.version) == (ReviewState.REJECTED, 2)
    assert [e.action for e in book.history("rvw_1")] == ["propose", "reject"]
    assert AuditLog(catalog, clock=lambda: NOW).entries()[-1].actor == "eve"


def test_a_refused_step_writes_nothing(catalog: Catalog, book: ReviewBook) -> None:
    book.propose(asked())
    before = AuditLog(catalog, clock=lambda: NOW).entries()
    with pytest.raises(ReviewRefused, match="You asked for this"):
        book.approve("rvw_1", move("ada"))
    with pytest.raises(ReviewRefused, match="no active reviewer"):
        book.approve("rvw_1", move("mallory"))
    with pytest.raises(InputError, match="no review"):
        book.approve("rvw_9", move("bob"))
    assert book.find("rvw_1") == asked()
    assert AuditLog(catalog, clock=lambda: NOW).entries() == before


def test_who_left_the_lane_decides_no_more_and_may_come_back(
    catalog: Catalog, book: ReviewBook
) -> None:
    book.propose(asked())
    people = ReviewerBook(catalog, clock=lambda: NOW)
    assert people.remove("bob", Lane.LEGAL, actor="root")
    assert not people.remove("bob", Lane.LEGAL, actor="root")
    with pytest.raises(ReviewRefused):
        book.approve("rvw_1", move("bob"))
    assert [(r.name, r.active) for r in people.list_all(Lane.LEGAL)] == [
        ("ada", True),
        ("bob", False),
        ("eve", True),
    ]
    assert people.add("bob", Lane.LEGAL, actor="root")
    assert book.approve("rvw_1", move("bob")).state is ReviewState.APPROVED
    with pytest.raises(InputError, match="no reviewer"):
        people.remove("joe", Lane.PRIVACY, actor="root")


def test_a_rule_that_changed_meanwhile_is_not_approved(catalog: Catalog, book: ReviewBook) -> None:
    book.propose(asked())
    rules = tuple(
        replace(r, document=r.document.model_copy(update={"when": "false"}))
        for r in POLICY.rules
        if r.id == "MINIFIED"
    )
    other = ReviewBook(catalog, replace(POLICY, rules=rules))
    with pytest.raises(ReviewRefused, match="has changed"):
        other.approve("rvw_1", move("bob"))
    with pytest.raises(ReviewRefused, match="has changed"):
        other.propose(asked("rvw_2"))
    assert other.reject("rvw_1", move("bob")).state is ReviewState.REJECTED


def test_an_extension_is_a_review_of_its_own_about_the_same(book: ReviewBook) -> None:
    book.propose(asked())
    book.approve("rvw_1", move("bob"))
    book.propose(asked("rvw_2", extends="rvw_1", expires_at=NOW + timedelta(days=90)))
    assert [r.id for r in in_force(book.list_all(), NOW).items] == ["rvw_1"]
    book.approve("rvw_2", move("eve"))
    later = NOW + timedelta(days=60)
    assert [r.id for r in in_force(book.list_all(), later).items] == ["rvw_2"]
    for wrong in (
        asked("rvw_3", extends="rvw_9"),
        replace(waiver("GENERATED", "1", "rvw_3"), extends="rvw_1", state=ReviewState.PROPOSED),
        review("rvw_3", ReviewKind.EXCLUDE, Target(repo_id="r", pattern="a"), extends="rvw_1"),
    ):
        with pytest.raises(InputError):
            book.propose(wrong)


def test_every_step_is_a_link_of_the_chain_without_any_comment(
    catalog: Catalog, book: ReviewBook
) -> None:
    book.propose(asked())
    book.approve("rvw_1", move("bob"))
    book.withdraw("rvw_1", move("eve", seen=2))
    log = AuditLog(catalog, clock=lambda: NOW)
    steps = [e for e in log.entries() if e.subject == "rvw_1"]
    assert [(e.actor, e.action, e.detail["state"]) for e in steps] == [
        ("ada", "review.propose", "proposed"),
        ("bob", "review.approve", "approved"),
        ("eve", "review.withdraw", "withdrawn"),
    ]
    assert {e.detail["asked"] for e in steps} == {asked().digest}
    told = asked().asked()
    assert {(e.detail["starts_at"], e.detail["expires_at"]) for e in steps} == {
        (told["starts_at"], told["expires_at"])
    }
    assert all(checked_ids(e.detail) == dict(sorted(e.detail.items())) for e in steps)
    assert "looked" not in str([e.detail for e in steps])
    assert log.verify().is_intact


def test_the_database_itself_knows_no_waiver_without_an_expiry(
    catalog: Catalog, book: ReviewBook
) -> None:
    book.propose(asked())
    statement = text("UPDATE reviews SET expires_at = NULL")
    with pytest.raises(IntegrityError):
        catalog.database.write(lambda s: s.execute(statement))


class ReviewMachine(RuleBasedStateMachine):
    """Anybody does anything at any time; what is recorded obeys the drawing of the states."""

    def __init__(self) -> None:
        super().__init__()
        self.catalog = Catalog(self.url())
        self.catalog.upgrade()
        self.book = ReviewBook(self.catalog, POLICY)
        self.now = NOW
        self.count = 0
        self.seen: dict[str, list[Review]] = {}

    def url(self) -> str:
        raise NotImplementedError

    @initialize()
    def seat(self) -> None:
        self.catalog.database.write(
            lambda s: [
                s.execute(text(f"DELETE FROM {table}"))
                for table in ("review_events", "reviews", "reviewers", "audit")
            ]
        )
        seat(self.catalog, "ada", "bob", "eve")

    @rule(by=st.sampled_from(PEOPLE), kind=st.sampled_from([ReviewKind.WAIVE, ReviewKind.EXCLUDE]))
    def propose(self, by: str, kind: ReviewKind) -> None:
        self.count += 1
        name = f"rvw_{self.count}"
        wish = waiver("MINIFIED", "1", name)
        if kind is ReviewKind.EXCLUDE:
            wish = review(name, kind, Target(repo_id="r", pattern="a"))
        end = None if kind.restricts else self.now + timedelta(days=2)
        wish = replace(wish, requested_by=by, requested_at=self.now, expires_at=end)
        wish = replace(wish, state=ReviewState.PROPOSED, version=1)
        self.book.propose(wish)
        self.seen[name] = [wish]

    @rule(
        actor=st.sampled_from([*PEOPLE, "mallory"]),
        action=st.sampled_from(["approve", "reject", "withdraw"]),
        lag=st.integers(0, 1),
        data=st.data(),
    )
    def act(self, actor: str, action: str, lag: int, data: st.DataObject) -> None:
        if not self.seen:
            return
        name = data.draw(st.sampled_from(sorted(self.seen)))
        before = self.seen[name][-1]
        step = Move(actor=actor, at=self.now, comment="so", seen=max(1, before.version - lag))
        try:
            after: Review = getattr(self.book, action)(name, step)
        except (Conflict, ReviewRefused):
            assert self.book.find(name) == before
            return
        assert step.seen == before.version
        assert before.state_at(self.now) not in FINAL
        assert actor != "mallory"
        assert action == "withdraw" or actor != before.requested_by
        assert after.version == before.version + 1
        assert after.digest == before.digest
        self.seen[name].append(after)

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def what_is_in_force_was_agreed_to_by_another_person_and_has_not_expired(self) -> None:
        for found in in_force(self.book.agreed(), self.now).items:
            assert any(a.by != found.requested_by for a in found.approvals)
            assert found.expires_at is None or found.expires_at > self.now
            assert found == self.seen[found.id][-1]

    @invariant()
    def history_has_every_step_and_the_chain_holds(self) -> None:
        for name, versions in self.seen.items():
            assert [e.version for e in self.book.history(name)] == [v.version for v in versions]
        assert AuditLog(self.catalog, clock=lambda: self.now).verify().is_intact

    def teardown(self) -> None:
        self.catalog.close()


@pytest.fixture
def machine_url(catalog_url: str) -> str:
    """URL of one database that all runs of the machine share, each from empty tables."""
    Catalog(catalog_url).upgrade()
    return catalog_url


def test_no_order_of_steps_breaks_the_states(machine_url: str) -> None:
    class Machine(ReviewMachine):
        def url(self) -> str:
            return machine_url

    examples = 10 if machine_url.startswith("sqlite") else 3
    Machine.TestCase.settings = settings(max_examples=examples, stateful_step_count=12)
    Machine.TestCase("runTest").runTest()
