"""``/groups``: what stands against release, as a reviewer would decide on it."""

from __future__ import annotations

from fastapi import APIRouter

from policies.access import Action
from web.access import needs, shown_by_filter
from web.api.asking import Asking, Listed, filters
from workers.reading.groups import FIELDS, GroupDetail, GroupView, find_group, list_groups

router = APIRouter(prefix="/groups", tags=["groups"])


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
