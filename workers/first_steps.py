"""What an installation has seen so far: the way of a first day, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policies.decision import Tier
from policies.review import ReviewState
from store.catalog import JobState, PullBook, ReleaseBook, ReleaseState, ReviewBook
from workers.context import Context, utc_now
from workers.reading.present import present_decisions
from workers.sample_day import is_sample

_RUNS: Final = 20
_ENDED: Final = (JobState.DONE, JobState.PARKED)
STAGES: Final = ("mirror", "snapshot", "refresh", "detect", "provenance", "decide", "build")
"""Of which a person is told, in the order of the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What goes on while there is nothing to show yet."""

    operation: str
    stages: Mapping[str, tuple[int, int]]
    """Stage to its jobs that are done, and all of them so far; in the order of the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """What is there of everything that the first day is about."""

    repositories: int
    """Registered ones, samples among them."""
    own: str
    """Id of a repository that is no sample; empty where there is none."""
    shown: str
    """Id of the repository whose page is worth a look first; empty where there is none."""
    is_decided: bool
    reviews: int
    """That people decided on."""
    waiting: str
    """Id of a review that waits for a second person; empty where there is none."""
    release: str
    """Id of the newest releasable release that is out; empty where there is none."""
    pulls: int
    work: Work | None
    """The newest operation that is not through."""

    @property
    def is_done(self) -> bool:
        """Tell whether nothing of it is left to do."""
        return bool(self.own and self.is_decided and self.reviews and self.release and self.pulls)


def read_steps(context: Context) -> FirstSteps:
    """Return how far an installation is."""
    repositories = context.repositories().values()
    own = [r for r in repositories if not is_sample(context.settings, r.url)]
    reviews = context.keep("reviews", ReviewBook(context.catalog, context.policy).list_all)
    now = utc_now()
    waiting = [r for r in reviews if r.state_at(now) is ReviewState.PROPOSED]
    out = [
        release
        for release in ReleaseBook(context.catalog, clock=utc_now).list_releases(Tier.RELEASABLE)
        if release.state is ReleaseState.PUBLISHED
    ]
    return FirstSteps(
        repositories=len(repositories),
        own=own[0].id if own else "",
        shown=next((r.id for r in (*own, *repositories)), ""),
        is_decided=present_decisions(context) is not None,
        reviews=sum(r.state is ReviewState.APPROVED for r in reviews),
        waiting=waiting[0].id if waiting else "",
        release=out[0].id if out else "",
        pulls=len(PullBook(context.catalog, utc_now).list_all()),
        work=read_work(context),
    )


def read_work(context: Context) -> Work | None:
    """Return the newest operation that is not through, and how far it is."""
    run = next((r for r in context.catalog.list_runs(_RUNS) if r.finished_at is None), None)
    if run is None:
        return None
    counts = context.jobs.counts(run.id)
    found: dict[str, tuple[int, int]] = {}
    for name in STAGES:
        ended = sum(c.count for c in counts if c.stage == name and c.state in _ENDED)
        if everything := sum(c.count for c in counts if c.stage == name):
            found[name] = (ended, everything)
    return Work(operation=run.id, stages=found)
