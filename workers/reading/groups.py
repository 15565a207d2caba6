"""Groups of what stands against release, as pages and API show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ingest.errors import InputError
from policies.decision import Lane
from policies.effective import Reason, describe_reason
from store.asking import MAX_LIMIT, Filter, Position, Query, Slice
from store.index_counts import IndexTotals, index_totals, index_words
from store.index_lists import IndexListing
from workers.context import Context
from workers.indexing import GROUPS, indexed_decisions
from workers.reading.asking_indexes import ask_index, page_of_index
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
    text=("rule", "title", "label", "preview", "key", "repository", "path"),
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
    path: str
    """Of its first place, as it may be shown."""
    line: int
    """1-based; 0 where the whole file, or its path, is meant."""
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
    context: Context,
    query: Query,
    *,
    repositories: Collection[str] | None = None,
    is_counted: bool = True,
) -> Page[GroupView]:
    """Return a page of open groups, those that block most first.

    `repositories` are ids of those that may be seen; None: all. Without `is_counted` a total is
    told only where it costs nothing.

    Raises:
        InputError: nothing was decided yet.
        QueryRefused: the cursor belongs to another list.
    """
    present = indexed_decisions(context)
    index = (GROUPS, present.key)

    def ask(query: Query, after: Position | None) -> tuple[Slice[Any], int | None]:
        found, count = page_of_index(context, index, _LISTING, (query, after))
        if count is not None or not is_counted or (after is None and found.end is None):
            return found, count
        totals = _totals(context, index, query)
        return found, totals.rows if totals.is_all else None

    return page_of(
        _asked(query, repositories), ask, lambda rows: _views(rows, is_stale=present.is_stale)
    )


def find_group(
    context: Context, group_id: str, *, repositories: Collection[str] | None = None
) -> GroupDetail:
    """Return one open group with its first places; `repositories` as for `list_groups`.

    Raises:
        NotFound: there is no such group, or nothing was decided yet.
    """
    try:
        group = find_view(context, group_id, repositories=repositories)
    except InputError:
        raise NotFound(f"There is no open group {group_id}.") from None
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


def find_view(
    context: Context, group_id: str, *, repositories: Collection[str] | None = None
) -> GroupView:
    """Return one open group; `repositories` as for `list_groups`.

    Raises:
        NotFound: there is no such group.
        InputError: nothing was decided yet.
    """
    found = find_views(context, [group_id], repositories=repositories)
    if not found:
        raise NotFound(f"There is no open group {group_id}.")
    return found[0]


def find_views(
    context: Context, group_ids: Iterable[str], *, repositories: Collection[str] | None = None
) -> Sequence[GroupView]:
    """Return some open groups, of the first ids; those that are open no more are left out.

    Raises:
        InputError: nothing was decided yet.
    """
    ids = sorted({name for name in group_ids if "*" not in name})[:MAX_LIMIT]
    if not ids:
        return ()
    query = Query(filters=(Filter(field="id", values=tuple(ids)),), limit=MAX_LIMIT)
    return list_groups(context, query, repositories=repositories).items


def locate_group(context: Context, group_id: str) -> GroupView | None:
    """Return one open group by the index alone; None where it is not there, or none is."""
    try:
        return find_view(context, group_id)
    except InputError:
        return None


def beside(
    context: Context, group: GroupView, *, repositories: Collection[str] | None = None
) -> tuple[str, str]:
    """Return the ids of the groups before and after one in its lane; empty where there is none."""
    lane = Filter(field="lane", values=(group.lane or NOBODY,))
    asked = _asked(Query(filters=(lane,), limit=1), repositories)
    place = (group.blocked, group.id)
    index = (GROUPS, indexed_decisions(context).key)
    turned = replace(asked, sort="blocked")
    found = [
        page_of_index(context, index, _LISTING, (query, place))[0].rows for query in (turned, asked)
    ]
    before, after = (rows[0]["id"] if rows else "" for rows in found)
    return before, after


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTotals:
    """How many groups some filters leave.

    What they hold is not added up: a file that several hold would count for each.
    """

    groups: int
    is_all: bool
    """False: there are more, which were not counted."""


NO_GROUPS: Final = GroupTotals(groups=0, is_all=True)


def totals_of(page: Page[GroupView]) -> GroupTotals | None:
    """Return the totals of a list that one page shows whole; None for any other page."""
    if page.next_cursor is not None or page.previous_cursor is not None:
        return None
    return GroupTotals(groups=len(page.items), is_all=True)


def total_groups(
    context: Context, query: Query, *, repositories: Collection[str] | None = None
) -> GroupTotals:
    """Count the groups that a query leaves, no farther than is cheap; as `list_groups`."""
    index = (GROUPS, indexed_decisions(context).key)
    found = _totals(context, index, _asked(query, repositories))
    return GroupTotals(groups=found.rows, is_all=found.is_all)


def _totals(context: Context, index: tuple[str, str], query: Query) -> IndexTotals:
    return ask_index(
        context,
        index,
        ("totals", query),
        lambda cursor, source: index_totals(cursor, source, _LISTING, query),
    )


def words_of_groups(
    context: Context,
    query: Query,
    field: str,
    *,
    repositories: Collection[str] | None = None,
    most: int,
) -> Mapping[str, int]:
    """Return the words that the groups of a query have in a field, those with most groups first."""
    asked = _asked(query, repositories)
    return ask_index(
        context,
        (GROUPS, indexed_decisions(context).key),
        ("words", asked, field, most),
        lambda cursor, source: dict(index_words(cursor, source, _LISTING, asked, field, most=most)),
    )


def _asked(query: Query, repositories: Collection[str] | None) -> Query:
    return _by_lane(within(query, "repository_id", repositories)).sorted_by(DEFAULT_SORT)


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


def _views(rows: Sequence[Mapping[str, Any]], *, is_stale: bool) -> list[GroupView]:
    return [
        GroupView(
            id=row["id"],
            repository_id=row["repo_id"],
            repository=row["repository"],
            rule=row["rule"],
            title=row["title"] or row["rule"],
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
            path=row["path"],
            line=row["line"],
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
