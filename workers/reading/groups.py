"""Groups of what stands against release, as pages and API show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ingest.errors import InputError
from policies.decision import Lane
from policies.effective import Reason, describe_reason
from store.asking import Filter, Position, Query, Slice
from store.index_lists import IndexListing, index_count, index_slice
from workers.context import Context
from workers.indexing import GROUPS, indexed_decisions, indexes_of
from workers.reading.findings import FindingView, list_findings
from workers.reading.grammar import Field, Kind
from workers.reading.page import NotFound, Page, page_of, within

NOBODY: Final = "nobody"
"""Lane of what no waiver clears: it needs other facts."""
FIELDS: Final[Mapping[str, Field]] = {
    "id": Field(does="Id of the group."),
    "repository": Field(does="Name of the repository.", is_sortable=True),
    "repository_id": Field(does="Id of the repository."),
    "rule": Field(does="Rule of the policy.", is_sortable=True),
    "lane": Field(
        does="Who can clear it.",
        kind=Kind.CHOICE,
        choices=(*(lane.value for lane in Lane), NOBODY),
    ),
    "kind": Field(
        does="What it is grouped by.", kind=Kind.CHOICE, choices=("finding", "path", "license")
    ),
    "about": Field(does="Category of the finding, or type and source of the license."),
    "key": Field(does="Fingerprint, or license expression."),
    "blocked": Field(does="Files that it blocks.", is_sortable=True, is_filter=False),
    "bytes": Field(does="Bytes that it blocks.", is_sortable=True, is_filter=False),
}
DEFAULT_SORT: Final = "-blocked"
_LISTING: Final = IndexListing(
    columns={
        "id": "id",
        "repository": "repository",
        "repository_id": "repo_id",
        "rule": "rule",
        "lane": "lane",
        "kind": "kind",
        "about": "label",
        "key": "key",
        "blocked": "blocked",
        "bytes": "blocked_bytes",
    },
    key="id",
    text=("rule", "label", "preview", "key", "repository"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Cases of one rule in one repository that a reviewer would decide alike."""

    id: str
    repository_id: str
    repository: str
    rule: str
    title: str
    lane: Lane | None
    """Who can clear it; None: nobody can, it needs other facts."""
    kind: str
    """finding | path | license."""
    key: str
    """Fingerprint, or license expression."""
    about: str
    """Category of the finding, or type and source of the license."""
    preview: str
    """Masked value; empty for a license."""
    cases: int
    files: int
    bytes: int
    blocked: int
    """Files of these that are not releasable."""
    blocked_bytes: int
    is_stale: bool
    """Decisions are about to be made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDetail:
    """A group with why it is one, and where it stands."""

    group: GroupView
    because: str
    remedy: str
    findings: tuple[FindingView, ...]
    """The first places of it; none for a license."""
    elsewhere: int
    """Places of the same finding among the first of all repositories."""


def list_groups(
    context: Context, query: Query, *, repositories: Collection[str] | None = None
) -> Page[GroupView]:
    """Return a page of open groups, those that block most first.

    `repositories` are ids of those that may be seen; None: all.

    Raises:
        InputError: nothing was decided yet.
        QueryRefused: the cursor belongs to another list.
    """
    present = indexed_decisions(context)
    asked = _by_lane(within(query, "repository_id", repositories)).sorted_by(DEFAULT_SORT)

    def ask(query: Query, after: Position | None) -> tuple[Slice[Any], int | None]:
        with indexes_of(context).open(GROUPS, present.key) as (cursor, source):
            found = index_slice(cursor, source, _LISTING, query, after)
            is_plain = not query.filters and not query.text
            return found, index_count(cursor, source) if is_plain else None

    return page_of(asked, ask, lambda rows: _views(context, rows, is_stale=present.is_stale))


def find_group(
    context: Context, group_id: str, *, repositories: Collection[str] | None = None
) -> GroupDetail:
    """Return one open group with its first places; `repositories` as for `list_groups`.

    Raises:
        NotFound: there is no such group, or nothing was decided yet.
    """
    query = Query(filters=(Filter(field="id", values=(group_id,)),))
    found = () if "*" in group_id else list_groups(context, query, repositories=repositories).items
    if not found:
        raise NotFound(f"There is no open group {group_id}.")
    group = found[0]
    reason = _reason(context, group.rule)
    places: list[FindingView] = []
    if group.kind != "license":
        same = Query(filters=(Filter(field="fingerprint", values=(group.key,)),))
        places = list(list_findings(context, same, repositories=repositories).items)
    here = tuple(f for f in places if f.repository_id == group.repository_id)
    return GroupDetail(
        group=group,
        because=reason.because if reason else "",
        remedy=reason.remedy if reason else "",
        findings=here,
        elsewhere=len(places) - len(here),
    )


def locate_group(context: Context, group_id: str) -> GroupView | None:
    """Return one open group by the index alone; None where it is not there, or none is."""
    if "*" in group_id:
        return None
    query = Query(filters=(Filter(field="id", values=(group_id,)),))
    try:
        found = list_groups(context, query).items
    except InputError:
        return None
    return found[0] if found else None


def _by_lane(query: Query) -> Query:
    """Return the query with the lane of nobody as the index writes it."""
    filters = [
        Filter(field=f.field, op=f.op, values=tuple(sorted(_lane(v) for v in f.values)))
        if f.field == "lane"
        else f
        for f in query.filters
    ]
    return replace(query, filters=tuple(sorted(filters)))


def _lane(name: str) -> str:
    return "" if name == NOBODY else name


def _views(
    context: Context, rows: Sequence[Mapping[str, Any]], *, is_stale: bool
) -> list[GroupView]:
    return [
        GroupView(
            id=row["id"],
            repository_id=row["repo_id"],
            repository=row["repository"],
            rule=row["rule"],
            title=reason.title if (reason := _reason(context, row["rule"])) else row["rule"],
            lane=Lane(row["lane"]) if row["lane"] else None,
            kind=row["kind"],
            key=row["key"],
            about=row["label"],
            preview=row["preview"],
            cases=row["cases"],
            files=row["files"],
            bytes=row["bytes"],
            blocked=row["blocked"],
            blocked_bytes=row["blocked_bytes"],
            is_stale=is_stale,
        )
        for row in rows
    ]


def _reason(context: Context, rule: str) -> Reason | None:
    """Return what a rule says; None where it is of a policy before the one in force."""
    try:
        return describe_reason(rule, context.policy)
    except ValueError:
        return None
