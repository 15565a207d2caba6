"""Reviews: proposed, decided on and withdrawn, each step one transaction with its audit entry.

What was asked for is written once. A step is worked out by `policies.review.lifecycle` from what
the transaction reads, and written under the version that it read: of two reviewers who looked at
the same version, the second is told so, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ingest.errors import Conflict, InputError
from policies.decision import Lane
from policies.model import Policy
from policies.review import (
    Approval,
    Bench,
    Move,
    Review,
    ReviewKind,
    ReviewReason,
    ReviewState,
    Target,
    approve,
    check_binding,
    reject,
    withdraw,
)
from store.catalog.audit import append_entry
from store.catalog.catalog import Catalog
from store.catalog.chain_check import read_unedited
from store.catalog.ids import fresh_id
from store.catalog.said import said_by
from store.catalog.steps import bench_of, overwrite, write_step
from store.catalog.tables import ReviewEventRow, ReviewRow

_Step = Callable[[Review, Move, Bench], Review]
_FEW = 500
"""Of so many rows each is asked for by name; databases take some thousand names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """One step of a review."""

    review_id: str
    version: int
    """Version that the step made."""
    action: str
    """propose | approve | reject | withdraw."""
    actor: str
    comment: str
    at: datetime


class ReviewBook:
    """Keeps reviews; moments come with what is asked for and with each move."""

    def __init__(self, catalog: Catalog, policy: Policy) -> None:
        """Take the catalog and the policy in force: its lanes, and the rules that are waived."""
        self._database = catalog.database
        self._policy = policy

    def propose(self, review: Review) -> None:
        """Write a new review; the same one again changes nothing.

        Raises:
            ReviewRefused: it does not fit the policy in force.
            InputError: what it extends does not exist, or is of another kind or rule.
            Conflict: another review has this id.
        """
        check_binding(review, self._policy)
        self._database.write(lambda session: _insert(session, review))

    def approve(self, review_id: str, move: Move, *, dry_run: bool = False) -> Review:
        """Add an approval; the review is approved once the quorum of its lane is reached.

        With `dry_run` nothing is written, and what would be is returned.

        Raises:
            Conflict: somebody moved it meanwhile.
            ReviewRefused: the actor may not, it is no proposal, or it no longer fits the policy.
            InputError: there is no such review.
        """

        def step(review: Review, move: Move, bench: Bench) -> Review:
            check_binding(review, self._policy)
            return approve(review, move, bench)

        return self._move(review_id, move, ("approve", step), dry_run=dry_run)

    def reject(self, review_id: str, move: Move, *, dry_run: bool = False) -> Review:
        """Reject a proposal; as `approve`."""
        return self._move(review_id, move, ("reject", reject), dry_run=dry_run)

    def withdraw(self, review_id: str, move: Move, *, dry_run: bool = False) -> Review:
        """Withdraw a proposal, or end what is in force; as `approve`."""
        return self._move(review_id, move, ("withdraw", withdraw), dry_run=dry_run)

    def find(self, review_id: str) -> Review | None:
        """Return a review by id."""
        return self._database.read(lambda s: _find(s, review_id))

    def list_all(self, states: Iterable[ReviewState] = ()) -> list[Review]:
        """Return all reviews, or those recorded in some states, by moment and id."""
        query = select(ReviewRow)
        if wanted := [state.value for state in states]:
            query = query.where(ReviewRow.state.in_(wanted))
        found = self._database.read(lambda s: reviews_of(s, list(s.scalars(query))))
        return sorted(found, key=lambda r: (r.requested_at, r.id))

    def agreed(self) -> list[Review]:
        """Return those that were agreed to and not withdrawn; the clock says which are active.

        Raises:
            ArtefactCorrupt: one is not as the audit chain says.
        """
        return read_unedited(self._database, lambda: self.list_all([ReviewState.APPROVED]))

    def history(self, review_id: str) -> list[ReviewEvent]:
        """Return all steps of a review, oldest first."""
        query = select(ReviewEventRow).where(ReviewEventRow.review_id == review_id)
        ordered = query.order_by(ReviewEventRow.version)
        return self._database.read(lambda s: [_event(row) for row in s.scalars(ordered)])

    def _move(self, review_id: str, move: Move, how: tuple[str, _Step], *, dry_run: bool) -> Review:
        action, step = how
        if dry_run:
            return self._database.read(lambda s: self._step(s, review_id, move, step)[1])
        event_id = fresh_id("rve")

        def moved(session: Session) -> Review:
            before, after = self._step(session, review_id, move, step)
            _overwrite(session, before, after)
            event = ReviewEvent(
                review_id=review_id,
                version=after.version,
                action=action,
                actor=move.actor,
                comment=move.comment,
                at=move.at,
            )
            _append(session, event_id, event, after)
            return after

        event = (ReviewEventRow, event_id)
        return write_step(self._database, event, lambda s: _find(s, review_id), moved)

    def _step(
        self, session: Session, review_id: str, move: Move, step: _Step
    ) -> tuple[Review, Review]:
        """Return a review before and after a step."""
        before = _find(session, review_id)
        if before is None:
            raise InputError(
                f"There is no review {review_id}.", hint="shardgate review list shows what waits."
            )
        return before, step(before, move, bench_of(session, self._policy, before.lane))


