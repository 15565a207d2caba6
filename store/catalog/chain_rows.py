"""What was handed over, published, acknowledged and allowed, held against the audit chain.

Entries of earlier versions say less. What they do not say is not compared.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.errors import ArtefactCorrupt
from policies.access import Role
from store.catalog.audit import AuditEntry, entry_of
from store.catalog.catalog import Catalog
from store.catalog.chain_check import EDITED_HINT, Written
from store.catalog.recalls import named_in_chain
from store.catalog.said import (
    PASSWORD_SHA256,
    ROW_SHA256,
    TEAMS_SHA256,
    fits_digest,
    said_of_password,
    said_of_teams,
)
from store.catalog.tables import AuditRow, ReleaseRow, ReviewEventRow, RotationRow, TokenRow
from store.catalog.tables_pull import PullRow, TrainingRunRow
from store.catalog.tables_recall import (
    AcknowledgementRow,
    RecalledReleaseRow,
    RecallRow,
    WithdrawalEventRow,
)
from store.catalog.tables_users import UserRoleRow, UserRow

_PULL: Final = "pull"
_RECEIPTS_AT_ONCE: Final = 20

Roles = dict[str, tuple[str, datetime]]
"""Who gave a role, and when."""


def row_faults(session: Session, entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Yield what rows say otherwise than the chain, each in one sentence."""
    parts = {
        "pulls": _handed,
        "releases": _releases,
        "recalls": _recalls,
        "tokens": _tokens,
        "users": _users,
        "rotations": _rotations,
        "steps": _steps,
    }
    for nouns, compare in parts.items():
        yield from _readable(nouns, compare(session, entries))


def _readable(nouns: str, faults: Iterator[str]) -> Iterator[str]:
    """Yield faults; a row that nobody can read is one, and ends the comparison."""
    try:
        yield from faults
    except (ValueError, TypeError, KeyError):
        yield f"{nouns}: one cannot be read"


def check_pulls(catalog: Catalog, run_id: str) -> None:
    """Refuse a training run whose pulls are not those that the chain names.

    Raises:
        ArtefactCorrupt: a pull was edited, added or deleted by hand.
    """
    faults = catalog.database.read_one_moment(partial(_pull_faults, run_id))
    if faults:
        raise ArtefactCorrupt(f"The catalog was edited: {faults[0]}.", hint=EDITED_HINT)


def _pull_faults(run_id: str, session: Session) -> list[str]:
    query = select(AuditRow).where(AuditRow.action == _PULL).order_by(AuditRow.seq)
    entries = [entry_of(row) for row in session.scalars(query) if row.detail.get("run") == run_id]
    return list(_readable("pulls", _handed(session, entries, run_id)))


def _handed(session: Session, entries: Iterable[AuditEntry], run_id: str = "") -> Iterator[str]:
    """Compare pulls and training runs, of one run or of all."""
    pulls, runs = select(PullRow), select(TrainingRunRow)
    if run_id:
        pulls, runs = pulls.where(PullRow.run_id == run_id), runs.where(TrainingRunRow.id == run_id)
    rows = list(session.scalars(pulls.order_by(PullRow.seq)))
    pulled = [entry for entry in entries if entry.action == _PULL]
    of_runs = [entry for entry in pulled if entry.detail.get("run")]
    fits = partial(_is_pull_as_said, _odd_receipts(session, run_id))
    named = {
        _pull_name(r.release_id, r.run_id, r.grant_id): r for r in rows if r.run_id is not None
    }
    yield from Written(noun="pull", entries=_by(of_runs, _said_pull)).compare(named, fits)
    # Before there were grants a pull and its entry were two steps, and named no run.
    others = {entry.subject for entry in pulled if not entry.detail.get("run")}
    for row in rows:
        if row.run_id is None and row.release_id not in others:
            yield f"pull {row.release_id}: the chain does not know it"
    known = {row.id: row for row in session.scalars(runs)}
    written = Written(noun="training run", entries=_by(of_runs, lambda e: str(e.detail["run"])))
    yield from written.compare(known, _is_run_as_said)


def _odd_receipts(session: Session, run_id: str) -> Collection[int]:
    """Return the pulls whose receipt is not the one of its digest; one can be large."""
    query = select(PullRow.seq, PullRow.receipt_digest, PullRow.receipt)
    if run_id:
        query = query.where(PullRow.run_id == run_id)
    found = session.execute(query, execution_options={"yield_per": _RECEIPTS_AT_ONCE})
    return {
        seq
        for seq, digest, receipt in found
        if hashlib.sha256((receipt or "").encode()).hexdigest() != digest
    }


def _pull_name(release: object, run: object, grant: object) -> str:
    return f"{release} for {run} by {grant}"


def _said_pull(entry: AuditEntry) -> str:
    return _pull_name(entry.subject, entry.detail["run"], entry.detail.get("grant"))


