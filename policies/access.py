"""Who may do what: the one place where that is decided, by role, tier and object.

Nothing is allowed that no line of the table below allows. Lines are cut down, never widened:

1. A token does what its holder may do, of that what its scopes name.
2. A registrant sees and changes what belongs to a team of theirs, follows operations that they
   asked for, and sees nothing else of the company.
3. A consumer reads releases of the tiers that somebody granted, and what is their own.
   Tokens are everybody's own.
4. A reviewer decides in their lanes.
5. Who asked for something never decides on it, whoever it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.decision import Lane, Tier


class Role(StrEnum):
    """What a person is there for; one person may be several."""

    REGISTRANT = "registrant"
    REVIEWER_LEGAL = "reviewer-legal"
    REVIEWER_PRIVACY = "reviewer-privacy"
    REVIEWER_SECURITY = "reviewer-security"
    RELEASER = "releaser"
    CONSUMER = "consumer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be done, as ``noun.verb``; also the scopes of tokens."""

    REPOSITORY_READ = "repository.read"
    REPOSITORY_WRITE = "repository.write"
    VISIT_READ = "visit.read"
    FINDING_READ = "finding.read"
    """Masked findings and masked snippets."""
    FINDING_UNMASK = "finding.unmask"
    REVIEW_READ = "review.read"
    REVIEW_PROPOSE = "review.propose"
    REVIEW_DECIDE = "review.decide"
    POLICY_READ = "policy.read"
    POLICY_TEST = "policy.test"
    POLICY_APPLY = "policy.apply"
    RELEASE_READ = "release.read"
    RELEASE_BUILD = "release.build"
    RELEASE_WITHDRAW = "release.withdraw"
    """Withdraw rows, recall releases; it only ever takes away."""
    GRANT_READ = "grant.read"
    GRANT_WRITE = "grant.write"
    TOKEN_READ = "token.read"  # noqa: S105 - the name of an action
    TOKEN_WRITE = "token.write"  # noqa: S105 - the name of an action
    PULL_READ = "pull.read"
    PULL_TAKE = "pull.take"
    AUDIT_READ = "audit.read"
    OPERATION_READ = "operation.read"
    OPERATION_RETRY = "operation.retry"
    HOST_WRITE = "host.write"
    USER_WRITE = "user.write"
    EXPORT = "list.export"


