"""``/repositories/previews``: what a repository would bring along, before it is registered."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from policies.access import Action
from store.catalog.errands import ErrandKind
from web.access import needs, own
from web.api.asking import Asking, Begun, begun
from web.api.once import OnceRoute, once
from web.api.subjects import FoundErrand, about_errand
from web.routing import Router
from workers.errands import answer_of, ask_preview, read_preview
from workers.preview.model import Preview

router = Router(prefix="/repositories/previews", tags=["repositories"], route_class=OnceRoute)


class PreviewWish(BaseModel):
    """What is looked at."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=500)]
    credential: Annotated[str, Field(max_length=500)] = ""
    """Reference ``env:NAME`` or ``file:PATH`` on the worker that mirrors."""
    forecast: bool = True
    """Scan a sample to say what reviewers would have to decide."""


@router.post("", status_code=202, dependencies=[needs(Action.REPOSITORY_WRITE, own), once])
def look(ask: Asking, wish: PreviewWish, response: Response) -> Begun:
    """Look at a repository; nothing of it is kept, and what is found for a week."""
    errand = ask_preview(
        ask.context,
        wish.url,
        actor=ask.actor,
        credential=wish.credential,
        with_forecast=wish.forecast,
    )
    return begun(response, errand, "/repositories/previews/{id}")


@router.get("/{errand_id}", dependencies=[needs(Action.REPOSITORY_WRITE, about_errand)])
def show(found: FoundErrand) -> Preview:
    """Show what was seen; a source that fails is part of that."""
    return read_preview(answer_of(found, ErrandKind.PREVIEW))
