"""Which of a group's repositories are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from workers.discovery.model import Filters, FoundRepository


def reason_to_leave_out(found: FoundRepository, filters: Filters) -> str:
    """Return why a repository is not wanted; empty where it is."""
    topics = {topic.lower() for topic in found.topics}
    checks = (
        (found.is_archived and not filters.archived, "it is archived"),
        (found.is_fork and not filters.forks, "it is a fork"),
        (found.is_empty and not filters.empty, "it is empty"),
        (
            bool(filters.visibility) and found.visibility not in filters.visibility,
            f"it is {found.visibility}",
        ),
        (
            bool(filters.include) and not _matches(found.full_name, filters.include),
            "no --include names it",
        ),
        (_matches(found.full_name, filters.exclude), "an --exclude names it"),
        (bool(filters.topics) and not topics & _lower(filters.topics), "it has no such topic"),
        (bool(topics & _lower(filters.exclude_topics)), "it has a topic that is excluded"),
    )
    return next((reason for is_unwanted, reason in checks if is_unwanted), "")


def _matches(full_name: str, patterns: Iterable[str]) -> bool:
    whole = full_name.lower()
    last = whole.rpartition("/")[2]
    return any(fnmatchcase(whole if "/" in p else last, p.lower()) for p in patterns)


def _lower(words: Iterable[str]) -> set[str]:
    return {word.lower() for word in words}
