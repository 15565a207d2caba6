"""What a word stands for, wherever it stands: repositories, groups and reviews that may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ingest.errors import InputError
from store.asking import Query
from workers.context import Context
from workers.reading.groups import GroupView, list_groups
from workers.reading.page import Page
from workers.reading.repositories import RepositoryView, list_repositories
from workers.reading.reviews import ReviewView, list_reviews
from workers.reading.sight import Sight

_FOUND: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first of each kind that a text fits."""

    repositories: Page[RepositoryView]
    groups: Page[GroupView]
    reviews: Page[ReviewView]

    exact: str
    """Id of the one repository of this very name or URL; empty where there is none."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing fits."""
        return not (self.repositories.items or self.groups.items or self.reviews.items)


def find_everywhere(context: Context, text: str, sight: Sight) -> Found:
    """Return what fits some words, of what somebody may see."""
    if not text or not text.isprintable():
        nothing: Page[Any] = Page(items=(), next_cursor=None, total=0)
        return Found(repositories=nothing, groups=nothing, reviews=nothing, exact="")
    asked = Query(text=text, limit=_FOUND)
    repositories = list_repositories(context, asked, owners=sight.owners)
    exact = [r.id for r in repositories.items if text in (r.name, r.url)]
    return Found(
        repositories=repositories,
        groups=_groups(context, asked, sight),
        reviews=list_reviews(context, asked, requested_by=sight.asked_by),
        exact=exact[0] if len(exact) == 1 else "",
    )


def _groups(context: Context, asked: Query, sight: Sight) -> Page[GroupView]:
    try:
        return list_groups(context, asked, repositories=sight.repositories)
    except InputError:
        return Page(items=(), next_cursor=None, total=0)
