"""What a withdrawal would take back, as faces tell it: ids, counts and names, no records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workers.withdrawals import BlastRadius


@dataclass(frozen=True, slots=True, kw_only=True)
class StruckView:
    """What a withdrawal takes out of one release."""

    release: str
    tier: str
    rows: int
    shards: int
    """That are written again."""
    shards_in_all: int
    copies: int
    """Rows that go as copies of others."""
    consumers: Sequence[str]
    """Who has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Radius:
    """What a withdrawal takes back."""

    places: int
    contents: int
    rows: int
    releases: Sequence[StruckView]
    unjudged: Sequence[str]
    """Releases that cannot be judged, as what they were decided by is not kept."""


def told(radius: BlastRadius) -> Radius:
    """Return a blast radius as faces tell it."""
    return Radius(
        places=radius.places,
        contents=radius.contents,
        rows=radius.rows,
        unjudged=list(radius.unjudged),
        releases=[
            StruckView(
                release=s.release.id,
                tier=s.release.tier.value,
                rows=s.rows,
                shards=s.shards,
                shards_in_all=s.shards_in_all,
                copies=len(s.copies),
                consumers=sorted({pull.consumer for pull in s.pulls}),
            )
            for s in radius.releases
        ],
    )
