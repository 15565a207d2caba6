"""Recalls: which releases have rows that must not be used any more, and who says they know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from ingest.errors import Conflict, InputError, ReleaseRefused
from policies.decision import Tier
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.ids import checked_ids
from store.catalog.said import said_by
from store.catalog.tables import ReleaseRow
from store.catalog.tables_recall import AcknowledgementRow, RecalledReleaseRow, RecallRow

_MAX_CHARS = 500
_LIFTED: Final = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledRelease:
    """What a recall takes out of one release."""

    release_id: str
    rows: int
    """None: it is recalled as a whole, because nobody can judge it."""
    replaced_by: str
    """Release that has the other rows; empty where nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRecord:
    """One act of taking rows of releases of one tier back."""

    id: str
    tier: Tier
    reasons: tuple[str, ...]
    requests: tuple[str, ...]
    """Ids of what asked for it."""
    releases: tuple[RecalledRelease, ...]
    """Sorted by id."""
    issued_at: datetime
    lifted: tuple[str, ...] = ()
    """Releases that it is lifted from: they could be judged again."""

    @property
    def is_whole(self) -> bool:
        """Tell whether it takes releases back as a whole, and names no row."""
        return self.rows == 0

    @property
    def rows(self) -> int:
        """Rows in all."""
        return sum(release.rows for release in self.releases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody says that a consumer no longer uses what was recalled."""

    recall_id: str
    consumer: str
    actor: str
    comment: str
    at: datetime


class RecallBook:
    """Keeps recalls and acknowledgements; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of acknowledgements."""
        self._database = catalog.database
        self._clock = clock

    def record(self, recall: RecallRecord, *, actor: str) -> bool:
        """Write a recall with its entry of the audit chain; tell whether it is new.

        The releases are recalled from this moment on. The same recall again changes nothing, nor
        does another one that gives the same releases the same replacements: two runs that saw the
        same at once.

        Raises:
            ReleaseRefused: a release was never published, is of the other tier, or what replaces
                it is not published.
            Conflict: a release was given another replacement meanwhile.
            ValueError: a reason or a request is free text.
        """
        cause = checked_ids({"reasons": recall.reasons, "requests": recall.requests})

        def transaction(session: Session) -> bool:
            if session.get(RecallRow, recall.id) is not None:
                return False
            known = [_check_release(session, r, recall.tier) for r in recall.releases]
            if known and all(known):
                return False
            values = {"tier": recall.tier.value, "cause": cause, "issued_at": recall.issued_at}
            session.execute(insert(RecallRow).values(id=recall.id, **values))
            rows = [
                {
                    "recall_id": recall.id,
                    "release_id": release.release_id,
                    "replaced_by": release.replaced_by,
                    "rows": release.rows,
                }
                for release in recall.releases
            ]
            session.execute(insert(RecalledReleaseRow), rows)
            names = [release.release_id for release in recall.releases]
            replaced = [release.replaced_by for release in recall.releases]
            taken = {"releases": names, "rows": recall.rows, "replaced_by": replaced}
            said = said_by(RecallRow, {"id": recall.id, **values})
            detail = checked_ids({**cause, **taken, **said})
            append_entry(session, recall.issued_at, (actor, "recall", recall.id), detail)
            return True

        return self._database.write(transaction)

    def lift(self, recall_id: str, *, actor: str) -> RecallRecord:
        """Lift a recall of whole releases; they may be used from this moment on.

        Raises:
            InputError: there is no such recall, it is lifted already, or it names rows: no row
                that was taken back comes again.
        """

        def transaction(session: Session) -> RecallRecord:
            query = select(RecallRow).where(RecallRow.id == recall_id).with_for_update()
            row = session.scalar(query)
            parts = select(RecalledReleaseRow).where(RecalledReleaseRow.recall_id == recall_id)
            found = None if row is None else _recall(row, list(session.scalars(parts)))
            if row is None or found is None or not found.is_whole or found.lifted:
                raise InputError(f"{recall_id} is no recall of whole releases that stands.")
            names = [release.release_id for release in found.releases]
            row.cause = {**row.cause, _LIFTED: names}
            session.execute(
                delete(RecalledReleaseRow).where(RecalledReleaseRow.recall_id == recall_id)
            )
            detail = checked_ids({"releases": names})
            append_entry(session, self._clock(), (actor, "recall.lift", recall_id), detail)
            return replace(found, releases=(), lifted=tuple(names))

        return self._database.write(transaction)

    def find(self, recall_id: str) -> RecallRecord | None:
        """Return a recall by id."""
        return next(iter(self._list(RecallRow.id == recall_id)), None)

    def list_all(self, tier: Tier | None = None) -> list[RecallRecord]:
        """Return recalls, of one tier or of both, newest first."""
        return self._list(*([RecallRow.tier == tier.value] if tier else []))

    def acknowledge(
        self, recall_id: str, consumer: str, *, actor: str, comment: str = ""
    ) -> Acknowledgement:
        """Write that a consumer no longer uses what was recalled; the first word stays.

        Raises:
            InputError: there is no such recall, or a text is empty, too long or not visible.
        """
        for text in (consumer, actor, comment or "-"):
            if not text.strip() or len(text) > _MAX_CHARS or not text.isprintable():
                raise InputError(f"Names and comments are one line of at most {_MAX_CHARS}.")
        said = Acknowledgement(
            recall_id=recall_id, consumer=consumer, actor=actor, comment=comment, at=self._clock()
        )
        return self._database.write(lambda session: _acknowledge(session, said))

    def acknowledgements(self, recall_id: str) -> list[Acknowledgement]:
        """Return who knows of a recall, by name of the consumer."""
        query = select(AcknowledgementRow).where(AcknowledgementRow.recall_id == recall_id)
        found = self._database.read(lambda s: [_acknowledgement(row) for row in s.scalars(query)])
        return sorted(found, key=lambda a: a.consumer)

    def _list(self, *conditions: Any) -> list[RecallRecord]:  # noqa: ANN401 - SQL conditions
        recalls = select(RecallRow).where(*conditions)
        parts = select(RecalledReleaseRow).order_by(RecalledReleaseRow.release_id)

        def read(session: Session) -> list[RecallRecord]:
            rows = list(session.scalars(recalls))
            known: dict[str, list[RecalledReleaseRow]] = {row.id: [] for row in rows}
            for part in session.scalars(parts):
                if part.recall_id in known:
                    known[part.recall_id].append(part)
            return [_recall(row, known[row.id]) for row in rows]

        found = self._database.read(read)
        return sorted(sorted(found, key=lambda r: r.id), key=lambda r: r.issued_at, reverse=True)


def replacements(session: Session) -> Mapping[str, str]:
    """Return release id to what replaces it, of every recalled release; empty: nothing is left."""
    query = select(RecalledReleaseRow.release_id, func.max(RecalledReleaseRow.replaced_by))
    rows = session.execute(query.group_by(RecalledReleaseRow.release_id)).all()
    return {row[0]: row[1] for row in rows}


def _check_release(session: Session, release: RecalledRelease, tier: Tier) -> bool:
    """Check one release of a recall; tell whether it was replaced in the same way already.

    A replacement is a function of the rows that left, so the same one says that the same did.
    """
    query = select(ReleaseRow).where(ReleaseRow.id.in_([release.release_id, release.replaced_by]))
    # Two recalls of one release wait for each other, so they agree on what replaces it.
    found = {row.id: row for row in session.scalars(query.with_for_update())}
    for name in filter(None, (release.release_id, release.replaced_by)):
        if name not in found or (found[name].state, found[name].tier) != ("published", tier.value):
            raise ReleaseRefused(f"{name} is no published release of tier {tier}.")
    known = select(RecalledReleaseRow).where(RecalledReleaseRow.release_id == release.release_id)
    others = list(session.scalars(known))
    if any(other.replaced_by != release.replaced_by for other in others):
        raise Conflict(f"{release.release_id} was recalled meanwhile, with another replacement.")
    return bool(release.replaced_by) and any(other.rows == release.rows for other in others)


def _acknowledge(session: Session, said: Acknowledgement) -> Acknowledgement:
    if session.get(RecallRow, said.recall_id) is None:
        raise InputError(
            f"There is no recall {said.recall_id}.", hint="shardgate recall list shows those."
        )
    known = session.get(AcknowledgementRow, (said.recall_id, said.consumer))
    if known is not None:
        return _acknowledgement(known)
    values = asdict(said)
    session.execute(insert(AcknowledgementRow).values(**values))
    who = (said.actor, "recall.acknowledge", said.recall_id)
    detail = {**named_in_chain(said.consumer), **said_by(AcknowledgementRow, values)}
    append_entry(session, said.at, who, detail)
    return said


def named_in_chain(consumer: str) -> Mapping[str, str]:
    """Return the name of a consumer as the chain keeps it: one of words by its digest alone."""
    try:
        return checked_ids({"consumer": consumer})
    except ValueError:
        return {"consumer_sha256": hashlib.sha256(consumer.encode()).hexdigest()}


def _recall(row: RecallRow, parts: Sequence[RecalledReleaseRow]) -> RecallRecord:
    return RecallRecord(
        id=row.id,
        tier=Tier(row.tier),
        reasons=tuple(row.cause["reasons"]),
        requests=tuple(row.cause["requests"]),
        releases=tuple(
            RecalledRelease(release_id=p.release_id, rows=p.rows, replaced_by=p.replaced_by)
            for p in parts
        ),
        issued_at=row.issued_at,
        lifted=tuple(row.cause.get(_LIFTED, ())),
    )


def _acknowledgement(row: AcknowledgementRow) -> Acknowledgement:
    return Acknowledgement(
        recall_id=row.recall_id,
        consumer=row.consumer,
        actor=row.actor,
        comment=row.comment,
        at=row.at,
    )
