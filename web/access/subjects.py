"""What requests are about, for `needs`: dependencies that return a subject."""

from __future__ import annotations

from policies.access import ANYTHING, Subject
from web.access.principal import Who


async def nothing_in_particular() -> Subject:
    """Return a subject of which nothing is known: who is bound to their own is refused it."""
    return ANYTHING


async def own(who: Who) -> Subject:
    """Return the subject of a route that works on what is the principal's own and nothing else."""
    return Subject(owner=who.name)


async def shown_by_filter() -> Subject:
    """Return the subject of a list that leaves out what the principal may not see.

    The route hands `owners_seen_by` or `tiers_seen_by` (`policies.access`) on to its read model.
    """
    return Subject(is_filtered=True)
