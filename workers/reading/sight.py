"""What somebody may see of the lists, found once for pages and exports alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from policies.access import Principal, is_staff, owners_seen_by, tiers_seen_by
from policies.decision import Tier
from workers.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The parts of lists that somebody may know of."""

    owners: frozenset[str] | None
    """Owners of the repositories; None: all of them."""
    repositories: frozenset[str] | None
    """Ids of the repositories; None: all of them."""
    asked_by: str
    """Whose reviews; empty: everybody's."""
    tiers: frozenset[Tier]
    is_inside: bool
    """Sees builds that failed and why, not just what is out."""


def owned_by(context: Context, owners: Collection[str]) -> frozenset[str]:
    """Return the ids of the repositories of some owners."""
    return frozenset(r.id for r in context.repositories().values() if r.owner in owners)


def sight_of(context: Context, who: Principal) -> Sight:
    """Return what somebody may see; see `policies.access` for who that is."""
    owners = owners_seen_by(who)
    return Sight(
        owners=owners,
        repositories=None if owners is None else owned_by(context, owners),
        asked_by="" if owners is None else who.name,
        tiers=tiers_seen_by(who),
        is_inside=is_staff(who),
    )
