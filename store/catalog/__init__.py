"""Keeping what people say and what must be locked: repositories, visits, runs, jobs, releases."""

from store.catalog.audit import AuditEntry, AuditLog, AuditReport, append_entry
from store.catalog.barrier import Barrier, add_when_finished
from store.catalog.catalog import Catalog
from store.catalog.ids import fresh_id
from store.catalog.jobs import JobQueue
from store.catalog.policies import PolicyApplication, PolicyBook, PolicyRecord
from store.catalog.records import (
    ClaimedJob,
    Job,
    JobSpec,
    JobState,
    LeaseLost,
    RepositoryState,
    Run,
    RunState,
    StageCount,
    VisitRecord,
)
from store.catalog.releases import PullRecord, ReleaseBook, ReleaseRecord, ReleaseState
from store.catalog.reviewers import Reviewer, ReviewerBook
from store.catalog.reviews import ReviewBook, ReviewEvent
from store.catalog.rotations import RotationBook, RotationRecord, RotationState

__all__ = [
    "AuditEntry",
    "AuditLog",
    "AuditReport",
    "Barrier",
    "Catalog",
    "ClaimedJob",
    "Job",
    "JobQueue",
    "JobSpec",
    "JobState",
    "LeaseLost",
    "PolicyApplication",
    "PolicyBook",
    "PolicyRecord",
    "PullRecord",
    "ReleaseBook",
    "ReleaseRecord",
    "ReleaseState",
    "RepositoryState",
    "ReviewBook",
    "ReviewEvent",
    "Reviewer",
    "ReviewerBook",
    "RotationBook",
    "RotationRecord",
    "RotationState",
    "Run",
    "RunState",
    "StageCount",
    "VisitRecord",
    "add_when_finished",
    "append_entry",
    "fresh_id",
]
