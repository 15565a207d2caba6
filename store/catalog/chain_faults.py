"""Everything in the catalog that the audit chain speaks of, held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.errors import ConfigurationError
from policies.document import digest_of_text
from store.catalog.audit import AuditEntry, entry_of
from store.catalog.catalog import Catalog, repository_of
from store.catalog.chain_check import Written, is_as_said
from store.catalog.chain_rows import row_faults
from store.catalog.policies import ACTIVATED, APPLIED, PROPOSED, text_digest
from store.catalog.registrations import is_as_stated
from store.catalog.reviews import reviews_of
from store.catalog.tables import (
    AuditRow,
    PolicyApplicationRow,
    PolicyRow,
    RepositoryRow,
    ReviewerRow,
    ReviewRow,
)
from store.catalog.tables_pull import GrantRow
from store.catalog.tables_recall import RecalledReleaseRow, RecallRow, WithdrawalRow
from store.catalog.withdrawals import withdrawals_of

Row = TypeVar("Row", ReviewRow, WithdrawalRow)
Said = TypeVar("Said")
_OF_POLICIES: Final = (ACTIVATED, APPLIED, PROPOSED)
_STATING: Final = ("repository.register", "repository.restate")


def read_chain(catalog: Catalog) -> tuple[list[AuditEntry], tuple[str, ...]]:
    """Return the chain, and what in the catalog is not as it says, each in one sentence."""
    return catalog.database.read_one_moment(_read)


def _read(session: Session) -> tuple[list[AuditEntry], tuple[str, ...]]:
    entries = [entry_of(row) for row in session.scalars(select(AuditRow).order_by(AuditRow.seq))]
    faults = (
        *_acts(session, entries),
        *_people(session, entries),
        *_rights(session, entries),
        *_policies(session, entries),
        *row_faults(session, entries),
    )
    # More than one comparison may find the same.
    return entries, tuple(dict.fromkeys(faults))


def _acts(session: Session, entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Compare reviews, withdrawals, grants and recalls."""
    reviews, unread = _readable(session, ReviewRow, reviews_of)
    yield from (f"review {name}: it cannot be read" for name in unread)
    yield from Written.of("review", "review.", entries, unread).compare(reviews, is_as_said)
    withdrawals, unread = _readable(session, WithdrawalRow, withdrawals_of)
    yield from (f"withdrawal {name}: it cannot be read" for name in unread)
    written = Written.of("withdrawal", "withdrawal.", entries, unread)
    yield from written.compare(withdrawals, is_as_said)
    grants = {row.id: row for row in session.scalars(select(GrantRow))}
    yield from Written.of("grant", "grant.", entries).compare(grants, _is_grant_as_said)
    recalls = {row.id: row for row in session.scalars(select(RecallRow))}
    taken: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for part in session.scalars(select(RecalledReleaseRow)):
        taken[part.recall_id][part.release_id] = part.rows
    fits = partial(_is_recall_as_said, taken)
    yield from Written.of("recall", "recall", entries).compare(recalls, fits)


def _people(session: Session, entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Compare who decides in which lane."""
    changes = ("reviewer.add", "reviewer.remove")
    said = {(e.subject, str(e.detail["lane"])): e.action for e in entries if e.action in changes}
    found = {(row.name, row.lane): row.active for row in session.scalars(select(ReviewerRow))}
    for name, lane in sorted(said.keys() | found.keys()):
        if (said.get((name, lane)) == changes[0]) != found.get((name, lane), False):
            yield f"reviewer {name} of {lane}: it is not as the chain says"


def _rights(session: Session, entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Compare what owners attested and agreed to."""
    repositories = {row.id: row for row in session.scalars(select(RepositoryRow))}
    stated = [entry for entry in entries if entry.action in _STATING]
    written = Written.of("repository", "repository.", stated)
    yield from written.compare(repositories, _is_registered_as_said)


def _policies(session: Session, entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Compare the documents with their digests, and which were put in force by whom."""
    named = {e.subject: e for e in entries if e.action in _OF_POLICIES}
    kept = {row.digest: row.text for row in session.scalars(select(PolicyRow))}
    for digest, text in kept.items():
        if digest not in named:
            yield f"policy {digest}: the chain does not know it"
        elif not _is_text_of(text, named[digest]):
            yield f"policy {digest}: its text is another one"
    for digest in named.keys() - kept.keys():
        yield f"policy {digest}: the chain knows it, and it is gone"
    applied = [(e.subject, e.detail.get("plan"), e.actor) for e in entries if e.action == APPLIED]
    query = select(PolicyApplicationRow).order_by(PolicyApplicationRow.seq)
    if applied != [(row.digest, row.plan, row.actor) for row in session.scalars(query)]:
        yield "policies put in force: they are not those that the chain names"


def _is_text_of(text: str, said: AuditEntry) -> bool:
    """Tell whether a document is the one that an entry is about."""
    if "text" in said.detail:
        return bool(said.detail["text"] == text_digest(text))
    try:
        return digest_of_text(text) == said.subject
    except ConfigurationError:
        # Of a version that wrote policies otherwise; the one in force is refused as it loads.
        return True


def _readable(
    session: Session,
    table: type[Row],
    read: Callable[[Session, Sequence[Row]], Sequence[Said]],
) -> tuple[Mapping[str, Said], frozenset[str]]:
    """Return what rows say by id, and the ids of rows that say nothing that could be read."""
    rows = list(session.scalars(select(table)))
    try:
        return dict(zip((row.id for row in rows), read(session, rows), strict=True)), frozenset()
    except (ValueError, TypeError, KeyError):
        pass  # one of them
    found: dict[str, Said] = {}
    for row in rows:
        try:
            (found[row.id],) = read(session, [row])
        except (ValueError, TypeError, KeyError):
            continue
    return found, frozenset(row.id for row in rows if row.id not in found)


def _is_grant_as_said(row: GrantRow, entries: Sequence[AuditEntry]) -> bool:
    given, *ended = entries
    said = {
        "consumer": row.consumer,
        "tier": row.tier,
        "purpose": row.purpose,
        "until": row.expires_at.isoformat(),
    }
    is_given = all(given.detail.get(name) == value for name, value in said.items())
    is_by = (given.actor, given.at) == (row.granted_by, row.granted_at)
    end = (ended[0].actor, ended[0].at) if ended else ("", None)
    return is_given and is_by and (row.revoked_by, row.revoked_at) == end


def _is_recall_as_said(
    taken: Mapping[str, Mapping[str, int]], row: RecallRow, entries: Sequence[AuditEntry]
) -> bool:
    """Tell whether a recall says why, and takes what it took; `taken`: rows by release."""
    issued = next((entry.detail for entry in entries if entry.action == "recall"), {})
    is_lifted = any(entry.action == "recall.lift" for entry in entries)
    parts = {} if is_lifted else {**dict.fromkeys(issued.get("releases", ()), 0), **taken[row.id]}
    return (
        all(issued.get(name) == list(row.cause[name]) for name in ("reasons", "requests"))
        and taken[row.id] == parts
        and (is_lifted or sum(parts.values()) == issued.get("rows"))
        and is_lifted == bool(row.cause.get("lifted"))
    )


def _is_registered_as_said(row: RepositoryRow, entries: Sequence[AuditEntry]) -> bool:
    return is_as_stated(repository_of(row), entries[-1].detail)
