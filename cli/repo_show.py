"""``shardgate repo show``: one repository, and how it stands between us and its host."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from cli.console import out, print_table, safe
from ingest.domain.repository import GitCommand
from workers.context import Context, utc_now
from workers.running import find_repository
from workers.settings import Settings
from workers.sync_state import SyncState, sync_state


def show(
    name: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    visits: Annotated[
        int, typer.Option(min=1, max=20, help="Visits whose git commands are shown.")
    ] = 1,
) -> None:
    """Show one repository: rights, last visit, what is wrong and what to do, git commands."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), name)
    state = sync_state(context, repository, visits=visits)
    for label, text in _lines(state):
        out.print(f"{label:12} {safe(text)}", soft_wrap=True)
    for visit in state.visits:
        rows = [_row(command) for command in visit.commands]
        title = f"git commands of visit {visit.record.generation}"
        print_table(title, ("ended", "seconds", "command", "said"), rows)


def _lines(state: SyncState) -> Iterator[tuple[str, str]]:
    repository = state.repository
    yield "repository", f"{repository.name} ({repository.id})"
    yield "address", repository.url
    yield "owner", repository.owner
    yield "rights", f"{repository.rights_basis.value}, {repository.license}"
    until = f"until {repository.consent_until}" if repository.release_consent else "no"
    yield "release", until
    yield "corpus", " ".join(filter(None, (state.state.value, state.state_reason)))
    if not state.visits:
        yield "last visit", "none yet: shardgate sync " + repository.name
    else:
        visit = state.visits[0].record.visit
        yield "last visit", f"{visit.status.value}, {_moment(visit.finished_at)}"
        if state.problem is not None:
            yield "problem", f"{state.says} [{state.problem.value}]"
            yield "what to do", state.do
        if visit.cause:
            yield "git said", visit.cause
    yield from _freshness(state)


def _freshness(state: SyncState) -> Iterator[tuple[str, str]]:
    if state.host is not None and state.host.is_paused:
        yield "host", f"{state.host.name} is paused by {state.host.paused_by}: {state.host.reason}"
    elif state.host is not None and state.host.throttled_until:
        yield "host", f"{state.host.name} is left alone until {_moment(state.host.throttled_until)}"
    poll = state.poll
    if poll is not None:
        due = "now" if poll.next_at <= utc_now() else _moment(poll.next_at)
        failed = f", {poll.failures} failed in a row" * bool(poll.failures)
        yield "next look", due + failed
        yield "webhook", f"last told {_moment(poll.hook_at)}" if poll.hook_at else "none"


def _row(command: GitCommand) -> tuple[str, str, str, str]:
    ended = "stopped" if command.returncode is None else str(command.returncode)
    seconds = f"{command.milliseconds / 1000:.1f}"
    return ended, seconds, shlex.join(("git", *command.argv)), command.message


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
