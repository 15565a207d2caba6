"""``/unlocks``: which single approvals would release most."""

from __future__ import annotations

from fastapi import Response

from policies.access import Action
from store.catalog.errands import ErrandKind
from web.access import needs
from web.api.asking import Asking, Begun, begun
from web.api.once import OnceRoute, once
from web.routing import Router
from workers.errands import answer_of, ask_unlocks, find_errand, read_unlocks
from workers.unlocks import Unlocks

router = Router(prefix="/unlocks", tags=["unlocks"], route_class=OnceRoute)


@router.post("", status_code=202, dependencies=[needs(Action.REVIEW_READ), once])
def rank(ask: Asking, response: Response) -> Begun:
    """Ask which single approvals would release most, over all repositories."""
    return begun(response, ask_unlocks(ask.context, actor=ask.actor), "/unlocks/{id}")


@router.get("/{errand_id}", dependencies=[needs(Action.REVIEW_READ)])
def show(errand_id: str, ask: Asking) -> Unlocks:
    """Show the approvals, first the one that would release most."""
    return read_unlocks(answer_of(find_errand(ask.context, errand_id), ErrandKind.UNLOCK))
