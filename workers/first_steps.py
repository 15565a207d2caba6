"""What an installation has seen so far: the way of a first day, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from policies.decision import Tier
from policies.review import ReviewState
from store.catalog import PullBook, ReleaseBook, ReleaseState, ReviewBook
from workers.context import Context, utc_now
from workers.reading.present import present_decisions


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

    @property
    def is_done(self) -> bool:
        """Tell whether nothing of it is left to do."""
        return bool(self.own and self.is_decided and self.reviews and self.release and self.pulls)


def read_steps(context: Context) -> FirstSteps:
    """Return how far an installation is."""
    repositories = context.catalog.list_repositories()
    samples = context.settings.root / "samples"
    own = [r for r in repositories if not _is_below(r.url, samples)]
    reviews = ReviewBook(context.catalog, context.policy).list_all()
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
    )


def _is_below(url: str, folder: Path) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "file" and Path(parts.path).is_relative_to(folder)