def _is_pull_as_said(odd: Collection[int], row: PullRow, entries: Sequence[AuditEntry]) -> bool:
    (said, *_) = entries
    told = (said.detail.get("receipt"), said.detail.get("purpose"))
    is_by = (said.actor, said.at) == (row.consumer, row.at)
    is_same = told == (row.receipt_digest, row.purpose) and row.seq not in odd
    return is_by and is_same and fits_digest(row, said)


def _is_run_as_said(row: TrainingRunRow, entries: Sequence[AuditEntry]) -> bool:
    """Compare a run with its first pull, which made it."""
    said = entries[0]
    told = (said.actor, said.detail.get("purpose"), said.at)
    return told == (row.consumer, row.purpose, row.created_at)


def _releases(session: Session, entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Compare what became of releases; one that is built or failed has no entry."""
    ended = [entry for entry in entries if entry.action in ("publish", "release.hold")]
    written = Written(noun="release", entries=_by(ended, _subject))
    rows = {
        row.id: row
        for row in session.scalars(select(ReleaseRow))
        # Earlier versions held a release without an entry.
        if row.state == "published" or row.id in written.entries
    }
    yield from written.compare(rows, _is_release_as_said)


def _is_release_as_said(row: ReleaseRow, entries: Sequence[AuditEntry]) -> bool:
    """Compare a release; a recalled one stays published, for its recall says that it is."""
    said = entries[-1]
    if said.action == "release.hold":
        return row.state == "held" and fits_digest(row, said)
    named = {name: said.detail[name] for name in ("parent", "decisions") if name in said.detail}
    is_out = row.state == "published" and row.manifest_digest == said.detail.get("manifest")
    is_made_so = all(row.params.get(name) == value for name, value in named.items())
    return is_out and is_made_so and fits_digest(row, said)


def _recalls(session: Session, entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Compare acknowledgements, and what recalls say takes the place of releases."""
    entries = [entry for entry in entries if entry.action.startswith("recall")]
    rows = {
        _acknowledged(row.recall_id, named_in_chain(row.consumer)): row
        for row in session.scalars(select(AcknowledgementRow))
    }
    said = [entry for entry in entries if entry.action == "recall.acknowledge"]
    written = Written(noun="acknowledgement", entries=_by(said, _said_acknowledgement))
    yield from written.compare(rows, _is_acknowledged_as_said)
    replaced: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for part in session.scalars(select(RecalledReleaseRow)):
        replaced[part.recall_id][part.release_id] = part.replaced_by
    issued = _by((entry for entry in entries if entry.action == "recall"), _subject)
    for recall in session.scalars(select(RecallRow)):
        (entry, *_) = issued.get(recall.id, (None,))
        if entry is not None and not _is_replaced_as_said(recall, replaced[recall.id], entry):
            yield f"recall {recall.id}: it is not as the chain says"


def _acknowledged(recall: str, consumer: Mapping[str, str]) -> str:
    return f"of {recall} by {next(iter(consumer.values()))}"


def _said_acknowledgement(entry: AuditEntry) -> str:
    name, digest = entry.detail.get("consumer"), entry.detail.get("consumer_sha256")
    known = {"": str(digest)} if name is None else named_in_chain(str(name))
    return _acknowledged(entry.subject, known)


def _is_acknowledged_as_said(row: AcknowledgementRow, entries: Sequence[AuditEntry]) -> bool:
    said = entries[0]
    return (said.actor, said.at) == (row.actor, row.at) and fits_digest(row, said)


def _is_replaced_as_said(row: RecallRow, replaced: Mapping[str, str], said: AuditEntry) -> bool:
    """Tell whether what stands of a recall has the replacements that it was issued with."""
    names, others = said.detail.get("releases", ()), said.detail.get("replaced_by")
    told = replaced.items() if others is None else dict(zip(names, others, strict=False)).items()
    return row.issued_at == said.at and replaced.items() <= told and fits_digest(row, said)


def _tokens(session: Session, entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Compare tokens; that one is over by its time is no step of anybody."""
    rows = {row.id: row for row in session.scalars(select(TokenRow))}
    yield from Written.of("token", "token.", entries).compare(rows, _is_token_as_said)


def _is_token_as_said(row: TokenRow, entries: Sequence[AuditEntry]) -> bool:
    made, *ended = entries
    told = (made.actor, made.at, made.detail.get("consumer"), made.detail.get("purpose"))
    is_given = told == (row.created_by, row.created_at, row.consumer, row.purpose)
    is_over = row.revoked_at == (ended[0].at if ended else None)
    return is_given and is_over and fits_digest(row, made)


def _users(session: Session, entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Compare users; in which lanes they decide, reviewers say."""
    held: defaultdict[str, Roles] = defaultdict(dict)
    for role in session.scalars(select(UserRoleRow)):
        held[role.name][role.role] = (role.granted_by, role.granted_at)
    rows = {row.name: row for row in session.scalars(select(UserRow))}
    fits = partial(_is_user_as_said, held)
    yield from Written.of("user", "user.", entries).compare(rows, fits)
    for name in held.keys() - rows.keys():
        yield f"roles of {name}: the chain does not know it"


def _is_user_as_said(
    held: Mapping[str, Roles], row: UserRow, entries: Sequence[AuditEntry]
) -> bool:
    made = entries[0]
    is_made = (made.actor, made.at) == (row.created_by, row.created_at) and fits_digest(row, made)
    has_roles = held.get(row.name, {}) == _roles_said(entries)
    is_let_in = _is_active_said(entries) in (None, row.active)
    return is_made and has_roles and is_let_in and _are_words_as_said(row, entries)


def _are_words_as_said(row: UserRow, entries: Sequence[AuditEntry]) -> bool:
    """Tell whether teams and password are those that were set last."""
    teams, password = (_last(entries, name) for name in (TEAMS_SHA256, PASSWORD_SHA256))
    is_set = any(entry.action == "user.password" for entry in entries)
    has_password = (
        password in (None, said_of_password(row.password_hash)[PASSWORD_SHA256])
        if is_set
        else not row.password_hash
    )
    return has_password and teams in (None, said_of_teams(row.teams)[TEAMS_SHA256])


def _roles_said(entries: Iterable[AuditEntry]) -> Roles:
    held: Roles = {}
    for entry in entries:
        if entry.action == "user.grant-role":
            held[str(entry.detail.get("role"))] = (entry.actor, entry.at)
        elif entry.action == "user.revoke-role":
            held.pop(str(entry.detail.get("role")), None)
    return held


def _is_active_said(entries: Sequence[AuditEntry]) -> bool | None:
    """Tell whether a user may log in; None where an earlier version did not say so.

    It let the first administrator in again without an entry of its own.
    """
    is_active: bool | None = True
    is_earlier = ROW_SHA256 not in entries[0].detail
    for entry in entries:
        given = entry.detail.get("role") if entry.action == "user.grant-role" else None
        if entry.action in ("user.enable", "user.disable"):
            is_active = entry.action == "user.enable"
        elif is_earlier and given == Role.ADMINISTRATOR.value:
            is_active = is_active or None
    return is_active


def _last(entries: Iterable[AuditEntry], name: str) -> str | None:
    found = [entry.detail[name] for entry in entries if name in entry.detail]
    return str(found[-1]) if found else None


def _rotations(session: Session, entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Compare what people said of secrets, in the order in which they did: the last word counts."""
    rows: defaultdict[str, list[RotationRow]] = defaultdict(list)
    for row in session.scalars(select(RotationRow).order_by(RotationRow.seq)):
        rows[row.fingerprint].append(row)
    written = Written.of("rotation", "secret.rotate", entries)
    yield from written.compare(rows, _are_rotations_as_said)


def _are_rotations_as_said(rows: Sequence[RotationRow], entries: Sequence[AuditEntry]) -> bool:
    told = [(entry.detail.get("state"), entry.actor, entry.at) for entry in entries]
    found = [(row.state, row.actor, row.at) for row in rows]
    return told == found and all(map(fits_digest, rows, entries))


def _steps(session: Session, entries: Sequence[AuditEntry]) -> Iterator[str]:
    """Compare the steps of reviews and withdrawals."""
    reviews = {
        _step(row.review_id, row.version): row for row in session.scalars(select(ReviewEventRow))
    }
    withdrawals = {
        _step(row.withdrawal_id, row.version): row
        for row in session.scalars(select(WithdrawalEventRow))
    }
    yield from _written_steps("review", entries).compare(reviews, _is_step_as_said)
    yield from _written_steps("withdrawal", entries).compare(withdrawals, _is_step_as_said)


def _written_steps(noun: str, entries: Iterable[AuditEntry]) -> Written:
    said = (entry for entry in entries if entry.action.startswith(f"{noun}."))
    return Written(
        noun=noun, entries=_by(said, lambda e: _step(e.subject, e.detail.get("version")))
    )


def _step(name: str, version: object) -> str:
    return f"{name}, step {version}"


def _is_step_as_said(
    row: ReviewEventRow | WithdrawalEventRow, entries: Sequence[AuditEntry]
) -> bool:
    said = entries[0]
    told = (said.action.partition(".")[2], said.actor, said.at)
    return told == (row.action, row.actor, row.at) and fits_digest(row, said)


def _subject(entry: AuditEntry) -> str:
    return entry.subject


def _by(
    entries: Iterable[AuditEntry], name: Callable[[AuditEntry], str]
) -> Mapping[str, Sequence[AuditEntry]]:
    """Return entries by a name of what they are about, oldest first."""
    found: dict[str, list[AuditEntry]] = {}
    for entry in entries:
        found.setdefault(name(entry), []).append(entry)
    return found
