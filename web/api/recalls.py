"""``/recalls``: rows of releases that must not be used any more, and who knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from policies.access import Action
from web.access import needs
from web.api.asking import Asking, Begun, Listed, begun, filters
from web.api.once import OnceRoute, once
from web.api.subjects import FoundRecall, about_recall
from web.routing import Router
from workers.errands import ask_lift
from workers.reading.handing import RECALL_FIELDS, RecallView, find_recall, list_recalls
from workers.withdrawal_steps import acknowledge_recall

router = Router(prefix="/recalls", tags=["recalls"], route_class=OnceRoute)


class Knowing(BaseModel):
    """That a consumer no longer uses what was recalled."""

    model_config = ConfigDict(extra="forbid")

    consumer: Annotated[str, Field(min_length=1, max_length=64)]
    comment: Annotated[str, Field(max_length=500)] = ""


@router.get("", dependencies=[needs(Action.AUDIT_READ)], openapi_extra=filters(RECALL_FIELDS))
def list_all(ask: Asking) -> Listed[RecallView]:
    """List recalls, newest first, and who has not said that they know."""
    query = ask.query(RECALL_FIELDS)
    return ask.page(query, list_recalls(ask.context, query))


@router.get("/{recall_id}", dependencies=[needs(Action.AUDIT_READ)])
def show(recall_id: str, ask: Asking) -> RecallView:
    """Show a recall."""
    return find_recall(ask.context, recall_id)


@router.post("/{recall_id}/acknowledge", dependencies=[needs(Action.RELEASE_WITHDRAW), once])
def acknowledge(recall_id: str, ask: Asking, said: Knowing) -> RecallView:
    """Say that a consumer no longer uses what was recalled; it is kept and audited."""
    find_recall(ask.context, recall_id)
    acknowledge_recall(ask.context, recall_id, said.consumer, actor=ask.actor, comment=said.comment)
    return find_recall(ask.context, recall_id)


@router.post(
    "/{recall_id}/lift",
    status_code=202,
    dependencies=[needs(Action.RELEASE_BUILD, about_recall), once],
)
def lift(ask: Asking, found: FoundRecall, response: Response) -> Begun:
    """Lift a recall of whole releases, if they can be judged again and every row may be used."""
    return begun(response, ask_lift(ask.context, found.id, actor=ask.actor))
