"""Register repositories, state their rights anew, take them out and back, for any face."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.domain.repository import Repository
from ingest.errors import InputError, RegistrationRefused
from ingest.register.plan import PlannedChange, plan_registry
from ingest.register.registry import Action, Registration, RegistrationRequest, judge
from ingest.register.registry import register as register_rights
from ingest.register.urls import canonicalise, repository_id
from policies.access import Role
from store.catalog import AuditLog, RegistrationBook, RepositoryState, UserBook
from workers.audit import seal_audit
from workers.bound_credentials import check_bound
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.remarks import check_statement, checked_remark

RETIRED = "retired"
"""How the reason of a repository begins that somebody took out of the corpus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one of several registrations."""

    action: Action
    name: str
    """Of the repository; empty where it was refused."""
    repository_id: str
    reason: str
    """Why it was refused, or what changed."""


def register(
    context: Context,
    request: RegistrationRequest,
    *,
    actor: str,
    owners: Collection[str] | None = None,
    any_host: bool = False,
) -> Repository:
    """Register one repository; the same again changes nothing.

    Args:
        context: of the installation.
        request: what its owner states.
        actor: who registers it.
        owners: for whom they may; None: for everybody.
        any_host: whether they may name a credential that is bound to no host.

    Raises:
        RegistrationRefused: the request is invalid, or it is registered with other rights.
    """
    known = {r.id: r for r in context.catalog.list_repositories()}
    judge_request(context, request, known, (owners, any_host))
    repository = register_rights(
        request,
        registrations(context, actor),
        today=context.today(),
        allow_local=context.settings.allow_local,
    )
    seal_audit(context)
    return repository


def registrations(context: Context, actor: str) -> RegistrationBook:
    """Return the book in which somebody registers; the chain is to be sealed afterwards."""
    return RegistrationBook(context.catalog, clock=utc_now, actor=actor)


def plan_file(context: Context, text: str) -> list[PlannedChange]:
    """Return what a registry file would change; nothing is written.

    Raises:
        RegistrationRefused: the file as a whole is no list of repositories.
    """
    plan = plan_registry(
        text,
        context.catalog,
        today=context.today(),
        allow_local=context.settings.allow_local,
    )
    return [_bound(context, change) for change in plan]


def _bound(context: Context, change: PlannedChange) -> PlannedChange:
    """Return a planned change, refused where its credential may not be named."""
    found = change.repository
    if found is None:
        return change
    try:
        check_bound(context.settings, found.credential, found.url, any_host=True)
    except RegistrationRefused as error:
        return replace(change, action=Action.REFUSED, repository=None, reason=str(error))
    return change


def apply_plan(context: Context, plan: Sequence[PlannedChange], *, actor: str) -> int:
    """Write what a plan changes, all of it or nothing; return how many repositories changed.

    Raises:
        RegistrationRefused: an entry is refused.
    """
    refused = [change for change in plan if change.action is Action.REFUSED]
    if refused:
        raise RegistrationRefused(
            f"{len(refused)} of {len(plan)} entries are refused; nothing was written.",
            hint="Mend them in the file and apply again.",
        )
    found = [c.repository for c in plan if c.repository and c.action is not Action.UNCHANGED]
    for repository in found:
        _check_words(context, repository)
    book = registrations(context, actor)
    for repository in found:
        book.save_repository(repository)
    seal_audit(context)
    return len(found)


def register_many(  # noqa: PLR0913 - as many options as its faces have
    context: Context,
    requests: Iterable[RegistrationRequest],
    *,
    actor: str,
    owners: Collection[str] | None = None,
    dry_run: bool = False,
    any_host: bool = False,
) -> list[Outcome]:
    """Register or change each of several repositories that can be; decide anew if rights changed.

    Arguments as `register`; with `dry_run` nothing is written.
    """
    known = {r.id: r for r in context.catalog.list_repositories()}
    book, outcomes = registrations(context, actor), list[Outcome]()
    for request in requests:
        outcome, repository = _judge(context, request, known, (owners, any_host))
        if repository is not None and not dry_run:
            book.save_repository(repository)
            known[repository.id] = repository
        outcomes.append(outcome)
    if not dry_run:
        seal_audit(context)
    is_update = any(outcome.action is Action.UPDATE for outcome in outcomes)
    if is_update and not dry_run and context.catalog.corpus():
        decide_anew(context)
    return outcomes


def retire(context: Context, repository_id: str, *, comment: str, actor: str) -> None:
    """Take a repository out of the corpus; what is out of it stays out until it is withdrawn.

    Raises:
        InputError: there is no such repository, or the comment cannot be kept.
    """
    reason = f"{RETIRED}: {checked_remark(context, comment)}"
    _set_state(context, repository_id, (RepositoryState.QUARANTINED, reason), actor)


def restore(context: Context, repository_id: str, *, actor: str) -> None:
    """Take a repository back into the corpus.

    A user who is no administrator takes back what somebody of its team took out, and nothing that
    an administrator or the system did.

    Raises:
        InputError: there is no such repository, or it is not theirs to take back.
    """
    if not _may_restore(context, repository_id, actor):
        raise InputError(
            "An administrator, or the system, took it out of the corpus.",
            hint="Ask an administrator to take it back.",
        )
    _set_state(context, repository_id, (RepositoryState.ACTIVE, ""), actor)


def _may_restore(context: Context, repository_id: str, actor: str) -> bool:
    users = UserBook(context.catalog, utc_now)
    asks, found = users.find(actor), context.catalog.find_by_id(repository_id)
    state = context.catalog.repository_state(repository_id)
    if asks is None or Role.ADMINISTRATOR in asks.roles or found is None or state is None:
        return True
    if state[0] is RepositoryState.ACTIVE:
        return True
    last = AuditLog(context.catalog, clock=utc_now).last("repository.retire", repository_id)
    by = users.find(last.actor) if last and state[1].startswith(f"{RETIRED}: ") else None
    if by is None or Role.ADMINISTRATOR in by.roles:
        return False
    return found.owner in by.teams | {by.name}


def _set_state(
    context: Context, repository_id: str, state: tuple[RepositoryState, str], actor: str
) -> None:
    before = context.catalog.repository_state(repository_id)
    if before is None:
        raise InputError(f"There is no repository {repository_id}.")
    if before[0] is state[0]:
        return
    registrations(context, actor).set_state(repository_id, *state)
    seal_audit(context)
    if context.catalog.corpus():
        decide_anew(context)


def _judge(
    context: Context,
    request: RegistrationRequest,
    known: dict[str, Repository],
    rights: tuple[Collection[str] | None, bool],
) -> tuple[Outcome, Repository | None]:
    """Return what becomes of a request, and what is to be written for it.

    `rights` are for whom they may register, and whether for any host, as `register` takes them.
    """
    try:
        found = judge_request(context, request, known, rights)
    except RegistrationRefused as error:
        refused = Outcome(action=Action.REFUSED, name="", repository_id="", reason=str(error))
        return refused, None
    outcome = Outcome(
        action=found.action,
        name=found.repository.name,
        repository_id=found.repository.id,
        reason=f"changes {', '.join(found.changes)}" if found.changes else "",
    )
    return outcome, None if found.action is Action.UNCHANGED else found.repository


def judge_request(
    context: Context,
    request: RegistrationRequest,
    known: Mapping[str, Repository],
    rights: tuple[Collection[str] | None, bool],
    *,
    is_credential_kept: bool = False,
) -> Registration:
    """Return what a request amounts to; words are looked at last, as that loads detectors.

    `is_credential_kept` says that it names the credential that was allowed before.

    Raises:
        RegistrationRefused: it is not theirs to make, or invalid, or its words cannot be kept.
    """
    owners, any_host = rights
    _check_owner(request, known, owners, context)
    if not is_credential_kept:
        check_bound(context.settings, request.credential, request.url, any_host=any_host)
    found = judge(
        request,
        known.values(),
        today=context.today(),
        allow_local=context.settings.allow_local,
    )
    if found.action is not Action.UNCHANGED:
        _check_words(context, request)
    return found


def _check_owner(
    request: RegistrationRequest,
    known: Mapping[str, Repository],
    owners: Collection[str] | None,
    context: Context,
) -> None:
    """Refuse what is not for `owners`; of what others registered nothing is told, whatever it is.

    That comes before the request is compared with what is registered.
    """
    if owners is None:
        return
    if request.owner not in owners:
        raise RegistrationRefused("You may register for your own teams only.")
    url = canonicalise(request.url, allow_local=context.settings.allow_local)
    before = known.get(repository_id(url.identity))
    if before is not None and before.owner not in owners:
        raise RegistrationRefused("You may not register this repository.")


def _check_words(context: Context, stated: RegistrationRequest | Repository) -> None:
    """Check what stays in the catalog, and in the audit chain, in somebody's own words."""
    for field, text in (("owner", stated.owner), ("evidence", stated.evidence)):
        if text:
            check_statement(context, field, text)
