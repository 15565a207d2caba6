"""Start the whole path for some repositories, for any face."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.domain.repository import Repository
from ingest.errors import InputError
from store.catalog import JobSpec
from workers.context import Context
from workers.queues import route
from workers.waking import wake


def start_run(
    context: Context,
    repositories: Sequence[Repository],
    *,
    tiers: Sequence[str] = (),
    history: bool = False,
    by: str = "",
) -> str:
    """Write a run with one mirror job per repository, wake the workers and return its id.

    Args:
        context: of the installation.
        repositories: that are brought up to date.
        tiers: that are built in the end.
        history: every reachable blob is scanned too.
        by: who asks for it, and may follow it therefore; empty: nobody in particular.

    Raises:
        InputError: there is no repository.
    """
    if not repositories:
        raise InputError("No repository is registered.", hint="Register one first.")
    params = {"tiers": list(tiers), "history": history, "by": by}
    run_id = context.jobs.start_run("sync", params, lambda run: first_jobs(run, repositories))
    wake(context.settings, route(context, [j.id for j in first_jobs(run_id, repositories)]))
    return run_id


def retry_parked(context: Context, job_id: str) -> bool:
    """Let a parked job start over and wake a worker; False when it is not parked."""
    is_again = context.jobs.retry_parked(job_id)
    if is_again:
        wake(context.settings, route(context, [job_id]))
    return is_again


def first_jobs(run_id: str, repositories: Sequence[Repository]) -> list[JobSpec]:
    """Return the jobs that a run begins with: one mirror job per repository."""
    return [
        JobSpec.of(run_id=run_id, stage="mirror", scope=r.id, subject=r.id) for r in repositories
    ]


def find_repositories(context: Context, names: Sequence[str]) -> list[Repository]:
    """Return repositories by name, id or URL; all of them for no name.

    Raises:
        InputError: a name is unknown or stands for several.
    """
    known = context.catalog.list_repositories()
    if not names:
        return known
    return [find_repository(known, name) for name in names]


def find_repository(known: Sequence[Repository], name: str) -> Repository:
    """Return the one repository that a name, id or URL stands for.

    Raises:
        InputError: none or several have this name.
    """
    found = [r for r in known if name in {r.name, r.id, r.url}]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{name} stands for {len(found)} repositories.", hint="Give the id.")
    raise InputError(
        f"There is no repository {name}.", hint="shardgate repo list shows what is registered."
    )
