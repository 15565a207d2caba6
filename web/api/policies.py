"""``/policies``: the rules in force, tried out, weighed and put in force."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from policies.access import Action
from policies.compare import Change
from store.catalog import PolicyBook
from store.catalog.errands import ErrandKind
from web.access import needs
from web.api.asking import Asking, Begun, begun
from web.api.once import OnceRoute, once
from web.routing import Router
from workers.context import utc_now
from workers.errands import answer_of, ask_impact, find_errand
from workers.policy_proposals import (
    PlanMoved,
    PlannedAlone,
    apply_as_planned,
    try_policy,
)

router = Router(prefix="/policies", tags=["policies"], route_class=OnceRoute)
_Text = Annotated[str, Field(min_length=1, max_length=2**20)]


class PolicyText(BaseModel):
    """A policy document, as YAML."""

    model_config = ConfigDict(extra="forbid")

    text: _Text


class Application(PolicyText):
    """A policy with the plan that was looked at before."""

    plan: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PolicyView(BaseModel):
    """A policy document."""

    name: str
    digest: str
    text: str


class AppliedView(BaseModel):
    """Somebody put a policy in force."""

    digest: str
    plan: str
    actor: str
    at: datetime


class RemarkView(BaseModel):
    """What stands out about a document."""

    level: str
    rule: str
    """Empty: about the whole document."""
    where: str
    message: str


class Failure(BaseModel):
    """An example that does not hold."""

    rule: str
    number: int
    expected: str
    actual: str


class Trial(BaseModel):
    """Whether the examples of a policy hold."""

    examples: int
    failures: list[Failure]
    remarks: list[RemarkView]


class Weighed(BaseModel):
    """What a policy would change; the plan binds it to the facts that were looked at."""

    plan: str
    changes: list[Change]
    """Against the policy in force."""
    errors: list[str]
    """What lint finds that the policy would let out; with any, it is applied by command only."""
    impact: dict[str, Any]


@router.get("/active", dependencies=[needs(Action.POLICY_READ)])
def active(ask: Asking) -> PolicyView:
    """Show the policy in force."""
    policy = ask.context.policy
    return PolicyView(name=policy.document.name, digest=policy.digest, text=ask.context.policy_text)


@router.get("/applications", dependencies=[needs(Action.POLICY_READ)])
def applications(ask: Asking) -> list[AppliedView]:
    """List who put which policy in force, by what plan."""
    found = PolicyBook(ask.context.catalog, clock=utc_now).applications()
    return [AppliedView(digest=a.digest, plan=a.plan, actor=a.actor, at=a.at) for a in found]


@router.post("/test", dependencies=[needs(Action.POLICY_TEST)])
def test(asked: PolicyText) -> Trial:
    """Run the examples that the rules of a document carry; nothing is written."""
    tried = try_policy(asked.text)
    return Trial(
        examples=tried.examples,
        failures=[
            Failure(rule=f.rule_id, number=f.number, expected=str(f.expected), actual=str(f.actual))
            for f in tried.failures
        ],
        remarks=[
            RemarkView(level=r.level.value, rule=r.rule_id, where=r.where, message=r.message)
            for r in tried.remarks
        ],
    )


@router.post("/impact", status_code=202, dependencies=[needs(Action.POLICY_TEST), once])
def impact(ask: Asking, asked: PolicyText, response: Response) -> Begun:
    """Replay a policy over stored facts; nothing is scanned, and who looked is written down."""
    errand = ask_impact(ask.context, asked.text, actor=ask.actor, is_noted=True)
    return begun(response, errand, "/policies/impact/{id}")


@router.get("/impact/{errand_id}", dependencies=[needs(Action.POLICY_TEST)])
def weighed(errand_id: str, ask: Asking) -> Weighed:
    """Show what a policy would change."""
    found = answer_of(find_errand(ask.context, errand_id), ErrandKind.IMPACT)
    return Weighed(
        plan=found["plan"],
        changes=found["changes"],
        errors=[error["message"] for error in found["errors"]],
        impact=found["impact"],
    )


@router.post("/apply", status_code=202, dependencies=[needs(Action.POLICY_APPLY), once])
def apply(ask: Asking, asked: Application, response: Response) -> Begun:
    """Put a policy in force as somebody else planned; refused if anything moved since then."""
    try:
        operation = apply_as_planned(ask.context, asked.text, asked.plan, ask.who)
    except PlanMoved as error:
        raise HTTPException(412, error.message) from None
    except PlannedAlone as error:
        raise HTTPException(403, error.message) from None
    return begun(response, operation)