def _overwrite(session: Session, before: Review, after: Review) -> None:
    change = {"state": after.state.value, "version": after.version}
    overwrite(session, ReviewRow, (before.id, before.version), change)


def _insert(session: Session, review: Review) -> None:
    known = _find(session, review.id)
    if known is not None:
        if known.digest != review.digest:
            raise Conflict(f"There is another review {review.id}.")
        return
    if review.extends:
        _check_extension(_find(session, review.extends), review)
    asked = review.asked()
    moments = ("requested_at", "starts_at", "expires_at")
    values = asked | {name: getattr(review, name) for name in moments}
    state = {"id": review.id, "state": review.state.value, "version": review.version}
    session.execute(insert(ReviewRow).values(**values, **state))
    event = ReviewEvent(
        review_id=review.id,
        version=review.version,
        action="propose",
        actor=review.requested_by,
        comment=review.comment,
        at=review.requested_at,
    )
    _append(session, fresh_id("rve"), event, review)


def _check_extension(old: Review | None, review: Review) -> None:
    if old is None:
        raise InputError(f"There is no review {review.extends} to extend.")
    if (old.kind, old.lane) != (review.kind, review.lane):
        raise InputError(f"{review.extends} is of another kind or lane; ask for a new review.")
    if old.target.rule_id != review.target.rule_id:
        raise InputError(f"{review.extends} is about another rule; ask for a new review.")


def _append(session: Session, event_id: str, event: ReviewEvent, review: Review) -> None:
    session.execute(insert(ReviewEventRow).values(id=event_id, **asdict(event)))
    asked = review.asked()
    detail = {
        "kind": review.kind.value,
        "lane": review.lane.value,
        "asked": review.digest,
        "state": review.state.value,
        "version": event.version,
        "starts_at": asked["starts_at"],
        "expires_at": asked["expires_at"],
    }
    detail |= said_by(ReviewEventRow, asdict(event))
    who = (event.actor, f"review.{event.action}", review.id)
    append_entry(session, event.at, who, detail)


def _find(session: Session, review_id: str) -> Review | None:
    row = session.get(ReviewRow, review_id)
    return None if row is None else reviews_of(session, [row])[0]


def reviews_of(session: Session, rows: Sequence[ReviewRow]) -> list[Review]:
    """Return rows as reviews with who agreed, in the order of the rows."""
    query = select(ReviewEventRow).where(ReviewEventRow.action == "approve")
    if len(rows) <= _FEW:
        query = query.where(ReviewEventRow.review_id.in_([row.id for row in rows]))
    said: dict[str, list[ReviewEventRow]] = {}
    for event in session.scalars(query.order_by(ReviewEventRow.version)):
        said.setdefault(event.review_id, []).append(event)
    return [_review(row, said.get(row.id, [])) for row in rows]


def _review(row: ReviewRow, said: Iterable[ReviewEventRow]) -> Review:
    target = dict(row.target)
    return Review(
        id=row.id,
        kind=ReviewKind(row.kind),
        target=Target(**target | {"blob_ids": tuple(target.get("blob_ids", ()))}),
        lane=Lane(row.lane),
        reason=ReviewReason(row.reason),
        comment=row.comment,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        starts_at=row.starts_at,
        expires_at=row.expires_at,
        extends=row.extends,
        state=ReviewState(row.state),
        version=row.version,
        approvals=tuple(Approval(by=event.actor, at=event.at) for event in said),
    )


def _event(row: ReviewEventRow) -> ReviewEvent:
    return ReviewEvent(
        review_id=row.review_id,
        version=row.version,
        action=row.action,
        actor=row.actor,
        comment=row.comment,
        at=row.at,
    )
