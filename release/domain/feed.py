"""The feed of a tier: every recall there is, and how each release stands.

It is signed anew all the time, with a number that only grows and a time after which nobody may
rely on it (as a TUF timestamp, spec 1.0.33 sections 4.6 and 5.4), so that an old feed cannot pass
for the present one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.forms import (
    DIGEST,
    RECALL_ID,
    check_release_ids,
    fields_of,
    moment_of,
    time_text,
)
from release.domain.manifest import canonical_json

FEED_VERSION: Final = 1
FEED_LIFETIME: Final = timedelta(days=30)
"""How long a feed is relied on where nobody says otherwise."""


class ReleaseStanding(StrEnum):
    """How a release stands."""

    CURRENT = "current"
    RECALLED = "recalled"
    """Some of its rows must not be used; none, where no recall names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRelease:
    """How one release stands.

    Raises:
        ValueError: the replacement is malformed or of no use.
    """

    state: ReleaseStanding
    replaced_by: str | None = None
    """Of a recalled release, where there is one."""

    def __post_init__(self) -> None:
        """Check the pair."""
        check_release_ids(self.replaced_by)
        if self.state is ReleaseStanding.CURRENT and self.replaced_by is not None:
            msg = "a current release has no replacement"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecall:
    """One recall that is in force, and the digest of its signed file.

    Raises:
        ValueError: id or digest are malformed.
    """

    recall_id: str
    sha256: str

    def __post_init__(self) -> None:
        """Check forms."""
        # The id becomes a file name: any other form could lead out of the folder.
        if not RECALL_ID.fullmatch(self.recall_id) or not DIGEST.fullmatch(self.sha256):
            msg = "a feed lists recalls by id and digest"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What there is to know of a tier at a moment.

    Raises:
        ValueError: a form is wrong, a recall is listed twice, or replacements lead nowhere or in
            a circle.
    """

    feed_version: int = FEED_VERSION
    tier: Tier
    seq: int
    """Grows with every feed of the tier."""
    issued_at: str
    not_after: str
    """RFC 3339, UTC, whole seconds."""
    recalls: tuple[FeedRecall, ...]
    """Sorted by id."""
    releases: Mapping[str, FeedRelease]
    """Every published release of the tier."""

    def __post_init__(self) -> None:
        """Check what a reader will act on."""
        if self.feed_version != FEED_VERSION:
            msg = f"this version reads feeds of version {FEED_VERSION}"
            raise ValueError(msg)
        if type(self.seq) is not int or self.seq < 1:
            msg = "feeds are numbered from one"
            raise ValueError(msg)
        if moment_of(self.not_after) <= moment_of(self.issued_at):
            msg = "a feed ends after it begins"
            raise ValueError(msg)
        ids = [recall.recall_id for recall in self.recalls]
        if ids != sorted(set(ids)):
            msg = "a feed lists each recall once, sorted"
            raise ValueError(msg)
        check_release_ids(*self.releases)
        for release_id in self.releases:
            for _ in self.successors(release_id):
                pass

    def successors(self, release_id: str) -> Iterator[str]:
        """Yield the release that replaces one, the one that replaces that, and so on.

        Raises:
            ValueError: one is not listed, or replaces itself in the end.
        """
        seen = {release_id}
        entry = self.releases.get(release_id)
        while entry is not None and entry.replaced_by is not None:
            follower = entry.replaced_by
            if follower in seen or follower not in self.releases:
                msg = "replacements lead nowhere or in a circle"
                raise ValueError(msg)
            seen.add(follower)
            yield follower
            entry = self.releases[follower]

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether the feed may still be relied on."""
        return now < moment_of(self.not_after)

    def to_json(self) -> bytes:
        """Return the canonical document."""
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the feed of a document.

        Raises:
            ReleaseRefused: the document is no well-formed feed of this version.
        """
        try:
            raw = fields_of(data, cls)
            raw["tier"] = Tier(raw["tier"])
            raw["recalls"] = tuple(FeedRecall(**recall) for recall in raw["recalls"])
            raw["releases"] = {n: _release_of(entry) for n, entry in raw["releases"].items()}
            return cls(**raw)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ReleaseRefused(f"The feed of recalls is malformed: {error}.") from None


def _release_of(entry: dict[str, Any]) -> FeedRelease:
    if set(entry) != {"state", "replaced_by"}:
        msg = "a release of a feed has unknown or missing fields"
        raise ValueError(msg)
    return FeedRelease(state=ReleaseStanding(entry["state"]), replaced_by=entry["replaced_by"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContent:
    """What a feed says, without its number and its times."""

    tier: Tier
    recalls: Sequence[FeedRecall]
    releases: Mapping[str, FeedRelease]


def next_feed(
    last: Feed | None, content: FeedContent, now: datetime, lifetime: timedelta = FEED_LIFETIME
) -> Feed:
    """Return the feed that follows `last`, or `last` where it says all of this and is young.

    The number is at least the seconds since 1970, so that it grows even where the last feed was
    lost or comes from an old backup: readers who saw a later one would refuse it otherwise.

    Raises:
        ReleaseRefused: a recall that was listed is missing; none is ever undone.
    """
    recalls = tuple(sorted(content.recalls, key=lambda recall: recall.recall_id))
    releases = dict(sorted(content.releases.items()))
    if last is not None:
        if not set(last.recalls) <= set(recalls):
            raise ReleaseRefused("A recall that was published is missing or was changed.")
        is_same = (last.recalls, dict(last.releases)) == (recalls, releases)
        if is_same and last.is_fresh(now + lifetime / 2):
            return last
    seconds = int(now.timestamp())
    return Feed(
        tier=content.tier,
        seq=max(seconds, last.seq + 1) if last else max(seconds, 1),
        issued_at=time_text(now),
        not_after=time_text(now + lifetime),
        recalls=recalls,
        releases=releases,
    )
