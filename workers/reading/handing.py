"""Grants, tokens, pulls, withdrawals and recalls as API and pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from policies.decision import Lane, Tier
from policies.review import Selector, Withdrawal, WithdrawalReason, WithdrawalScope, WithdrawalState
from release.domain.grant import Grant, Purpose
from store.asking import Query
from store.catalog import (
    HandedLists,
    PullRecord,
    RecallBook,
    RecallRecord,
    Token,
    WithdrawalBook,
)
from workers.context import Context, utc_now
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of, within
from workers.reading.small import small_page
from workers.said import Patterns
from workers.withdrawals import unacknowledged

_STATES: Final = ("active", "revoked", "expired")
_TIER: Final = Field(does="Tier.", kind=Kind.CHOICE, choices=tuple(t.value for t in Tier))
_CONSUMER: Final = Field(does="Who it is for.", is_sortable=True)
_PURPOSE: Final = Field(
    does="What is trained or measured.", kind=Kind.CHOICE, choices=tuple(p.value for p in Purpose)
)
_STATE: Final = Field(does="Whether it counts now.", kind=Kind.CHOICE, choices=_STATES)
GRANT_FIELDS: Final[Mapping[str, Field]] = {
    "consumer": _CONSUMER,
    "tier": _TIER,
    "purpose": _PURPOSE,
    "state": _STATE,
    "granted": Field(does="When.", kind=Kind.MOMENT, is_sortable=True),
}
TOKEN_FIELDS: Final[Mapping[str, Field]] = {
    "consumer": _CONSUMER,
    "state": _STATE,
    "created": Field(does="When.", kind=Kind.MOMENT, is_sortable=True),
}
PULL_FIELDS: Final[Mapping[str, Field]] = {
    "consumer": _CONSUMER,
    "release": Field(does="Id of the release."),
    "tier": _TIER,
    "run": Field(does="Id of the training run."),
    "at": Field(does="When.", kind=Kind.MOMENT, is_sortable=True),
}
WITHDRAWAL_FIELDS: Final[Mapping[str, Field]] = {
    "state": Field(
        does="How far its lifting is.",
        kind=Kind.CHOICE,
        choices=tuple(s.value for s in WithdrawalState),
    ),
    "selector": Field(
        does="What it names.", kind=Kind.CHOICE, choices=tuple(s.value for s in Selector)
    ),
    "reason": Field(
        does="Why.", kind=Kind.CHOICE, choices=tuple(r.value for r in WithdrawalReason)
    ),
    "by": Field(does="Who withdrew it."),
    "withdrawn": Field(does="When.", kind=Kind.MOMENT, is_sortable=True),
}
RECALL_FIELDS: Final[Mapping[str, Field]] = {
    "tier": _TIER,
    "issued": Field(does="When.", kind=Kind.MOMENT, is_sortable=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """One person's word that another may pull."""

    id: str
    consumer: str
    tier: Tier
    purpose: Purpose
    state: str
    """active | revoked | expired."""
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    comment: str
    revoked_by: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token, without its value."""

    id: str
    consumer: str
    """Who acts by it."""
    scopes: tuple[str, ...]
    purpose: str
    run: str
    state: str
    """active | revoked | expired."""
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullView:
    """One pull of a release."""

    release: str
    tier: Tier
    consumer: str
    purpose: str
    """Empty: pulled before there were grants."""
    grant: str
    run: str
    at: datetime
    receipt_digest: str
    """SHA-256 hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalView:
    """Something that is withdrawn, and how far its lifting is."""

    id: str
    version: int
    """Names what was looked at: a step on another version is refused."""
    selector: Selector
    value: str
    repository: str
    """Id; empty where it is bound to none."""
    scope: WithdrawalScope
    reason: WithdrawalReason
    comment: str
    withdrawn_by: str
    withdrawn_at: datetime
    state: WithdrawalState
    lane: Lane
    """Whose reviewers lift it."""
    lift_asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledView:
    """What a recall takes out of one release."""

    release: str
    rows: int
    """0: all of them."""
    replaced_by: str
    """Empty where nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallView:
    """Rows of releases that must not be used any more."""

    id: str
    tier: Tier
    issued_at: datetime
    reasons: tuple[str, ...]
    requests: tuple[str, ...]
    """Ids of what asked for it."""
    releases: tuple[RecalledView, ...]
    waits_for: tuple[str, ...]
    """Consumers who have pulled it and have not said that they know."""
    is_whole: bool
    """Of whole releases that nobody could judge; such a recall may be lifted."""
    is_lifted: bool


def list_grants(context: Context, query: Query, *, consumer: str = "") -> Page[GrantView]:
    """Return a page of grants, newest first; of one consumer, or of all."""
    now, lists = utc_now(), HandedLists(context.catalog)
    return page_of(
        within(query, "consumer", {consumer} if consumer else None).sorted_by("-granted"),
        lambda asked, after: lists.grants(asked, after, now),
        lambda rows: [grant_view(grant, now) for grant in rows],
    )


def grant_view(grant: Grant, now: datetime) -> GrantView:
    """Return a grant as it stands at a moment."""
    return GrantView(
        id=grant.id,
        consumer=grant.consumer,
        tier=grant.tier,
        purpose=grant.purpose,
        state=grant.state_at(now),
        granted_by=grant.granted_by,
        granted_at=grant.granted_at,
        expires_at=grant.expires_at,
        comment=grant.comment,
        revoked_by=grant.revoked_by,
        revoked_at=grant.revoked_at,
    )


def list_tokens(context: Context, query: Query, *, consumer: str = "") -> Page[TokenView]:
    """Return a page of tokens, newest first; of one holder, or of all."""
    now, lists = utc_now(), HandedLists(context.catalog)
    return page_of(
        within(query, "consumer", {consumer} if consumer else None).sorted_by("-created"),
        lambda asked, after: lists.tokens(asked, after, now),
        lambda rows: [token_view(token, now) for token in rows],
    )


def token_view(token: Token, now: datetime) -> TokenView:
    """Return a token as it stands at a moment."""
    return TokenView(
        id=token.id,
        consumer=token.consumer,
        scopes=tuple(sorted(scope.value for scope in token.scopes)),
        purpose=token.purpose,
        run=token.run_id,
        state=token.state_at(now),
        created_by=token.created_by,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


def list_pulls(context: Context, query: Query, *, consumer: str = "") -> Page[PullView]:
    """Return a page of pulls, newest first; of one consumer, or of all."""
    lists = HandedLists(context.catalog)
    return page_of(
        within(query, "consumer", {consumer} if consumer else None).sorted_by("-at"),
        lists.pulls,
        lambda rows: [_pull(pull) for pull in rows],
    )


def _pull(pull: PullRecord) -> PullView:
    return PullView(
        release=pull.release_id,
        tier=pull.tier,
        consumer=pull.consumer,
        purpose=pull.purpose.value if pull.purpose else "",
        grant=pull.grant_id,
        run=pull.run_id,
        at=pull.at,
        receipt_digest=pull.receipt_digest,
    )


def list_withdrawals(context: Context, query: Query) -> Page[WithdrawalView]:
    """Return a page of withdrawals, newest first."""
    found = WithdrawalBook(context.catalog, context.policy).list_all()
    getters = {
        "id": lambda w: w.id,
        "state": lambda w: w.state.value,
        "selector": lambda w: w.selector.value,
        "reason": lambda w: w.reason.value,
        "by": lambda w: w.withdrawn_by,
        "withdrawn": lambda w: w.withdrawn_at,
    }
    patterns = Patterns(context)
    views = [withdrawal_view(context, withdrawal, patterns) for withdrawal in found]
    return small_page(views, getters, query.sorted_by("-withdrawn"), "id")


def find_withdrawal(context: Context, withdrawal_id: str) -> WithdrawalView:
    """Return one withdrawal.

    Raises:
        NotFound: there is no such withdrawal.
    """
    found = WithdrawalBook(context.catalog, context.policy).find(withdrawal_id)
    if found is None:
        raise NotFound(f"There is no withdrawal {withdrawal_id}.")
    return withdrawal_view(context, found)


def withdrawal_view(
    context: Context, withdrawal: Withdrawal, patterns: Patterns | None = None
) -> WithdrawalView:
    """Return a withdrawal as it stands; `patterns` are shared by those of a list."""
    value = withdrawal.value
    if withdrawal.selector is Selector.PATH:
        value = (patterns or Patterns(context)).show(withdrawal.repo_id, value)
    return WithdrawalView(
        id=withdrawal.id,
        version=withdrawal.version,
        selector=withdrawal.selector,
        value=value,
        repository=withdrawal.repo_id,
        scope=withdrawal.scope,
        reason=withdrawal.reason,
        comment=withdrawal.comment,
        withdrawn_by=withdrawal.withdrawn_by,
        withdrawn_at=withdrawal.withdrawn_at,
        state=withdrawal.state,
        lane=withdrawal.lane,
        lift_asked_by=withdrawal.lift_asked_by,
    )


def list_recalls(context: Context, query: Query) -> Page[RecallView]:
    """Return a page of recalls, newest first."""
    found = RecallBook(context.catalog, utc_now).list_all()
    getters = {
        "id": lambda r: r.id,
        "tier": lambda r: r.tier.value,
        "issued": lambda r: r.issued_at,
    }
    page = small_page(found, getters, query.sorted_by("-issued"), "id")
    views = [_recall(context, recall) for recall in page.items]
    return page.shown_as(views)


def find_recall(context: Context, recall_id: str) -> RecallView:
    """Return one recall.

    Raises:
        NotFound: there is no such recall.
    """
    found = RecallBook(context.catalog, utc_now).find(recall_id)
    if found is None:
        raise NotFound(f"There is no recall {recall_id}.")
    return _recall(context, found)


def _recall(context: Context, recall: RecallRecord) -> RecallView:
    return RecallView(
        id=recall.id,
        tier=recall.tier,
        issued_at=recall.issued_at,
        reasons=tuple(recall.reasons),
        requests=tuple(recall.requests),
        releases=tuple(
            RecalledView(release=r.release_id, rows=r.rows, replaced_by=r.replaced_by)
            for r in recall.releases
        ),
        waits_for=tuple(unacknowledged(context, recall)),
        is_whole=recall.is_whole,
        is_lifted=bool(recall.lifted),
    )
