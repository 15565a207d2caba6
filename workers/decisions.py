"""A run that begins with deciding: for a build, a changed policy, or what people decided."""

from __future__ import annotations

from collections.abc import Sequence

from store.catalog import JobSpec
from workers.context import Context
from workers.queues import route
from workers.waking import wake


def decide_anew(context: Context, tiers: Sequence[str] = (), **params: str | Sequence[str]) -> str:
    """Decide over the present corpus, build some tiers, wake workers; return the id of the run."""
    specs: list[JobSpec] = []

    def specs_of(run_id: str) -> list[JobSpec]:
        specs.append(JobSpec.of(run_id=run_id, stage="decide", scope="", subject="all"))
        return specs

    run_id = context.jobs.start_run("release", {"tiers": list(tiers), **params}, specs_of)
    wake(context.settings, route(context, [spec.id for spec in specs]))
    return run_id
