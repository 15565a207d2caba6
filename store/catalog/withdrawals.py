"""Withdrawals: said by one person, lifted by two, each step with its entry of the audit chain.

A step is worked out by `policies.review.lifting` from what the transaction reads, and written
under the version that it read, as the steps of reviews are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ingest.errors import Conflict, InputError
from policies.model import Policy
from policies.review import (
    Approval,
    Bench,
    Move,
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
    WithdrawalState,
    approve_lifting,
    ask_to_lift,
    refuse_lifting,
)
from store.catalog.audit import append_entry
from store.catalog.catalog import Catalog
from store.catalog.chain_check import read_unedited
from store.catalog.ids import fresh_id
from store.catalog.said import said_by
from store.catalog.steps import bench_of, overwrite, write_step
from store.catalog.tables_recall import WithdrawalEventRow, WithdrawalRow

_Step = Callable[[Withdrawal, Move, Bench], Withdrawal]
_STANDING = (WithdrawalState.ACTIVE, WithdrawalState.LIFT_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalEvent:
    """One step of a withdrawal."""

    withdrawal_id: str
    version: int
    """Version that the step made."""
    action: str
    """withdraw | ask_lift | approve_lift | refuse_lift."""
    actor: str
    comment: str
    at: datetime


class WithdrawalBook:
    """Keeps withdrawals; moments come with what is said and with each move."""

    def __init__(self, catalog: Catalog, policy: Policy) -> None:
        """Take the catalog and the policy in force, for how many of a lane have to agree."""
        self._database = catalog.database
        self._policy = policy

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Write a new withdrawal; it is in force at once. The same one again changes nothing.

        Raises:
            Conflict: another withdrawal has this id.
        """
        self._database.write(lambda session: _insert(session, withdrawal))

    def ask_to_lift(self, withdrawal_id: str, move: Move, *, dry_run: bool = False) -> Withdrawal:
        """Ask for a withdrawal to be lifted.

        With `dry_run` nothing is written, and what would be is returned.

        Raises:
            Conflict: somebody moved it meanwhile.
            ReviewRefused: it is lifted, or that is asked for, already.
            InputError: there is no such withdrawal.
        """
        return self._move(withdrawal_id, move, ("ask_lift", ask_to_lift), dry_run=dry_run)

    def approve_lifting(
        self, withdrawal_id: str, move: Move, *, dry_run: bool = False
    ) -> Withdrawal:
        """Agree to a lifting that another person asked for; as `ask_to_lift`.

        Raises:
            ReviewRefused: the actor may not, or nobody asked for it.
        """
        return self._move(withdrawal_id, move, ("approve_lift", approve_lifting), dry_run=dry_run)

    def refuse_lifting(
        self, withdrawal_id: str, move: Move, *, dry_run: bool = False
    ) -> Withdrawal:
        """Refuse a lifting, or take back what was asked for; as `approve_lifting`."""
        return self._move(withdrawal_id, move, ("refuse_lift", refuse_lifting), dry_run=dry_run)

    def find(self, withdrawal_id: str) -> Withdrawal | None:
        """Return a withdrawal by id."""
        return self._database.read(lambda s: _find(s, withdrawal_id))

    def list_all(self, states: Iterable[WithdrawalState] = ()) -> list[Withdrawal]:
        """Return all withdrawals, or those in some states, by moment and id."""
        query = select(WithdrawalRow)
        if wanted := [state.value for state in states]:
            query = query.where(WithdrawalRow.state.in_(wanted))
        found = self._database.read(lambda s: withdrawals_of(s, list(s.scalars(query))))
        return sorted(found, key=lambda w: (w.withdrawn_at, w.id))

    def in_force(self) -> list[Withdrawal]:
        """Return those that count.

        Raises:
            ArtefactCorrupt: one is not as the audit chain says.
        """
        return read_unedited(self._database, lambda: self.list_all(_STANDING))

    def history(self, withdrawal_id: str) -> list[WithdrawalEvent]:
        """Return all steps of a withdrawal, oldest first."""
        query = select(WithdrawalEventRow).where(WithdrawalEventRow.withdrawal_id == withdrawal_id)
        ordered = query.order_by(WithdrawalEventRow.version)
        return self._database.read(lambda s: [_event(row) for row in s.scalars(ordered)])

    def _move(
        self, withdrawal_id: str, move: Move, how: tuple[str, _Step], *, dry_run: bool
    ) -> Withdrawal:
        action, step = how
        if dry_run:
            return self._database.read(lambda s: self._step(s, withdrawal_id, move, step)[1])
        event_id = fresh_id("wde")

        def moved(session: Session) -> Withdrawal:
            before, after = self._step(session, withdrawal_id, move, step)
            _overwrite(session, before, after)
            event = WithdrawalEvent(
                withdrawal_id=withdrawal_id,
                version=after.version,
                action=action,
                actor=move.actor,
                comment=move.comment,
                at=move.at,
            )
            _append(session, event_id, event, after)
            return after

        event = (WithdrawalEventRow, event_id)
        return write_step(self._database, event, lambda s: _find(s, withdrawal_id), moved)

    def _step(
        self, session: Session, withdrawal_id: str, move: Move, step: _Step
    ) -> tuple[Withdrawal, Withdrawal]:
        """Return a withdrawal before and after a step."""
        before = _find(session, withdrawal_id)
        if before is None:
            raise InputError(
                f"There is no withdrawal {withdrawal_id}.",
                hint="shardgate withdraw list shows those that are in force.",
            )
        return before, step(before, move, bench_of(session, self._policy, before.lane))


