"""State the rights of a registered repository anew, for any face: renew a consent, or end it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from ingest.domain.repository import Repository
from ingest.errors import Conflict, InputError
from ingest.register.registry import Action, RegistrationRequest
from workers.audit import seal_audit
from workers.context import Context
from workers.decisions import decide_anew
from workers.reading.page import NotFound
from workers.reading.repositories import rights_version
from workers.registering import judge_request, registrations


class Cause(StrEnum):
    """Why rights are stated anew; a closed list, as the audit chain keeps no free text."""

    RENEWED = "consent-renewed"
    ENDED = "consent-ended"
    TERMS = "terms-changed"
    TEAM = "team-changed"
    CORRECTED = "corrected"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """What somebody states of a repository in place of what was stated."""

    request: RegistrationRequest
    """Whole: what it does not name is not stated any more."""
    cause: Cause
    seen: str
    """`rights_version` of what was looked at."""


def restate(
    context: Context,
    repository_id: str,
    stated: Restatement,
    *,
    actor: str,
    owners: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Replace what is stated of a repository, and decide anew; return the fields that changed.

    Args:
        context: of the installation.
        repository_id: of the repository; the URL of the request has to be its own.
        stated: what is stated in its place, and why.
        actor: who states it.
        owners: for whom they may; None: for everybody.

    Raises:
        NotFound: there is no such repository.
        Conflict: it changed since it was looked at.
        InputError: the statement is invalid or not theirs to make.
    """
    before = context.catalog.find_by_id(repository_id)
    if before is None:
        raise NotFound(f"There is no repository {repository_id}.")
    if rights_version(before) != stated.seen:
        raise _changed(before)
    found = judge_request(
        context,
        stated.request,
        {before.id: before},
        (owners, False),
        is_credential_kept=stated.request.credential == before.credential,
    )
    if found.repository.id != before.id:
        raise InputError("Another address is another repository: register that one.")
    if found.action is Action.UNCHANGED:
        return ()
    book = registrations(context, actor)
    if not book.restate(before, found.repository, found.changes, stated.cause.value):
        raise _changed(before)
    seal_audit(context)
    if context.catalog.corpus():
        decide_anew(context)
    return found.changes


def _changed(repository: Repository) -> Conflict:
    return Conflict(f"Somebody changed what is stated of {repository.name} meanwhile.")
