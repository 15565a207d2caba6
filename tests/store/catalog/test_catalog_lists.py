"""Lists in SQL: whatever is asked for, the pages together are the list, on every database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ingest.domain.repository import Repository, RightsBasis, Visit, VisitStatus
from policies.decision import Tier
from policies.review import ReviewKind, ReviewState, Target
from store.asking import Filter, Op, Position, Query, Slice
from store.catalog import (
    AuditLog,
    Catalog,
    CatalogLists,
    JobQueue,
    JobSpec,
    ReleaseBook,
    ReviewBook,
)
from store.catalog.errands import ErrandBook, ErrandKind
from store.catalog.operation_lists import list_operations
from tests.strategies.reviews import NOW, POLICY, review, waiver

TODAY = date(2026, 1, 15)
List = Callable[[Query, Position | None], tuple[Slice[Any], int | None]]


def repository(name: str, **given: Any) -> Repository:
    values = {
        "id": f"repo_{name}",
        "url": f"https://git.example/{name}.git",
        "name": name,
        "owner": "core",
        "rights_basis": RightsBasis.OWNER_ATTESTED,
        "license": "Apache-2.0",
        "release_consent": False,
        "consent_until": None,
        "evidence": "doc",
    }
    return Repository(**values | given)


def where(key: str, *values: str, op: Op = Op.ANY) -> Query:
    return Query(filters=(Filter(field=key, op=op, values=values),), sort="id")


def walk(ask: List, query: Query) -> list[Any]:
    """Read a list page by page."""
    rows: list[Any] = []
    after: Position | None = None
    while True:
        found, _ = ask(query, after)
        assert len(found.rows) <= query.limit
        rows += found.rows
        if found.end is None:
            return rows
        after = found.end


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def catalog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    """One catalog for all tests here: they read, or add what no other looks at."""
    path = tmp_path_factory.mktemp("lists") / "catalog.sqlite"
    is_file = request.param == "sqlite"
    url = f"sqlite:///{path}" if is_file else request.getfixturevalue("postgres").fresh_url()
    found = Catalog(url)
    found.upgrade()
    yield found
    found.close()


@pytest.fixture(scope="module")
def lists(catalog: Catalog) -> CatalogLists:
    for name, given in {
        "alpha": {"owner": "core", "release_consent": True, "consent_until": TODAY},
        "Beta": {"owner": "core", "release_consent": True, "consent_until": date(2026, 1, 14)},
        "pay-in": {"owner": "pay_ments"},
        "pay-out": {"owner": "payXments"},
        "zebra": {"owner": "100%"},
    }.items():
        catalog.save_repository(repository(name, **given))
    for hours, status in ((1, VisitStatus.FULL), (2, VisitStatus.FAILED)):
        catalog.add_visit(visit("repo_alpha", hours, status))
    catalog.add_visit(visit("repo_zebra", 3, VisitStatus.PARTIAL))
    return CatalogLists(catalog)


def visit(repository_id: str, hours: int, status: VisitStatus) -> Visit:
    return Visit(
        repository_id=repository_id,
        started_at=NOW + timedelta(hours=hours),
        finished_at=NOW + timedelta(hours=hours, minutes=5),
        status=status,
        cause="the host did not answer" if status is VisitStatus.FAILED else "",
        head_commit="",
        branch="main",
        refs_digest="",
        ref_count=1,
    )


def names(lists: CatalogLists, query: Query) -> list[str]:
    rows = walk(lambda q, after: lists.repositories(q, after, TODAY), query)
    return [row.repository.name for row in rows]


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("sort", ["repository", "owner", "registered", "visited"])
def test_pages_of_any_size_are_the_list_forwards_and_backwards(
    lists: CatalogLists, limit: int, sort: str
) -> None:
    whole = names(lists, Query(sort=sort))
    assert sorted(whole) == ["Beta", "alpha", "pay-in", "pay-out", "zebra"]
    assert names(lists, Query(sort=sort, limit=limit)) == whole
    assert names(lists, Query(sort=f"-{sort}", limit=limit)) == whole[::-1]


def test_names_sort_by_code_points_on_every_database(lists: CatalogLists) -> None:
    assert names(lists, Query(sort="repository"))[:2] == ["Beta", "alpha"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (where("repository", "pay-*"), ["pay-in", "pay-out"]),
        (where("repository", "PAY-*"), []),
        (where("repository", "pay-*", op=Op.NONE), ["Beta", "alpha", "zebra"]),
        (where("repository", "alpha", "*bra"), ["alpha", "zebra"]),
        (where("owner", "pay_ment*"), ["pay-in"]),
        (where("owner", "100%"), ["zebra"]),
        (where("owner", "1?0*"), []),
        (where("consent", "valid"), ["alpha"]),
        (where("consent", "expired"), ["Beta"]),
        (where("sync", "failed"), ["alpha"]),
        (where("sync", "never"), ["Beta", "pay-in", "pay-out"]),
        (where("visited", "2031-01-01", op=Op.AFTER), []),
        (where("registered", "1971-01-01", op=Op.BEFORE), []),
        (Query(text="ZEB", sort="id"), ["zebra"]),
        (Query(text="host answer", sort="id"), ["alpha"]),
        (Query(text="_", sort="id"), ["pay-in"]),
    ],
)
def test_filters_of_repositories(lists: CatalogLists, query: Query, expected: list[str]) -> None:
    assert names(lists, query) == expected
    found, count = lists.repositories(query, None, TODAY)
    assert count == len(expected) == len(found.rows)


def test_a_repository_is_shown_with_its_newest_visit(lists: CatalogLists) -> None:
    found, _ = lists.repositories(where("repository", "alpha"), None, TODAY)
    newest = found.rows[0].visit
    assert newest is not None
    assert (newest.generation, newest.visit.status) == (2, VisitStatus.FAILED)


@pytest.mark.parametrize("after", [("x",), ("x", "y", "z"), (1, "y"), (None, None)])
def test_a_position_of_another_list_is_refused(lists: CatalogLists, after: Position) -> None:
    with pytest.raises(ValueError, match="another list"):
        lists.repositories(Query(sort="repository"), after, TODAY)
    with pytest.raises(ValueError, match=r"another list|isoformat"):
        lists.repositories(Query(sort="visited"), after, TODAY)


def test_visits_releases_runs_and_the_chain_are_paged_alike(
    catalog: Catalog, lists: CatalogLists
) -> None:
    clock = iter(NOW + timedelta(seconds=n) for n in range(100))
    book = ReleaseBook(catalog, lambda: next(clock))
    for n in range(3):
        book.begin_release(f"rel_{n}", Tier.RELEASABLE, {})
    book.publish("rel_1", "m", "rel_1", {"rows": 7})
    jobs = JobQueue(catalog, lambda: next(clock))
    for n in range(3):
        spec = JobSpec(key=f"k{n}", run_id="", stage="mirror", scope="", subject="")
        jobs.start_run("sync", {}, lambda run, spec=spec: [replace(spec, run_id=run)])
    log = AuditLog(catalog, lambda: next(clock))
    for n in range(3):
        log.append("ada", "review.approve", f"rvw_{n}", {})
    newest = Query(sort="-built", limit=2)
    assert [r.id for r in walk(lists.releases, newest)] == ["rel_2", "rel_1", "rel_0"]
    assert [r.id for r in walk(lists.releases, where("state", "published"))] == ["rel_1"]
    chain = [e.seq for e in log.entries()]  # of other tests too, which share the database
    assert [e.seq for e in walk(lists.audit, Query(sort="-seq", limit=2))] == chain[::-1]
    assert len(walk(lists.audit, replace(where("action", "review.app*"), sort="seq"))) == 3
    of_one = walk(lists.visits, replace(where("repository", "repo_alpha"), sort="-started"))
    assert [v.generation for v in of_one] == [2, 1]


def test_reviews_are_found_by_their_state_at_a_moment(
    catalog: Catalog, lists: CatalogLists
) -> None:
    book = ReviewBook(catalog, POLICY)
    proposal = replace(waiver("MINIFIED", "1", "rvw_1"), state=ReviewState.PROPOSED, version=1)
    book.propose(proposal)
    other = review("rvw_2", ReviewKind.KEEP_INTERNAL, Target(repo_id="repo_alpha", pattern="src/"))
    book.propose(replace(other, state=ReviewState.PROPOSED, version=1))

    def ids(query: Query, at: datetime = NOW) -> list[str]:
        return [r.id for r in walk(lambda q, after: lists.reviews(q, after, at), query)]

    assert ids(where("state", "proposed")) == ["rvw_1", "rvw_2"]
    late = (proposal.expires_at or NOW) + timedelta(days=1)
    assert ids(where("state", "expired"), late) == ["rvw_1"]
    assert ids(where("rule", "MINIFIED")) == ["rvw_1"]
    assert ids(where("repository", "repo_alpha")) == ["rvw_2"]
    assert ids(Query(sort="-expires", limit=1)) == ["rvw_2", "rvw_1"]


def test_runs_and_errands_are_one_list(catalog: Catalog) -> None:
    clock = iter(NOW + timedelta(minutes=n // 2) for n in range(100))
    book = ErrandBook(catalog, lambda: next(clock))
    jobs = JobQueue(catalog, lambda: next(clock))
    asked = []
    for n in range(4):
        spec = JobSpec(key=f"o{n}", run_id="", stage="mirror", scope="", subject="")
        jobs.start_run("sync", {}, lambda run, spec=spec: [replace(spec, run_id=run)])
        asked.append(book.ask(ErrandKind.IMPACT, {}, actor="ada"))
    book.claim(timedelta(minutes=1))

    def ask(query: Query, after: Position | None) -> tuple[Slice[Any], int | None]:
        return list_operations(catalog, query, after)

    whole, total = ask(Query(sort="-started", limit=50), None)
    ids = [one.id for one in whole.rows]
    assert total == len(ids) == len(set(ids)) >= 8
    for limit in (1, 2, 3, 7):
        for sort, wanted in (("-started", ids), ("started", ids[::-1])):
            assert [one.id for one in walk(ask, Query(sort=sort, limit=limit))] == wanted
    only = replace(where("kind", "impact"), sort="-started")
    assert {one.id for one in walk(ask, only)} == set(asked)
    waits = replace(where("state", "running"), sort="started")
    assert set(asked) <= {one.id for one in walk(ask, waits)}
    assert not set(asked) & {one.id for one in walk(ask, replace(waits, filters=(PARKED,)))}


PARKED = Filter(field="parked", values=("yes",))
