"""What a person filled into the decide panel, read into a request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Self

from fastapi import Form

from ingest.errors import InputError
from policies.access import Principal
from policies.decision import Lane
from policies.review import DEFAULT_WAIVER_DAYS, ReviewKind, ReviewReason
from workers.group_story import Bundle, GroupStory
from workers.review_requests import Request

_SCOPES = ("here", "pattern", "everywhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The fields of the panel, as they were sent."""

    kind: str = ""
    scope: str = "here"
    pattern: str = ""
    reason: str = ""
    comment: str = ""
    until: str = ""
    lane: str = ""
    seen: str = ""

    @classmethod
    def sent(  # noqa: PLR0913, PLR0917 - a parameter a field of the form
        cls,
        kind: Annotated[str, Form()] = "",
        scope: Annotated[str, Form()] = "here",
        pattern: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        comment: Annotated[str, Form()] = "",
        until: Annotated[str, Form()] = "",
        lane: Annotated[str, Form()] = "",
        seen: Annotated[str, Form()] = "",
    ) -> Self:
        """Return what a form sent."""
        return cls(
            kind=kind,
            scope=scope if scope in _SCOPES else "here",
            pattern=pattern.strip(),
            reason=reason,
            comment=" ".join(comment.split()),
            until=until,
            lane=lane,
            seen=seen,
        )

    def with_words(self) -> Self:
        """Return it with words where none are written yet: what would change needs none."""
        reason = self.reason or ReviewReason.OTHER.value
        return replace(self, comment=self.comment or ".", reason=reason)

    @classmethod
    def first(cls, story: GroupStory, today: date) -> Self:
        """Return what the panel begins with."""
        return cls(until=cls.last_day(today, story.longest))

    @staticmethod
    def last_day(today: date, longest: timedelta) -> str:
        """Return the last day that a waiver has by itself."""
        return (today + min(timedelta(days=DEFAULT_WAIVER_DAYS), longest)).isoformat()


def read_request(wish: Wish, story: GroupStory, who: Principal) -> Request:
    """Return what a wish asks for.

    Raises:
        InputError: a field is missing or not understood.
    """
    request = _plain(wish, who)
    if wish.scope != "pattern":
        return replace(request, group_id=story.group.id)
    if not wish.pattern:
        raise InputError("Write the pattern of the paths that are meant.")
    return replace(
        request,
        repository=story.repository,
        pattern=wish.pattern,
        rule_id=story.group.rule_id,
    )


def _plain(wish: Wish, who: Principal) -> Request:
    try:
        kind = ReviewKind(wish.kind)
    except ValueError:
        raise InputError("Choose an outcome first.") from None
    if not wish.reason:
        raise InputError("Choose a reason.")
    try:
        reason, lane = ReviewReason(wish.reason), Lane(wish.lane or Lane.LEGAL)
        until = date.fromisoformat(wish.until) if wish.until and kind.clears_a_rule else None
    except ValueError:
        raise InputError("The reason, the lane or the last day is none.") from None
    return Request(
        kind=kind,
        by=who.name,
        reason=reason,
        comment=wish.comment,
        everywhere=wish.scope == "everywhere",
        lane=lane,
        until=until,
    )


def read_requests(wish: Wish, bundle: Bundle, who: Principal) -> list[Request]:
    """Return what a wish asks for of each of several groups.

    Raises:
        InputError: a field is missing or not understood.
    """
    return [replace(_plain(wish, who), group_id=group.id) for group in bundle.groups]
