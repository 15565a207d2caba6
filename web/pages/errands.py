"""What pages share that wait for an errand: whose it is, and how long it has waited."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from fastapi import Depends

from policies.access import Subject
from store.catalog.errands import Errand, ErrandState
from web.pages.caller import Calling
from workers.context import utc_now
from workers.errands import find_errand

_PATIENCE: Final = timedelta(seconds=20)
"""Workers look every second; who waits longer is told that there may be none."""


def errand_of(errand_id: str, caller: Calling) -> Errand:
    """Return the errand that a URL names."""
    return find_errand(caller.context, errand_id)


FoundErrand = Annotated[Errand, Depends(errand_of)]


async def about_errand(found: FoundErrand) -> Subject:
    """Return what a page of an errand is about: whose question it was."""
    return Subject(owner=found.asked_by)


def is_left_waiting(errand: Errand) -> bool:
    """Tell whether no worker seems to take an errand up."""
    return errand.state is ErrandState.ASKED and utc_now() - errand.asked_at > _PATIENCE
