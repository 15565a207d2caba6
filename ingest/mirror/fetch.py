"""Visits a repository: brings its mirror up to date and says how that ended."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.domain.problem import Problem, problem_of
from ingest.domain.repository import Repository, Visit, VisitStatus
from ingest.errors import MirrorCorrupt, MustWait, ShardgateError, SourceNotFound
from ingest.mirror.folder import MirrorFolder
from ingest.mirror.git import Git, GitSettings
from ingest.mirror.guard import Resolve, resolve_addresses
from ingest.mirror.record import CommandRecord
from ingest.mirror.refs import Refs, read_mirror_refs
from ingest.mirror.transport import open_transport
from ingest.mirror.update import MirrorUpdate, Outcome


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


_NO_REFS = Refs(ids={}, head_ref=b"", head_id="")


def sync_mirror(
    repository: Repository,
    *,
    mirrors_dir: Path,
    settings: GitSettings | None = None,
    clock: Callable[[], datetime] = utc_now,
    resolve: Resolve = resolve_addresses,
) -> Visit:
    """Visit a repository once and return the visit, whatever happened.

    Unchanged refs cost one question to the source. A failed visit leaves the mirror as it was,
    and its head and refs are those of that mirror.

    Raises:
        MustWait: another visit is running, or traffic to the host has to stop. That is no visit:
            nothing is known of the repository that was not known before.
    """
    settings = settings or GitSettings()
    started = clock()
    record = CommandRecord()
    git = Git(settings.limits, held=settings.held, record=record)
    folder = MirrorFolder.of(mirrors_dir, repository.id)
    try:
        with folder.locked():
            transport = open_transport(repository, settings, resolve)
            update = MirrorUpdate(
                git=git,
                transport=transport,
                folder=folder,
                now=started,
                extent=settings.extent,
            )
            outcome = update.run()
    except MustWait:
        raise
    except SourceNotFound as error:
        status, outcome = VisitStatus.NOT_FOUND, _failed(git, folder, str(error))
        problem: Problem | None = problem_of(error.code)
    except ShardgateError as error:
        status, outcome = VisitStatus.FAILED, _failed(git, folder, str(error))
        problem = _problem_of(error)
    except OSError as error:
        # the message of the system without its file name: causes are shown to people
        cause = f"Our own disk or system failed ({error.strerror or type(error).__name__})."
        status, outcome = VisitStatus.FAILED, _failed(git, folder, cause)
        problem = Problem.DISK_FULL if error.errno == errno.ENOSPC else Problem.OTHER
    else:
        status = VisitStatus.PARTIAL if outcome.is_partial else VisitStatus.FULL
        problem = _problem_in(outcome)
    visit = _visit(repository.id, status, outcome, started=started, finished=clock())
    return replace(visit, problem=problem or "", commands=tuple(record.commands))


def mark_suspect(mirrors_dir: Path, repository_id: str) -> None:
    """Note that a reader raised `MirrorCorrupt`: the next visit checks every object.

    What is found damaged is cloned anew and set aside.
    """
    MirrorFolder.of(mirrors_dir, repository_id).mark_suspect()


def _problem_of(error: ShardgateError) -> Problem:
    return Problem.BROKEN_MIRROR if isinstance(error, MirrorCorrupt) else problem_of(error.code)


def _problem_in(outcome: Outcome) -> Problem | None:
    """Return what is the matter with a visit that ended well."""
    if outcome.is_partial:
        return Problem.BROKEN_SOURCE
    return None if outcome.refs.head_id or outcome.refs.ids else Problem.EMPTY


def _failed(git: Git, folder: MirrorFolder, cause: str) -> Outcome:
    current = folder.current
    try:
        refs = read_mirror_refs(git, current) if current else _NO_REFS
    except ShardgateError:
        refs = _NO_REFS
    return Outcome(refs=refs, note=cause)


def _visit(
    repository_id: str,
    status: VisitStatus,
    outcome: Outcome,
    *,
    started: datetime,
    finished: datetime,
) -> Visit:
    return Visit(
        repository_id=repository_id,
        started_at=started,
        finished_at=finished,
        status=status,
        cause=outcome.note,
        head_commit=outcome.refs.head_id,
        branch=outcome.refs.branch,
        refs_digest=outcome.refs.digest,
        ref_count=len(outcome.refs.ids),
    )
