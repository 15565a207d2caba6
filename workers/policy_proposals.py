"""Policies that somebody asks for and another person puts in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.errors import ConfigurationError, InputError
from policies.access import Action, Principal, Subject, may
from policies.compare import Change
from policies.document import ExampleFailure, check_examples, load_policy
from policies.impact import Impact
from policies.lint import Remark, lint
from policies.model import Policy
from store.asking import Filter, Query
from store.catalog import PolicyBook
from store.catalog.policies import PROPOSED
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.policy_change import (
    PolicyPlan,
    apply_policy,
    note_plan,
    plan_policy,
    planner_of,
)
from workers.reading.audit import list_entries
from workers.reading.page import NotFound

_MOST = 20


class PlanMoved(InputError):
    """What somebody looked at is not what there is now."""


class PlannedAlone(InputError):
    """A second person is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Whether the examples of a policy hold, and what stands out about it."""

    examples: int
    failures: Sequence[ExampleFailure]
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a policy differs in from the one in force, and what it would change."""

    changes: Sequence[Change]
    errors: Sequence[Remark]
    """Of lint; with any, it is put in force by command only, where they are accepted."""
    impact: Impact
    plan: str
    """Digest of what was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A policy that somebody asks for."""

    digest: str
    by: str
    at: datetime
    plan: str
    """Digest of the plan that they looked at."""


def try_policy(text: str) -> Trial:
    """Run the examples of a policy; nothing is written.

    Raises:
        InputError: the policy does not load, and where.
    """
    policy = loaded(text)
    return Trial(
        examples=policy.examples,
        failures=check_examples(policy),
        remarks=lint(text),
    )


def weigh_policy(context: Context, text: str) -> Weighed:
    """Replay a policy over stored facts; nothing is written.

    Raises:
        InputError: the policy does not load, or nothing was decided yet.
    """
    loaded(text)
    plan = plan_policy(context, text)
    return Weighed(changes=plan.changes, errors=plan.errors, impact=plan.impact, plan=plan.digest)


def note_weighed(context: Context, text: str, actor: str) -> Weighed:
    """Weigh a policy and write into the chain who did first; another person may apply it then.

    Raises:
        InputError: as `weigh_policy`.
    """
    weighed = weigh_policy(context, text)
    note_plan(context, weighed.plan, actor)
    return weighed


def propose_policy(context: Context, text: str, actor: str) -> str:
    """Ask for a policy; return its digest.

    Raises:
        InputError: it does not load, is in force, or an example of it fails.
    """
    policy = loaded(text)
    if policy.digest == context.policy.digest:
        raise InputError("This policy is in force already.")
    if failures := check_examples(policy):
        raise InputError(f"{len(failures)} examples fail, the first in {failures[0].rule_id}.")
    plan = plan_policy(context, text)
    record = (policy.digest, policy.document.name, text)
    PolicyBook(context.catalog, clock=utc_now).propose(record, plan=plan.digest, actor=actor)
    seal_audit(context)
    return policy.digest


def list_proposals(context: Context) -> list[Proposal]:
    """Return the newest proposals, without what is in force."""
    asked = Query(filters=(Filter(field="action", values=(PROPOSED,)),), limit=_MOST)
    found = list_entries(context, asked).items
    return [
        Proposal(digest=e.subject, by=e.actor, at=e.at, plan=str(e.detail.get("plan", "")))
        for e in found
        if e.subject != context.policy.digest
    ]


def find_proposal(context: Context, digest: str) -> Proposal:
    """Return the newest proposal of a policy.

    Raises:
        NotFound: nobody asked for it, or it is in force.
    """
    for proposal in list_proposals(context):
        if proposal.digest == digest:
            return proposal
    raise NotFound(f"Nobody asks for the policy {digest}.")


def text_of(context: Context, digest: str) -> str:
    """Return the text of a policy that was ever in force or asked for.

    Raises:
        NotFound: there is none.
    """
    record = PolicyBook(context.catalog, clock=utc_now).find_policy(digest)
    if record is None:
        raise NotFound(f"There is no policy {digest}.")
    return record.text


def apply_proposal(context: Context, digest: str, plan: str, actor: str) -> str:
    """Put a proposed policy in force as looked at; return the id of the run.

    Raises:
        InputError: facts, rights, releases or the policy moved since the plan, or the policy in
            force is a file.
    """
    find_proposal(context, digest)
    return _applied(context, plan_policy(context, text_of(context, digest)), plan, actor)


def apply_as_planned(context: Context, text: str, plan: str, who: Principal) -> str:
    """Put a policy in force that somebody else weighed; return the id of the run.

    Raises:
        PlanMoved: it is not what was weighed, or nobody weighed it.
        PlannedAlone: whoever weighed it puts it in force.
        InputError: the policy does not load, an example fails, or the one in force is a file.
    """
    loaded(text)
    made = plan_policy(context, text)
    if made.digest != plan:
        raise PlanMoved("Facts, rights, releases or the policy moved since that plan.")
    planner = planner_of(context, plan)
    if planner is None:
        raise PlanMoved("Nobody looked at that plan yet.")
    if not may(who, Action.POLICY_APPLY, Subject(requested_by=planner)):
        raise PlannedAlone("Whoever planned a policy does not put it in force as well.")
    return _applied(context, made, plan, who.name)


def _applied(context: Context, made: PolicyPlan, plan: str, actor: str) -> str:
    try:
        return apply_policy(context, made, plan, actor)
    except ConfigurationError as error:
        raise InputError(error.message) from None


def loaded(text: str) -> Policy:
    """Return the policy of a document.

    Raises:
        InputError: with line and column of what is wrong.
    """
    try:
        return load_policy(text)
    except ConfigurationError as error:
        raise InputError(error.message, hint=error.hint) from None
