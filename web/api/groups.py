"""``/groups``: what stands against release, as a reviewer would decide on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import InputError
from policies.access import Action
from web.access import needs, shown_by_filter
from web.api.asking import Ask, Asking, Listed, filters
from web.api.subjects import about_group
from web.routing import Router
from workers.group_story import GroupStory, tell_group
from workers.reading.groups import FIELDS, GroupDetail, GroupView, find_group, list_groups
from workers.reading.page import NotFound
from workers.snippets import Line, UnmaskReason, place_of, read_snippet, reveal

router = Router(prefix="/groups", tags=["groups"])
_MOST: int = 20


class SnippetView(BaseModel):
    """Lines around one place of a group, every value in them masked."""

    place: int
    """Counts the places of the group from 0."""
    repository: str
    """Id."""
    line: int
    """1-based; 0 where the whole file is meant."""
    lines: list[Line]
    refusal: str
    """Why no line is shown; empty where lines are."""


class Unmasking(BaseModel):
    """Which value somebody has to see, and why; both are kept for good."""

    model_config = ConfigDict(extra="forbid")

    reason: UnmaskReason
    place: Annotated[int, Field(ge=0, lt=50)] = 0
    """Of the group, counted from 0."""


class Unmasked(BaseModel):
    """A value as it stands in the file."""

    value: str


@router.get(
    "", dependencies=[needs(Action.FINDING_READ, shown_by_filter)], openapi_extra=filters(FIELDS)
)
def list_all(ask: Asking) -> Listed[GroupView]:
    """List open groups, those that block most first."""
    query = ask.query(FIELDS)
    return ask.page(query, list_groups(ask.context, query, repositories=ask.repositories))


@router.get("/{group_id}", dependencies=[needs(Action.FINDING_READ, shown_by_filter)])
def show(group_id: str, ask: Asking) -> GroupDetail:
    """Show an open group with its first places."""
    return find_group(ask.context, group_id, repositories=ask.repositories)


@router.get("/{group_id}/snippets", dependencies=[needs(Action.FINDING_READ, about_group)])
def snippets(
    group_id: str, ask: Asking, limit: Annotated[int, Query(ge=1, le=_MOST)] = 3
) -> list[SnippetView]:
    """Show masked lines around the first places of a group."""
    story = _story(ask, group_id)
    found = []
    for number, case in enumerate(story.cases[:limit]):
        view = SnippetView(
            place=number, repository=case.repo_id, line=case.line, lines=[], refusal=""
        )
        if case.line:
            told = read_snippet(
                ask.context, place_of(case), line=case.line, fingerprint=story.group.key
            )
            view.lines, view.refusal = list(told.lines), told.refusal
        found.append(view)
    return found


@router.post("/{group_id}/unmask", dependencies=[needs(Action.FINDING_UNMASK, about_group)])
def unmask(group_id: str, ask: Asking, asked: Unmasking) -> Unmasked:
    """Show a value, once; no key makes it shown again, as no answer with a value is kept."""
    story = _story(ask, group_id)
    if asked.place >= len(story.cases):
        raise NotFound("The group has no such place.")
    place = place_of(story.cases[asked.place])
    value = reveal(ask.context, place, story.group.key, actor=ask.actor, reason=asked.reason.value)
    return Unmasked(value=value)


def _story(ask: Ask, group_id: str) -> GroupStory:
    try:
        return tell_group(ask.context, group_id, repositories=ask.repositories)
    except InputError as error:
        raise NotFound(error.message) from None
