"""What requests are about, for `needs`: dependencies that return a subject."""

from __future__ import annotations

from policies.access import ANYTHING, Subject
from web.access.principal import Who
from workers.context import Context
from workers.reading.groups import locate_group


async def nothing_in_particular() -> Subject:
    """Return a subject of which nothing is known: who is bound to their own is refused it."""
    return ANYTHING


async def own(who: Who) -> Subject:
    """Return the subject of a route that works on what is the principal's own and nothing else."""
    return Subject(owner=who.name)


async def deciding_each() -> Subject:
    """Return the subject of a route that decides on several reviews: nobody in particular asked.

    Who asked for each, and in which lane, is looked at by the use case (`policies.access.may`).
    """
    return ANYTHING


async def shown_by_filter() -> Subject:
    """Return the subject of a list that leaves out what the principal may not see.

    The route hands `owners_seen_by` or `tiers_seen_by` (`policies.access`) on to its read model.
    """
    return Subject(is_filtered=True)


def subject_of_group(context: Context, group_id: str) -> Subject:
    """Return what something about a group is about, by a look at the index.

    Of what is not there nothing is known, so that who may see their own only is told the same of
    what belongs to others; the story is put together for those who may see it.
    """
    found = locate_group(context, group_id)
    repository = context.find_repository(found.repository_id if found else "")
    if found is None or repository is None:
        return ANYTHING
    return Subject(owner=repository.owner, lane=found.lane)
