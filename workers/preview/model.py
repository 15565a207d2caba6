"""What a preview says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.domain.problem import Problem
from ingest.domain.repository import GitCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class RefCounts:
    """What the source advertises."""

    branches: int
    tags: int
    others: int
    """Such as pull requests; they are mirrored too."""
    default_branch: str
    """Empty where HEAD names none."""
    head_commit: str
    """Empty in a repository without commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOwner:
    """Somebody whom a CODEOWNERS file names."""

    name: str
    rules: int
    """Patterns that name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLicense:
    """What a license file states."""

    path: bytes
    expression: str
    """SPDX; empty where it was not recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCounts:
    """The HEAD tree."""

    files: int
    blobs: int
    """Distinct contents."""
    size: int
    """Bytes of the distinct contents that came along."""
    large: int
    """Distinct contents that were left out for their size, so that theirs is not known."""
    links: int
    submodules: int
    lfs_pointers: int
    """Among what was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLoad:
    """What would wait for one lane."""

    lane: str
    items: int
    """Groups of cases that are decided alike; a guess from a sample unless that was everything."""
    least: int
    """Seen in the sample, and so there for certain."""
    most: int
    """Hardly more, unless one large file that was not seen holds many."""
    titles: Sequence[str]
    """Of the rules with the most items, at most three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What reviewers would have to decide, under the policy in force and with consent given."""

    lanes: Sequence[LaneLoad]
    """Those of which something was seen, or may have been missed."""
    sampled: int
    """Files that were looked at."""
    of: int
    """Files with text that there are; a guess unless everything was looked at."""
    releasable_share: float
    """Of the files that were looked at: how many nothing stands against."""

    @property
    def is_exact(self) -> bool:
        """Whether every file was looked at."""
        return self.sampled >= self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A repository before it is registered. What could not be found out is None."""

    url: str
    name: str
    repository_id: str
    is_registered: bool
    problem: Problem | None
    """What kept the preview from seeing more; what was seen until then is there."""
    says: str
    do: str
    cause: str
    """git's own words, redacted; empty without a problem."""
    refs: RefCounts | None = None
    files: FileCounts | None = None
    repository_license: str = ""
    """What its root license and headers state; empty where they state none."""
    licenses: Sequence[FoundLicense] = ()
    owners: Sequence[FoundOwner] = ()
    forecast: Forecast | None = None
    minutes: float | None = None
    """From sync to decisions, on this machine; the history is not counted."""
    transferred: int = 0
    """Bytes that the preview cost."""
    commands: Sequence[GitCommand] = ()
