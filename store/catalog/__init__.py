"""Keeping what people say and what must be locked: repositories, visits, runs, jobs, releases."""

from store.catalog.audit import AuditEntry, AuditLog, AuditReport, append_entry
from store.catalog.barrier import Barrier, add_when_finished
from store.catalog.catalog import Catalog
from store.catalog.grants import GrantBook
from store.catalog.ids import fresh_id
from store.catalog.jobs import JobQueue
from store.catalog.policies import PolicyApplication, PolicyBook, PolicyRecord
from store.catalog.pulls import PullBook, PullRecord, TrainingRunRecord
from store.catalog.recalls import Acknowledgement, RecallBook, RecalledRelease, RecallRecord
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
from store.catalog.releases import ReleaseBook, ReleaseRecord, ReleaseState
from store.catalog.reviewers import Reviewer, ReviewerBook
from store.catalog.reviews import ReviewBook, ReviewEvent
from store.catalog.rotations import RotationBook, RotationRecord, RotationState
from store.catalog.tokens import Scope, Token, TokenBook, TokenRequest
from store.catalog.withdrawals import WithdrawalBook, WithdrawalEvent

__all__ = [
    "Acknowledgement",
    "AuditEntry",
    "AuditLog",
    "AuditReport",
    "Barrier",
    "Catalog",
    "ClaimedJob",
    "GrantBook",
    "Job",
    "JobQueue",
    "JobSpec",
    "JobState",
    "LeaseLost",
    "PolicyApplication",
    "PolicyBook",
    "PolicyRecord",
    "PullBook",
    "PullRecord",
    "RecallBook",
    "RecallRecord",
    "RecalledRelease",
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
    "Scope",
    "StageCount",
    "Token",
    "TokenBook",
    "TokenRequest",
    "TrainingRunRecord",
    "VisitRecord",
    "WithdrawalBook",
    "WithdrawalEvent",
    "add_when_finished",
    "append_entry",
    "fresh_id",
]
