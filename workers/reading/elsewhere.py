"""Where else the value of a group stands, in repositories that may be seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from store.asking import MAX_LIMIT, Filter, Op, Query
from workers.context import Context
from workers.reading.findings import FindingView, list_findings
from workers.reading.groups import GroupView

PLACES: Final = 50
"""Files that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Files of other repositories with the same value, whatever was decided about them."""

    places: tuple[FindingView, ...]
    """The first ones, a file once, by repository and path."""
    files: int
    """How many there are, as far as they were counted."""
    is_all: bool
    """False: there are more."""


NOWHERE: Final = Elsewhere(places=(), files=0, is_all=True)


def find_elsewhere(
    context: Context, group: GroupView, *, repositories: Collection[str] | None = None
) -> Elsewhere:
    """Return where else a finding stands; a license is told of one repository alone.

    `repositories` are ids of those that may be seen; None: all.
    """
    if group.kind == "license":
        return NOWHERE
    same = Query(
        filters=(
            Filter(field="category", values=(group.about,)),
            Filter(field="fingerprint", values=(group.key,)),
            Filter(field="repository_id", op=Op.NONE, values=(group.repository_id,)),
        ),
        limit=MAX_LIMIT,
    )
    page = list_findings(context, same, repositories=repositories)
    first: dict[tuple[str, str], FindingView] = {}
    for found in page.items:
        first.setdefault((found.repository_id, found.path), found)
    return Elsewhere(
        places=tuple(first.values())[:PLACES],
        files=len(first),
        is_all=page.next_cursor is None,
    )