def _overwrite(session: Session, before: Withdrawal, after: Withdrawal) -> None:
    change = {
        "state": after.state.value,
        "version": after.version,
        "lift_asked_by": after.lift_asked_by,
    }
    overwrite(session, WithdrawalRow, (before.id, before.version), change)


def _insert(session: Session, withdrawal: Withdrawal) -> None:
    known = _find(session, withdrawal.id)
    if known is not None:
        if known.digest != withdrawal.digest:
            raise Conflict(f"There is another withdrawal {withdrawal.id}.")
        return
    values = withdrawal.said() | {"withdrawn_at": withdrawal.withdrawn_at}
    state = {
        "id": withdrawal.id,
        "state": withdrawal.state.value,
        "version": withdrawal.version,
        "lift_asked_by": "",
    }
    session.execute(insert(WithdrawalRow).values(**values, **state))
    event = WithdrawalEvent(
        withdrawal_id=withdrawal.id,
        version=withdrawal.version,
        action="withdraw",
        actor=withdrawal.withdrawn_by,
        comment=withdrawal.comment,
        at=withdrawal.withdrawn_at,
    )
    _append(session, fresh_id("wde"), event, withdrawal)


def _append(
    session: Session, event_id: str, event: WithdrawalEvent, withdrawal: Withdrawal
) -> None:
    session.execute(insert(WithdrawalEventRow).values(id=event_id, **asdict(event)))
    detail = {
        "selector": withdrawal.selector.value,
        "scope": withdrawal.scope.value,
        "reason": withdrawal.reason.value,
        "said": withdrawal.digest,
        "state": withdrawal.state.value,
        "version": event.version,
    }
    detail |= said_by(WithdrawalEventRow, asdict(event))
    who = (event.actor, f"withdrawal.{event.action}", withdrawal.id)
    append_entry(session, event.at, who, detail)


def _find(session: Session, withdrawal_id: str) -> Withdrawal | None:
    row = session.get(WithdrawalRow, withdrawal_id)
    return None if row is None else withdrawals_of(session, [row])[0]


def withdrawals_of(session: Session, rows: Sequence[WithdrawalRow]) -> list[Withdrawal]:
    """Return rows as withdrawals with who agreed to a lifting, in the order of the rows."""
    query = select(WithdrawalEventRow).order_by(WithdrawalEventRow.version)
    if len(rows) == 1:
        query = query.where(WithdrawalEventRow.withdrawal_id == rows[0].id)
    said: dict[str, list[WithdrawalEventRow]] = {}
    for event in session.scalars(query):
        if event.action in ("ask_lift", "refuse_lift"):
            # Approvals are of the lifting that was asked for last.
            said[event.withdrawal_id] = []
        elif event.action == "approve_lift":
            said.setdefault(event.withdrawal_id, []).append(event)
    return [_withdrawal(row, said.get(row.id, [])) for row in rows]


def _withdrawal(row: WithdrawalRow, said: Iterable[WithdrawalEventRow]) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        selector=Selector(row.selector),
        value=row.value,
        repo_id=row.repo_id,
        scope=WithdrawalScope(row.scope),
        reason=WithdrawalReason(row.reason),
        comment=row.comment,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
        state=WithdrawalState(row.state),
        version=row.version,
        lift_asked_by=row.lift_asked_by,
        approvals=tuple(Approval(by=event.actor, at=event.at) for event in said),
    )


def _event(row: WithdrawalEventRow) -> WithdrawalEvent:
    return WithdrawalEvent(
        withdrawal_id=row.withdrawal_id,
        version=row.version,
        action=row.action,
        actor=row.actor,
        comment=row.comment,
        at=row.at,
    )
