"""The catalog held against the audit chain: what somebody said stands there as it was said.

The chain cannot be edited unseen, the tables beside it can. Each act writes into the chain what
its rows say, or a digest of it, so a row that was edited, added or deleted by hand is found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.errors import ArtefactCorrupt
from policies.review import Review, Withdrawal
from store.catalog.audit import AuditEntry, entry_of
from store.catalog.database import Database
from store.catalog.tables import AuditRow

Row = TypeVar("Row")
Said = TypeVar("Said", Review, Withdrawal)

EDITED_HINT: Final = "Look: shardgate audit verify. Then restore the catalog from a backup."
_FEW: Final = 500
"""Of so many rows each is asked for by name; databases take some thousand names."""
_TRIES: Final = 3
"""A step between two reads looks like an edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the entries of one kind say, by subject, oldest first."""

    noun: str
    entries: Mapping[str, Sequence[AuditEntry]]

    @classmethod
    def of(
        cls, noun: str, actions: str, entries: Iterable[AuditEntry], without: Collection[str] = ()
    ) -> Written:
        """Return the entries whose action begins with `actions`, but about some subjects."""
        found: dict[str, list[AuditEntry]] = {}
        for entry in entries:
            if entry.action.startswith(actions) and entry.subject not in without:
                found.setdefault(entry.subject, []).append(entry)
        return cls(noun=noun, entries=found)

    def compare(
        self, rows: Mapping[str, Row], fits: Callable[[Row, Sequence[AuditEntry]], bool]
    ) -> Iterator[str]:
        """Yield what differs: rows that are more, fewer or others than the entries say."""
        for name, row in rows.items():
            said = self.entries.get(name)
            if said is None:
                yield f"{self.noun} {name}: the chain does not know it"
            elif not fits(row, said):
                yield f"{self.noun} {name}: it is not as the chain says"
        for name in self.entries.keys() - rows.keys():
            yield f"{self.noun} {name}: the chain knows it, and it is gone"


def is_as_said(one: Review | Withdrawal, entries: Sequence[AuditEntry]) -> bool:
    """Tell whether something says what was said, and stands where its steps left it.

    A review was also agreed to by whom the chain names.
    """
    last = entries[-1].detail
    named, agreed = "said", True
    if isinstance(one, Review):
        by = [entry.actor for entry in entries if entry.action == "review.approve"]
        named, agreed = "asked", by == [approval.by for approval in one.approvals]
    state = (last.get(named), last.get("state"), last.get("version"))
    return agreed and state == (one.digest, one.state.value, one.version)


def read_unedited(database: Database, read: Callable[[], list[Said]]) -> list[Said]:
    """Return what counts, if it is as the chain says.

    Neither to follow an edited row nor to pass it over is safe: one waiver more loosens, and so
    does one exclusion less. So nothing is decided until somebody has looked.

    Raises:
        ArtefactCorrupt: a row was edited.
    """
    faults: list[str] = []
    good = _GOOD.setdefault(database, set())
    for _ in range(_TRIES):
        last = database.read(_last_number)
        found: list[Said] = read()
        mark = (last, *map(_state_of, found))
        if mark in good:
            return found
        faults = database.read(partial(_faults, {one.id: one for one in found}))
        if not faults:
            if len(good) >= _MAX_GOOD:
                good.clear()
            good.add(mark)
            return found
    raise ArtefactCorrupt(
        f"The catalog was edited: {faults[0]}.",
        hint=EDITED_HINT,
    )


_Mark = tuple[object, ...]
_GOOD: Final[WeakKeyDictionary[Database, set[_Mark]]] = WeakKeyDictionary()
"""What was found to be as the chain says, by the chain's last entry: asked for with each page."""
_MAX_GOOD: Final = 8


def _last_number(session: Session) -> int:
    return session.scalar(select(func.max(AuditRow.seq))) or 0


def _state_of(one: Review | Withdrawal) -> tuple[object, ...]:
    by = tuple(approval.by for approval in one.approvals) if isinstance(one, Review) else ()
    return one.id, one.digest, one.state, one.version, by


def _faults(found: Mapping[str, Said], session: Session) -> list[str]:
    if not found:
        return []
    query = select(AuditRow).order_by(AuditRow.seq)
    if len(found) <= _FEW:
        query = query.where(AuditRow.subject.in_(found))
    entries = [entry_of(row) for row in session.scalars(query) if row.subject in found]
    noun = "review" if isinstance(next(iter(found.values())), Review) else "withdrawal"
    return list(Written.of(noun, f"{noun}.", entries).compare(found, is_as_said))