class Answer(StrEnum):
    """What somebody is told who asks for something."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    """They see it and may not do that to it (403)."""
    HIDDEN = "hidden"
    """They may not know that it is there (404)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who acts: a person's session, or a token in somebody's name."""

    name: str
    """As reviews, grants and the audit chain write it."""
    roles: frozenset[Role]
    scopes: frozenset[Action] | None = None
    """What a token is for; None: a person's session, which is for everything of theirs."""
    teams: frozenset[str] = frozenset()
    """Owners of repositories, as registrations name them, that they stand for."""
    tiers: frozenset[Tier] = frozenset()
    """Tiers that somebody granted them; they decide for a consumer and for nobody else."""

    @property
    def lanes(self) -> frozenset[Lane]:
        """Lanes that they decide in."""
        return frozenset(lane for lane, role in LANE_ROLES.items() if role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is acted on, as far as that matters; an empty part says that it is not known."""

    tier: Tier | None = None
    """None: of both tiers, or of none."""
    owner: str = ""
    """Team that a repository belongs to, or person whose a token, grant or pull is."""
    lane: Lane | None = None
    requested_by: str = ""
    """Who asked for what is decided on now."""
    is_filtered: bool = False
    """A list that leaves out what `owners_seen_by` and `tiers_seen_by` do not name."""


ANYTHING: Final = Subject()
"""Nothing in particular; a principal who is bound to their own is refused it."""
LANE_ROLES: Final = {
    Lane.LEGAL: Role.REVIEWER_LEGAL,
    Lane.PRIVACY: Role.REVIEWER_PRIVACY,
    Lane.SECURITY: Role.REVIEWER_SECURITY,
}
_REVIEWERS: Final = frozenset(LANE_ROLES.values())
_STAFF: Final = _REVIEWERS | {Role.RELEASER, Role.AUDITOR, Role.ADMINISTRATOR}
"""Roles that see the company's rows, of both tiers and of every team."""
_ADMIN: Final = frozenset({Role.ADMINISTRATOR})
_RELEASER: Final = frozenset({Role.RELEASER})
_REGISTRANT: Final = frozenset({Role.REGISTRANT})
_CONSUMER: Final = frozenset({Role.CONSUMER})

_ALLOWED: Final[Mapping[Action, frozenset[Role]]] = {
    Action.REPOSITORY_READ: _STAFF | _REGISTRANT,
    Action.REPOSITORY_WRITE: _ADMIN | _REGISTRANT,
    Action.VISIT_READ: _STAFF | _REGISTRANT,
    Action.FINDING_READ: _STAFF | _REGISTRANT,
    Action.FINDING_UNMASK: frozenset({Role.REVIEWER_PRIVACY, Role.REVIEWER_SECURITY}),
    Action.REVIEW_READ: _STAFF | _REGISTRANT,
    Action.REVIEW_PROPOSE: _REVIEWERS | _RELEASER | _REGISTRANT,
    Action.REVIEW_DECIDE: _REVIEWERS,
    Action.POLICY_READ: _STAFF | _REGISTRANT,
    Action.POLICY_TEST: _REVIEWERS | _RELEASER | _ADMIN,
    Action.POLICY_APPLY: _ADMIN,
    Action.RELEASE_READ: _STAFF | _CONSUMER,
    Action.RELEASE_BUILD: _RELEASER,
    Action.RELEASE_WITHDRAW: _REVIEWERS | _RELEASER | _ADMIN,
    Action.GRANT_READ: _STAFF | _CONSUMER,
    Action.GRANT_WRITE: _RELEASER | _ADMIN,
    Action.TOKEN_READ: frozenset(Role),
    Action.TOKEN_WRITE: frozenset(Role),
    Action.PULL_READ: _STAFF | _CONSUMER,
    Action.PULL_TAKE: _CONSUMER,
    Action.AUDIT_READ: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    Action.OPERATION_READ: _STAFF | _REGISTRANT,
    Action.OPERATION_RETRY: _RELEASER | _ADMIN,
    Action.HOST_WRITE: _ADMIN,
    Action.USER_WRITE: _ADMIN,
    Action.EXPORT: _STAFF | _REGISTRANT,
}
_SEEN_BY: Final[Mapping[Action, Action]] = {
    Action.REPOSITORY_WRITE: Action.REPOSITORY_READ,
    Action.FINDING_UNMASK: Action.FINDING_READ,
    Action.REVIEW_PROPOSE: Action.FINDING_READ,
    Action.REVIEW_DECIDE: Action.REVIEW_READ,
    Action.POLICY_TEST: Action.POLICY_READ,
    Action.POLICY_APPLY: Action.POLICY_READ,
    Action.RELEASE_BUILD: Action.RELEASE_READ,
    Action.RELEASE_WITHDRAW: Action.RELEASE_READ,
    Action.GRANT_WRITE: Action.GRANT_READ,
    Action.TOKEN_WRITE: Action.TOKEN_READ,
    Action.PULL_TAKE: Action.RELEASE_READ,
    Action.OPERATION_RETRY: Action.OPERATION_READ,
    Action.HOST_WRITE: Action.OPERATION_READ,
}
"""What somebody has to be allowed to know that the object of an action is there at all."""
_DECIDING: Final = frozenset({Action.REVIEW_DECIDE, Action.POLICY_APPLY})
_READING: Final = frozenset(a for a in Action if a.endswith(".read")) | {Action.EXPORT}
_OTHERS_TOKENS: Final = {Action.TOKEN_READ: _ADMIN | {Role.AUDITOR}, Action.TOKEN_WRITE: _ADMIN}
"""Who reads and ends tokens of others; their own, everybody does."""


def may(who: Principal, action: Action, subject: Subject = ANYTHING) -> bool:
    """Tell whether somebody may do something to something; what is not allowed is refused."""
    if who.scopes is not None and action not in who.scopes:
        return False
    if action in _DECIDING and subject.requested_by == who.name:
        return False
    return any(_allows(role, who, action, subject) for role in who.roles & _ALLOWED[action])


def answer(who: Principal, action: Action, subject: Subject = ANYTHING) -> Answer:
    """Return what somebody is told who asks to do something to something."""
    if may(who, action, subject):
        return Answer.ALLOWED
    sees = action in _SEEN_BY and may(who, _SEEN_BY[action], subject)
    return Answer.FORBIDDEN if sees else Answer.HIDDEN


def owners_seen_by(who: Principal) -> frozenset[str] | None:
    """Return the owners whose repositories somebody may see; None: all of them."""
    if is_staff(who):
        return None
    return who.teams | {who.name} if Role.REGISTRANT in who.roles else frozenset()


def is_staff(who: Principal) -> bool:
    """Tell whether somebody sees what goes on inside: builds that failed and why, not just ends."""
    return bool(who.roles & _STAFF)


def tiers_seen_by(who: Principal) -> frozenset[Tier]:
    """Return the tiers of which somebody may know releases."""
    return frozenset(tier for tier in Tier if may(who, Action.RELEASE_READ, Subject(tier=tier)))


def _allows(role: Role, who: Principal, action: Action, subject: Subject) -> bool:
    is_listed = subject.is_filtered and action in _READING
    is_own = is_listed or subject.owner == who.name
    if action in _OTHERS_TOKENS:
        return is_own or role in _OTHERS_TOKENS[action]
    if role is Role.CONSUMER:
        return _allows_consumer(who, action, subject, is_own=is_own)
    if role is Role.REGISTRANT:
        return is_own or subject.owner in who.teams or action is Action.POLICY_READ
    if action is Action.REVIEW_DECIDE and subject.lane is not None:
        return LANE_ROLES[subject.lane] is role
    return True


def _allows_consumer(who: Principal, action: Action, subject: Subject, *, is_own: bool) -> bool:
    if action in (Action.GRANT_READ, Action.PULL_READ):
        return is_own
    if action is Action.RELEASE_READ and subject.is_filtered:
        return True
    return subject.tier in who.tiers
