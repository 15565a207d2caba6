"""How it stands between us and the host of a repository, as pages and API show it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.domain.repository import GitCommand
from store.catalog import list_commands
from workers.context import Context
from workers.hosts import host_book
from workers.reading.page import NotFound
from workers.reading.repositories import VisitView, visit_view
from workers.sync_state import VisitedOnce, sync_state


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandView:
    """One git command of a visit; without credentials and without paths of this machine."""

    line: str
    """As it would be typed."""
    returncode: int | None
    """None: it was stopped by us."""
    milliseconds: int
    message: str
    """Last lines of what it said, with addresses taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitStory:
    """A visit with what git was told in it."""

    visit: VisitView
    commands: Sequence[CommandView]
    """In order; none where they are no longer kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncView:
    """What a person needs to know when a repository is not up to date."""

    repository: str
    """Id."""
    problem: str
    """What kind of thing went wrong in the newest visit; empty where nothing did."""
    says: str
    """The problem in plain words; empty without one."""
    do: str
    """What a person does about it; empty without a problem."""
    cause: str
    """What git said; empty where it said nothing."""
    host: str
    """Empty for a local repository."""
    held: str
    """Why nothing may reach the host now, in words; empty where it may."""
    held_until: datetime | None
    """None: nothing holds it, or a person has to resume it."""
    next_visit_at: datetime | None
    """None before the first visit."""
    failures: int
    """Visits in a row that failed."""
    told_at: datetime | None
    """When a webhook last told of a push; None: none ever did."""
    visits: Sequence[VisitStory]
    """The last ones, newest first."""


def tell_sync(context: Context, repository_id: str) -> SyncView:
    """Return how it stands with a registered repository.

    Raises:
        NotFound: there is no such repository.
    """
    repository = context.find_repository(repository_id)
    if repository is None:
        raise NotFound(f"There is no repository {repository_id}.")
    state = sync_state(context, repository)
    hold = host_book(context).check(state.host.name) if state.host else None
    newest = state.visits[0].record.visit if state.visits else None
    poll = state.poll
    return SyncView(
        repository=repository.id,
        problem=state.problem.value if state.problem is not None else "",
        says=state.says,
        do=state.do,
        cause=newest.cause if newest else "",
        host=state.host.name if state.host else "",
        held=hold.says if hold else "",
        held_until=hold.until if hold else None,
        next_visit_at=poll.next_at if poll else None,
        failures=poll.failures if poll else 0,
        told_at=poll.hook_at if poll else None,
        visits=[_story(visited) for visited in state.visits],
    )


def tell_visit(context: Context, visit_id: str) -> VisitStory:
    """Return one visit with what git was told in it.

    Raises:
        NotFound: there is no such visit.
    """
    record = context.catalog.find_visit(visit_id)
    if record is None:
        raise NotFound(f"There is no visit {visit_id}.")
    commands = list_commands(context.catalog.database, record.id)
    return _story(VisitedOnce(record=record, commands=commands))


def _story(visited: VisitedOnce) -> VisitStory:
    return VisitStory(
        visit=visit_view(visited.record),
        commands=[_command(command) for command in visited.commands],
    )


def _command(command: GitCommand) -> CommandView:
    return CommandView(
        line=shlex.join(("git", *command.argv)),
        returncode=command.returncode,
        milliseconds=command.milliseconds,
        message=command.message,
    )
