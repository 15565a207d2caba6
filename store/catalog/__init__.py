"""Keeping what people say and what must be locked: repositories, visits, runs, jobs, releases."""

from store.catalog.answers import AnswerBook, KeptAnswer, Keyed
from store.catalog.audit import AuditEntry, AuditLog, AuditReport, append_entry
from store.catalog.barrier import Barrier, add_when_finished
from store.catalog.catalog import Catalog, Changes
from store.catalog.grants import GrantBook
from store.catalog.handed_lists import HandedLists
from store.catalog.hosts import Hold, HostBook, HostRecord
from store.catalog.ids import fresh_id
from store.catalog.job_loads import job_loads, job_steps
from store.catalog.jobs import MAX_ATTEMPTS, JobQueue
from store.catalog.listings import CatalogLists, ListedRepository
from store.catalog.logins import (
    LINK_LIFE,
    Identity,
    LoginBook,
    LoginRefused,
    LoginThrottled,
)
from store.catalog.passwords import Passwords
from store.catalog.policies import PolicyApplication, PolicyBook, PolicyRecord
from store.catalog.polls import PollBook, PollRecord
from store.catalog.pulls import PullBook, PullRecord, TrainingRunRecord
from store.catalog.queue_state import QueueState, StageQueue, read_queue
from store.catalog.recalls import Acknowledgement, RecallBook, RecalledRelease, RecallRecord
from store.catalog.records import (
    ClaimedJob,
    Job,
    JobLoad,
    JobSpec,
    JobState,
    LeaseLost,
    RepositoryState,
    Run,
    RunState,
    StageCount,
    VisitRecord,
)
from store.catalog.refreshes import (
    Refreshing,
    parked_scopes,
    read_refreshing,
    scanning_scopes,
    start_refresh,
)
from store.catalog.registrations import RegistrationBook
from store.catalog.releases import ReleaseBook, ReleaseRecord, ReleaseState
from store.catalog.reviewers import Reviewer, ReviewerBook
from store.catalog.reviews import ReviewBook, ReviewEvent
from store.catalog.rotations import RotationBook, RotationRecord, RotationState
from store.catalog.sessions import LoginMethod, LoginSession, SessionBook
from store.catalog.tokens import Scope, Token, TokenBook, TokenRequest, parse_scope
from store.catalog.users import User, UserBook
from store.catalog.visit_commands import list_commands
from store.catalog.waiting import count_waiting, wake_visits
from store.catalog.withdrawals import WithdrawalBook, WithdrawalEvent

__all__ = [
    "LINK_LIFE",
    "MAX_ATTEMPTS",
    "Acknowledgement",
    "AnswerBook",
    "AuditEntry",
    "AuditLog",
    "AuditReport",
    "Barrier",
    "Catalog",
    "CatalogLists",
    "Changes",
    "ClaimedJob",
    "GrantBook",
    "HandedLists",
    "Hold",
    "HostBook",
    "HostRecord",
    "Identity",
    "Job",
    "JobLoad",
    "JobQueue",
    "JobSpec",
    "JobState",
    "KeptAnswer",
    "Keyed",
    "LeaseLost",
    "ListedRepository",
    "LoginBook",
    "LoginMethod",
    "LoginRefused",
    "LoginSession",
    "LoginThrottled",
    "Passwords",
    "PolicyApplication",
    "PolicyBook",
    "PolicyRecord",
    "PollBook",
    "PollRecord",
    "PullBook",
    "PullRecord",
    "QueueState",
    "RecallBook",
    "RecallRecord",
    "RecalledRelease",
    "Refreshing",
    "RegistrationBook",
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
    "SessionBook",
    "StageCount",
    "StageQueue",
    "Token",
    "TokenBook",
    "TokenRequest",
    "TrainingRunRecord",
    "User",
    "UserBook",
    "VisitRecord",
    "WithdrawalBook",
    "WithdrawalEvent",
    "add_when_finished",
    "append_entry",
    "count_waiting",
    "fresh_id",
    "job_loads",
    "job_steps",
    "list_commands",
    "parked_scopes",
    "parse_scope",
    "read_queue",
    "read_refreshing",
    "scanning_scopes",
    "start_refresh",
    "wake_visits",
]
