"""What requests of the API are about: looked up once, 404 where there is nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.exceptions import HTTPException

from policies.access import ANYTHING, Subject, is_staff
from policies.review import Review, Withdrawal
from release.domain.grant import Grant
from store.catalog import GrantBook, ReviewBook, Token, TokenBook, WithdrawalBook
from store.catalog.errands import Errand
from web.access.subjects import subject_of_group
from web.api.asking import Asking
from workers.context import utc_now
from workers.errands import find_errand
from workers.reading.handing import RecallView, find_recall
from workers.reading.operations import OperationView, find_operation
from workers.reading.page import NotFound
from workers.reading.releases import ReleaseView, find_release
from workers.reading.repositories import RepositoryView, find_repository
from workers.reading.syncing import VisitStory, tell_visit


def repository_of(repository_id: str, ask: Asking) -> RepositoryView:
    """Return the repository that a path names."""
    return find_repository(ask.context, repository_id)


def visit_of(visit_id: str, ask: Asking) -> VisitStory:
    """Return the visit that a path names."""
    return tell_visit(ask.context, visit_id)


def review_of(decision_id: str, ask: Asking) -> Review:
    """Return the review that a path names."""
    found = ReviewBook(ask.context.catalog, ask.context.policy).find(decision_id)
    if found is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return found


def release_of(release_id: str, ask: Asking) -> ReleaseView:
    """Return the release that a path names."""
    return find_release(ask.context, release_id, only_out=not is_staff(ask.who))


def withdrawal_of(withdrawal_id: str, ask: Asking) -> Withdrawal:
    """Return the withdrawal that a path names."""
    found = WithdrawalBook(ask.context.catalog, ask.context.policy).find(withdrawal_id)
    if found is None:
        raise NotFound(f"There is no withdrawal {withdrawal_id}.")
    return found


def grant_of(grant_id: str, ask: Asking) -> Grant:
    """Return the grant that a path names."""
    found = GrantBook(ask.context.catalog, utc_now).find(grant_id)
    if found is None:
        raise NotFound(f"There is no grant {grant_id}.")
    return found


def token_of(token_id: str, ask: Asking) -> Token:
    """Return the token that a path names."""
    for token in TokenBook(ask.context.catalog, utc_now).list_all():
        if token.id == token_id:
            return token
    raise HTTPException(404, f"There is no token {token_id}.")


def errand_of(errand_id: str, ask: Asking) -> Errand:
    """Return the errand that a path names."""
    return find_errand(ask.context, errand_id)


def operation_of(operation_id: str, ask: Asking) -> OperationView:
    """Return the operation that a path names."""
    return find_operation(ask.context, operation_id)


def recall_of(recall_id: str, ask: Asking) -> RecallView:
    """Return the recall that a path names."""
    return find_recall(ask.context, recall_id)


FoundRepository = Annotated[RepositoryView, Depends(repository_of)]
FoundVisit = Annotated[VisitStory, Depends(visit_of)]
FoundReview = Annotated[Review, Depends(review_of)]
FoundRelease = Annotated[ReleaseView, Depends(release_of)]
FoundWithdrawal = Annotated[Withdrawal, Depends(withdrawal_of)]
FoundGrant = Annotated[Grant, Depends(grant_of)]
FoundToken = Annotated[Token, Depends(token_of)]
FoundErrand = Annotated[Errand, Depends(errand_of)]
FoundOperation = Annotated[OperationView, Depends(operation_of)]
FoundRecall = Annotated[RecallView, Depends(recall_of)]


async def about_repository(found: FoundRepository) -> Subject:
    """Return what a request about a repository is about."""
    return Subject(owner=found.owner)


def about_visit(found: FoundVisit, ask: Asking) -> Subject:
    """Return what a request about a visit is about."""
    repository = ask.context.catalog.find_by_id(found.visit.repository)
    return Subject(owner=repository.owner) if repository else ANYTHING


async def about_review(found: FoundReview) -> Subject:
    """Return what looking at a review, or taking one back, is about."""
    return Subject(lane=found.lane, owner=found.requested_by)


async def deciding_review(found: FoundReview) -> Subject:
    """Return what deciding on a review is about."""
    return Subject(lane=found.lane, requested_by=found.requested_by)


async def about_release(found: FoundRelease) -> Subject:
    """Return what a request about a release is about."""
    return Subject(tier=found.tier)


async def lifting(found: FoundWithdrawal) -> Subject:
    """Return what deciding on the lifting of a withdrawal is about."""
    return Subject(lane=found.lane, requested_by=found.lift_asked_by)


async def about_grant(found: FoundGrant) -> Subject:
    """Return what a request about a grant is about."""
    return Subject(tier=found.tier, owner=found.consumer)


async def about_token(found: FoundToken) -> Subject:
    """Return what a request about a token is about."""
    return Subject(owner=found.consumer)


async def about_errand(found: FoundErrand) -> Subject:
    """Return what a request about an errand is about: whose question it was."""
    return Subject(owner=found.asked_by)


async def about_operation(found: FoundOperation) -> Subject:
    """Return what a request about an operation is about: who asked for it."""
    return Subject(owner=found.by)


async def about_recall(found: FoundRecall) -> Subject:
    """Return what a request about a recall is about."""
    return Subject(tier=found.tier)


def about_group(group_id: str, ask: Asking) -> Subject:
    """Return what a request about a group is about."""
    return subject_of_group(ask.context, group_id)
