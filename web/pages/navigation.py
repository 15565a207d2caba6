"""Where the navigation leads, by what a person may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from policies.access import Action, Principal, Subject, may
from policies.decision import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry of the navigation."""

    name: str
    url: str
    icon: str
    action: Action
    """Who may not do this does not see the entry."""
    lane: Lane | None = None
    is_exact: bool = False
    """What is below it has entries of its own."""
    is_whole: bool = False
    """It shows everybody's, and is not for who sees their own alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Entries under a heading."""

    heading: str
    places: tuple[Place, ...]


_INBOXES: Final = tuple(
    Place(
        name=lane.value.capitalize(),
        url=f"/inbox/{lane.value}",
        icon="inbox",
        action=Action.REVIEW_READ,
        lane=lane,
    )
    for lane in Lane
)
_WHOLE_INBOX: Final = Place(
    name="Everything", url="/inbox", icon="inbox", action=Action.REVIEW_READ, is_exact=True
)
NAVIGATION: Final = (
    Section(heading="Inbox", places=(_WHOLE_INBOX, *_INBOXES)),
    Section(
        heading="Code",
        places=(
            Place(
                name="Repositories",
                url="/repositories",
                icon="repository",
                action=Action.REPOSITORY_READ,
            ),
            Place(name="Findings", url="/findings", icon="search", action=Action.FINDING_READ),
            Place(name="Reviews", url="/reviews", icon="review", action=Action.REVIEW_READ),
            Place(
                name="Waivers",
                url="/waivers",
                icon="waiver",
                action=Action.REVIEW_READ,
                is_whole=True,
            ),
            Place(name="Policies", url="/policies", icon="policy", action=Action.POLICY_READ),
        ),
    ),
    Section(
        heading="Out",
        places=(
            Place(name="Releases", url="/releases", icon="release", action=Action.RELEASE_READ),
            Place(
                name="Withdrawals",
                url="/withdrawals",
                icon="warn",
                action=Action.REVIEW_READ,
                is_whole=True,
            ),
            Place(name="Tokens", url="/tokens", icon="token", action=Action.TOKEN_READ),
        ),
    ),
    Section(
        heading="Running",
        places=(
            Place(
                name="Operations",
                url="/operations",
                icon="gauge",
                action=Action.OPERATION_READ,
                is_whole=True,
            ),
            Place(name="Audit", url="/audit", icon="audit", action=Action.AUDIT_READ),
        ),
    ),
)


def navigation_of(who: Principal) -> Sequence[Section]:
    """Return what a person may see; sections that are empty then are left out."""
    sections = (
        Section(
            heading=section.heading,
            places=tuple(
                place for place in section.places if may(who, place.action, _about(place))
            ),
        )
        for section in NAVIGATION
    )
    return [section for section in sections if section.places]


def _about(place: Place) -> Subject:
    return Subject(lane=place.lane, is_filtered=place.lane is None and not place.is_whole)
