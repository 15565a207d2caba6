"""What people said, as a pack tells it, held against the audit chain inside.

The chain names what each review and withdrawal says by digest, and the state that every step left
it in. So who makes a pack can neither leave one out that stood when the release was decided, nor
add one that did not. A path pattern is shown masked, so what it belongs to is known by digest only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from policies.decision import Lane
from policies.review import (
    Review,
    ReviewKind,
    ReviewReason,
    ReviewState,
    Selector,
    Target,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
    WithdrawalState,
)
from policies.review.active import digest_said
from store.catalog.audit import AuditEntry

_ROUNDED: Final = timedelta(seconds=1)
"""The moment of a manifest is cut to a second, so a decision may be told this much later."""
_NAMED: Final = {"review": "asked", "withdrawal": "said"}
"""What the entries of a kind call the digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One review or withdrawal as a pack tells it."""

    kind: str
    """review | withdrawal."""
    record: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.record["id"])

    @property
    def digest(self) -> str:
        """SHA-256 hex over what was said, as the pack gives it; see `is_as_said`."""
        return str(self.record["digest"])

    def is_as_said(self) -> bool:
        """Tell whether the fields have the digest; they cannot where a pattern is masked.

        Raises:
            ValueError: a field is malformed; KeyError and TypeError as well.
        """
        if self.kind == "review":
            is_masked = bool(self.record["target"]["pattern"])
            return is_masked or _review(self.record).digest == self.digest
        is_masked = self.record["selector"] == Selector.PATH.value
        return is_masked or _withdrawal(self.record).digest == self.digest


def read_told(kind: str, data: bytes) -> list[Told]:
    """Return what a member tells, by id."""
    told = [Told(kind=kind, record=json.loads(line)) for line in data.splitlines()]
    return sorted(told, key=lambda one: one.id)


def told_digest(reviews: Sequence[Told], withdrawals: Sequence[Told]) -> str:
    """Return `Reviews.digest` of what is told."""
    return digest_said((one.id, one.digest) for one in (*reviews, *withdrawals))


def find_moment_faults(
    moment: datetime, manifest: tuple[str, datetime | None], entries: Iterable[AuditEntry]
) -> list[str]:
    """Return what does not fit the moment at which a release says that it was decided.

    `manifest` is the id of the release, and when its build began; None where another release,
    which it took rows out of, was decided.
    """
    release_id, begun = manifest
    published = {e.subject: e for e in entries if e.action == "publish"}
    first = lineage(release_id, published.values())[-1]
    is_late = first not in published or moment > published[first].at + _ROUNDED
    if is_late or (begun is not None and moment < begun):
        return ["the release was decided at another time than it tells"]
    return []


def find_faults(
    told: Sequence[Told], kind: str, entries: Iterable[AuditEntry], moment: datetime
) -> list[str]:
    """Return what is told of a kind otherwise than the chain says it stood at a moment."""
    last = last_said(kind, (entry for entry in entries if entry.at <= moment))
    faults = find_contradictions(told, last)
    faults += [
        f"by it the {kind} {one.id} was not in force"
        for one in told
        if one.id in last and _stood(kind, last[one.id], moment) is False
    ]
    names = [one.id for one in told]
    faults += [f"the {kind} {name} is told twice" for name in set(names) if names.count(name) > 1]
    return faults + [
        f"by it the {kind} {name} was in force, and is not told"
        for name, detail in last.items()
        if _stood(kind, detail, moment) and name not in names
    ]


def last_said(kind: str, entries: Iterable[AuditEntry]) -> dict[str, Mapping[str, Any]]:
    """Return what a chain says last of each review, or of each withdrawal."""
    return {e.subject: e.detail for e in entries if e.action.startswith(f"{kind}.")}


def find_contradictions(told: Iterable[Told], last: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what is told otherwise than the chain says it last."""
    return [
        f"it does not record the {one.kind} {one.id} as it is told"
        for one in told
        if one.id not in last or not _agrees(one, last[one.id])
    ]


def lineage(release_id: str, entries: Iterable[AuditEntry]) -> list[str]:
    """Return a release and those that it took rows out of, one after the other, by the chain."""
    published = {e.subject: e for e in entries if e.action == "publish"}
    found = [release_id]
    while parent := _parent(published, found[-1]):
        found.append(parent)
    return found


def _parent(published: Mapping[str, AuditEntry], release_id: str) -> str:
    entry = published.get(release_id)
    parent = str(entry.detail.get("parent", "")) if entry else ""
    # What is published later cannot be what an earlier one was taken from: no circles.
    is_older = entry is not None and parent in published and published[parent].seq < entry.seq
    return parent if is_older else ""


def _agrees(told: Told, detail: Mapping[str, Any]) -> bool:
    fields = {"kind", "lane", "selector", "scope", "reason", "starts_at", "expires_at"}
    same = all(told.record[name] == detail[name] for name in fields & detail.keys())
    return same and detail.get(_NAMED[told.kind]) == told.digest


def _stood(kind: str, detail: Mapping[str, Any], moment: datetime) -> bool | None:
    """Tell whether something counted by its last entry; None where its entry does not tell when."""
    if kind == "withdrawal":
        return bool(detail["state"] != WithdrawalState.LIFTED.value)
    if detail["state"] not in (ReviewState.APPROVED.value, ReviewState.ACTIVE.value):
        return False
    if "expires_at" not in detail:
        return None
    starts, expires = _moment(detail["starts_at"]), _moment(detail["expires_at"])
    return (starts is None or starts <= moment) and (expires is None or moment < expires)


def _review(record: Mapping[str, Any]) -> Review:
    target = dict(record["target"])
    return Review(
        id=record["id"],
        kind=ReviewKind(record["kind"]),
        target=Target(**target | {"blob_ids": tuple(target["blob_ids"])}),
        lane=Lane(record["lane"]),
        reason=ReviewReason(record["reason"]),
        comment=record["comment"],
        requested_by=record["requested_by"],
        requested_at=datetime.fromisoformat(record["requested_at"]),
        starts_at=_moment(record["starts_at"]),
        expires_at=_moment(record["expires_at"]),
        extends=record["extends"],
    )


def _withdrawal(record: Mapping[str, Any]) -> Withdrawal:
    return Withdrawal(
        id=record["id"],
        selector=Selector(record["selector"]),
        value=record["value"],
        repo_id=record["repo_id"],
        scope=WithdrawalScope(record["scope"]),
        reason=WithdrawalReason(record["reason"]),
        comment=record["comment"],
        withdrawn_by=record["withdrawn_by"],
        withdrawn_at=datetime.fromisoformat(record["withdrawn_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
