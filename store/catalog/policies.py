"""Policies: which documents judged, and which one people put in force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ingest.errors import ArtefactCorrupt
from store.catalog.audit import append_entry
from store.catalog.barrier import Clock
from store.catalog.catalog import Catalog
from store.catalog.chain_check import EDITED_HINT
from store.catalog.tables import AuditRow, PolicyApplicationRow, PolicyRow

ACTIVATED: Final = "policy.activate"
"""Entry of the audit chain: from now on decisions are made by this policy."""
APPLIED: Final = "policy.apply"
"""Entry of the audit chain: somebody put this policy in force."""
PROPOSED: Final = "policy.propose"
"""Entry of the audit chain: somebody asks for this policy."""
_TRIES: Final = 3
"""What is put in force between two reads looks like an edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRecord:
    """A policy document that decided at some time."""

    digest: str
    name: str
    text: str
    first_seen_at: datetime
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyApplication:
    """A person put a policy in force."""

    digest: str
    plan: str
    """Digest of the plan that was looked at before."""
    actor: str
    at: datetime


class PolicyBook:
    """Keeps policies; each method is one transaction."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        """Take the catalog and the clock of all entries."""
        self._database = catalog.database
        self._clock = clock

    def activate_policy(self, digest: str, name: str, text: str, *, actor: str = "worker") -> bool:
        """Write that decisions are made by a policy; tell whether they were made by another before.

        That is an entry of the audit chain, whatever put the policy in force: one that stands in a
        file is applied by nobody.
        """

        def transaction(session: Session) -> bool:
            known = session.get(PolicyRow, digest)
            if known is not None and known.active:
                return False
            before = session.scalar(select(PolicyRow.digest).where(PolicyRow.active)) or ""
            others = update(PolicyRow).where(PolicyRow.digest != digest)
            session.execute(others.values(active=False))
            kept = self._keep(session, digest, name, text)
            session.execute(update(PolicyRow).where(PolicyRow.digest == digest).values(active=True))
            detail = {"before": before, "text": kept}
            append_entry(session, self._clock(), (actor, ACTIVATED, digest), detail)
            return True

        return self._database.write(transaction)

    def active_policy(self) -> PolicyRecord | None:
        """Return the policy by which the newest decisions were made."""
        query = select(PolicyRow).where(PolicyRow.active)
        row = self._database.read(lambda s: s.scalar(query))
        return None if row is None else _policy(row)

    def find_policy(self, digest: str) -> PolicyRecord | None:
        """Return a policy by digest, in force or not."""
        row = self._database.read(lambda s: s.get(PolicyRow, digest))
        return None if row is None else _policy(row)

    def apply(
        self, record: tuple[str, str, str], *, plan: str, actor: str, accepted: int = 0
    ) -> None:
        """Put a policy (digest, name, text) in force, with an entry of the audit chain.

        That names how many errors of lint were accepted, where any were.
        """
        digest, name, text = record
        detail: dict[str, str | int] = {"plan": plan}
        if accepted:
            detail["accepted_errors"] = accepted

        def transaction(session: Session) -> None:
            kept = self._keep(session, digest, name, text)
            at = self._clock()
            values = {"digest": digest, "plan": plan, "actor": actor, "at": at}
            session.execute(insert(PolicyApplicationRow).values(**values))
            append_entry(session, at, (actor, APPLIED, digest), {**detail, "text": kept})

        self._database.write(transaction)

    def propose(self, record: tuple[str, str, str], *, plan: str, actor: str) -> None:
        """Keep a policy (digest, name, text) that somebody asks for, with an entry of the chain."""
        digest, name, text = record

        def transaction(session: Session) -> None:
            kept = self._keep(session, digest, name, text)
            who = (actor, PROPOSED, digest)
            append_entry(session, self._clock(), who, {"plan": plan, "text": kept})

        self._database.write(transaction)

    def applied(self) -> PolicyRecord | None:
        """Return the policy that people put in force last; none while nobody has.

        Raises:
            ArtefactCorrupt: it is not the one that the audit chain names last, or its document is
                gone: to decide by another one could let out what it holds.
        """
        for _ in range(_TRIES):
            said, applied, record = self._database.read(_read_applied)
            if said == applied and (record is not None or applied is None):
                return record
        raise ArtefactCorrupt(
            "The policy in force is not the one that the audit chain names.",
            hint=f"{EDITED_HINT} Until then SHARDGATE_POLICY_FILE may name the policy.",
        )

    def applications(self) -> list[PolicyApplication]:
        """Return who put which policy in force, newest first."""
        query = select(PolicyApplicationRow).order_by(PolicyApplicationRow.seq.desc())
        return self._database.read(
            lambda s: [
                PolicyApplication(digest=row.digest, plan=row.plan, actor=row.actor, at=row.at)
                for row in s.scalars(query)
            ]
        )

    def _keep(self, session: Session, digest: str, name: str, text: str) -> str:
        """Keep a document and return the digest of its text: of the first that was so written."""
        known = session.get(PolicyRow, digest)
        if known is not None:
            return text_digest(known.text)
        values = {"name": name, "text": text, "first_seen_at": self._clock()}
        session.execute(insert(PolicyRow).values(digest=digest, active=False, **values))
        return text_digest(text)


def text_digest(text: str) -> str:
    """Return SHA-256 hex over a document as it was written."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read_applied(session: Session) -> tuple[str | None, str | None, PolicyRecord | None]:
    """Return which policy the chain says is in force, which the table says, and that one."""
    last = select(AuditRow.subject).where(AuditRow.action == APPLIED)
    said = session.scalar(last.order_by(AuditRow.seq.desc()).limit(1))
    newest = select(PolicyApplicationRow.digest).order_by(PolicyApplicationRow.seq.desc()).limit(1)
    applied = session.scalar(newest)
    found = session.get(PolicyRow, applied) if applied is not None else None
    return said, applied, None if found is None else _policy(found)


def _policy(row: PolicyRow) -> PolicyRecord:
    return PolicyRecord(
        digest=row.digest,
        name=row.name,
        text=row.text,
        first_seen_at=row.first_seen_at,
        active=row.active,
    )
