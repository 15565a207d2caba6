"""What the catalog hands out: frozen records, detached from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from ingest.domain.repository import Visit
from ingest.errors import ShardgateError
from store.catalog.ids import derived_id


class RepositoryState(StrEnum):
    """Whether a repository is part of the corpus."""

    ACTIVE = "active"
    QUARANTINED = "quarantined"


class RunState(StrEnum):
    """How far a run is; `FAILED` when one of its jobs was parked."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobState(StrEnum):
    """``ready → running → done | parked``, and back to ready when a lease is lost."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"


class LeaseLost(ShardgateError):
    """The job was taken back meanwhile; what its zombie wanted to write was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """A stored visit."""

    id: str
    generation: int
    """Counts the visits of one repository from 1."""
    snapshot_key: str | None
    """Key of the snapshot artefact; none while it is not written."""
    visit: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One journey of some repositories through the pipeline."""

    id: str
    kind: str
    params: Mapping[str, Any]
    """Identifiers and numbers only."""
    state: RunState
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """A job to be added; two specs with the same key are one job."""

    key: str
    run_id: str
    stage: str
    scope: str
    """Repository id, or empty for the whole corpus."""
    subject: str
    """Identifier or digest of what the stage works on."""

    @classmethod
    def of(cls, *, run_id: str, stage: str, scope: str, subject: str) -> Self:
        """Return the spec whose key is made of its other fields."""
        key = f"{run_id}/{stage}/{scope}/{subject}"
        return cls(key=key, run_id=run_id, stage=stage, scope=scope, subject=subject)

    @property
    def id(self) -> str:
        """Id of the job, derived from the key."""
        return derived_id("job", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job under a lease. The fence tells this claim from every other of the same job."""

    id: str
    run_id: str
    stage: str
    scope: str
    subject: str
    attempt: int
    """1 for the first claim."""
    fence: int
    lease_owner: str
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the table shows it."""

    id: str
    run_id: str
    stage: str
    scope: str
    subject: str
    state: JobState
    attempt: int
    deaths: int
    """How often a process died that held the lease."""
    reason: str
    """Why it was last taken back or parked, in words for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLoad:
    """How many jobs that are not done are in a state, and since when."""

    stage: str
    subject: str
    """Begins with the tier for builds; else empty."""
    state: JobState
    count: int
    oldest: datetime
    """When the oldest was added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """How many jobs of a stage are in a state, and the sum of their progress."""

    stage: str
    state: JobState
    count: int
    progress_done: int
    progress_total: int
