"""Which queue a job waits in: one for each kind of worker, so that each can be given just its own.

A worker that mirrors is the only one that reaches hosts of git, and who builds releases of one
tier is given no folder of the other. By default one worker serves all queues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from policies.decision import Tier
from store.catalog import job_steps
from store.catalog.errands import ErrandKind
from workers.context import Context

MIRROR: Final = "mirror"
SCAN: Final = "scan"
CONTROL: Final = "control"
BUILDS: Final = tuple(f"build-{tier.value}" for tier in Tier)
QUEUES: Final = (MIRROR, SCAN, CONTROL, *BUILDS)

_STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    MIRROR: ("mirror",),
    SCAN: ("snapshot", "refresh", "detect"),
    CONTROL: ("provenance", "decide", "recall"),
}
_BUILD: Final = "build"
_ERRANDS: Final[Mapping[str, tuple[ErrandKind, ...]]] = {
    MIRROR: (ErrandKind.PREVIEW, ErrandKind.DISCOVER),
    CONTROL: (
        ErrandKind.IMPACT,
        ErrandKind.FORECAST,
        ErrandKind.LIFT,
        ErrandKind.UNLOCK,
    ),
}


def queue_of(stage: str, subject: str) -> str:
    """Return the queue of a job; what a build is of begins with its tier.

    Raises:
        KeyError: there is no such stage, or no such tier.
    """
    if stage == _BUILD:
        return f"{_BUILD}-{Tier(subject.partition('.')[0]).value}"
    return {name: queue for queue, names in _STAGES.items() for name in names}[stage]


def errands_of(queues: Sequence[str]) -> list[tuple[ErrandKind, ...]]:
    """Return the kinds of errands that go with some queues; those of one wait for one another."""
    return [kinds for queue, kinds in _ERRANDS.items() if queue in queues]


def served_by(names: Sequence[str]) -> tuple[str, ...]:
    """Return the queues that a worker serves; all of them where none is named."""
    return tuple(names) or QUEUES


def route(context: Context, job_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return each job with its queue; what is no job any more is left out."""
    known = job_steps(context.catalog, job_ids)
    return [(job_id, queue_of(*known[job_id])) for job_id in job_ids if job_id in known]


def ready_in(context: Context, queue: str, limit: int) -> list[str]:
    """Return jobs of one queue that may be claimed, oldest first."""
    if queue in _STAGES:
        return context.jobs.ready_ids(limit, stages=_STAGES[queue])
    subject = queue.removeprefix(f"{_BUILD}-")
    return context.jobs.ready_ids(limit, stages=(_BUILD,), subject=f"{subject}.")
