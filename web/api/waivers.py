"""``/waivers``: every exception that is in force, what it still does, and when it ends."""

from __future__ import annotations

from fastapi import APIRouter

from policies.access import Action
from web.access import needs
from web.api.asking import Asking
from workers.review_story import Register, read_register

router = APIRouter(prefix="/waivers", tags=["waivers"])


@router.get("", dependencies=[needs(Action.REVIEW_READ)])
def show(ask: Asking) -> Register:
    """Show the register; those that end first come first. Orphans match nothing any more."""
    return read_register(ask.context)
