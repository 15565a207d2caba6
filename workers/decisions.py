"""A run that begins with deciding: for a build, a changed policy, or what people decided."""

from __future__ import annotations

from collections.abc import Sequence

from store.catalog import JobSpec
from workers.app import notify
from workers.context import Context


def decide_anew(context: Context, tiers: Sequence[str] = (), **params: str | Sequence[str]) -> str:
    """Decide over the present corpus, build some tiers, wake workers; return the id of the run."""
    specs: list[JobSpec] = []

    def specs_of(run_id: str) -> list[JobSpec]:
        specs.append(JobSpec.of(run_id=run_id, stage="decide", scope="", subject="all"))
        return specs

    run_id = context.jobs.start_run("release", {"tiers": list(tiers), **params}, specs_of)
    notify([spec.id for spec in specs])
    return run_id
