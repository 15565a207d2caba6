"""Repositories, visits and runs: one contract, every kind of catalog."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ingest.domain.repository import Repository, RightsBasis, Visit, VisitStatus
from ingest.errors import ConfigurationError, InputError, RegistrationRefused
from store.catalog import Catalog, RepositoryState, RunState
from store.memory import MemoryCatalog

AnyCatalog = Catalog | MemoryCatalog
START = datetime(2030, 1, 1, tzinfo=UTC)


def a_repository(number: int = 1, **changes: object) -> Repository:
    plain = Repository(
        id=f"repo_{number}",
        url=f"https://git.invalid/team/r{number}.git",
        name=f"r{number}",
        owner="team-lamp",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Own",
        release_consent=True,
        consent_until=date(2031, 1, 1),
        evidence="DOC-1",
        credential="env:NAME",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_visit(number: int = 1, status: VisitStatus = VisitStatus.FULL) -> Visit:
    moment = START + timedelta(hours=number)
    return Visit(
        repository_id="repo_1",
        started_at=moment,
        finished_at=moment + timedelta(microseconds=7),
        status=status,
        cause="",
        head_commit="a" * 40,
        branch="main",
        refs_digest="b" * 64,
        ref_count=3,
    )


def test_a_saved_repository_is_found_by_id_url_and_identity(any_catalog: AnyCatalog) -> None:
    repository = a_repository()
    any_catalog.save_repository(repository, identity="git.invalid/team/r1")
    assert any_catalog.find_by_id("repo_1") == repository
    assert any_catalog.find_by_url(repository.url) == repository
    assert any_catalog.find_by_url("git.invalid/team/r1") == repository
    assert any_catalog.find_by_url("https://git.invalid/other") is None
    assert any_catalog.find_by_id("repo_2") is None


def test_saving_again_replaces_the_rights_and_keeps_state_and_identity(
    any_catalog: AnyCatalog,
) -> None:
    any_catalog.save_repository(a_repository(), identity="one")
    any_catalog.set_state("repo_1", RepositoryState.QUARANTINED, "too deep")
    changed = a_repository(owner="team-desk", consent_until=None, release_consent=False)
    any_catalog.save_repository(changed)
    assert any_catalog.list_repositories() == [changed]
    assert any_catalog.find_by_url("one") == changed
    assert any_catalog.repository_state("repo_1") == (RepositoryState.QUARANTINED, "too deep")


def test_another_id_cannot_take_a_url_or_an_identity(any_catalog: AnyCatalog) -> None:
    any_catalog.save_repository(a_repository(), identity="one")
    with pytest.raises(RegistrationRefused):
        any_catalog.save_repository(a_repository(2, url=a_repository().url))
    with pytest.raises(RegistrationRefused):
        any_catalog.save_repository(a_repository(2), identity="one")
    assert any_catalog.list_repositories() == [a_repository()]


def test_repositories_are_listed_by_name_then_id_in_code_point_order(
    any_catalog: AnyCatalog,
) -> None:
    for number, name in ((1, "b"), (2, "a"), (3, "B"), (4, "a")):
        any_catalog.save_repository(a_repository(number, name=name))
    assert [r.id for r in any_catalog.list_repositories()] == [
        "repo_3",
        "repo_2",
        "repo_4",
        "repo_1",
    ]


def test_a_state_needs_a_repository(any_catalog: AnyCatalog) -> None:
    with pytest.raises(InputError):
        any_catalog.set_state("repo_9", RepositoryState.QUARANTINED, "")
    assert any_catalog.repository_state("repo_9") is None


def test_visits_are_counted_and_the_same_visit_is_written_once(any_catalog: AnyCatalog) -> None:
    any_catalog.save_repository(a_repository())
    first = any_catalog.add_visit(a_visit(1))
    second = any_catalog.add_visit(a_visit(2, VisitStatus.FAILED))
    assert any_catalog.add_visit(a_visit(1)) == first != second
    assert any_catalog.latest_visit("repo_1") == a_visit(2, VisitStatus.FAILED)
    found = any_catalog.find_visit(first)
    assert found is not None
    assert (found.generation, found.snapshot_key, found.visit) == (1, None, a_visit(1))


def test_a_visit_of_an_unknown_repository_is_refused(any_catalog: AnyCatalog) -> None:
    with pytest.raises(InputError):
        any_catalog.add_visit(a_visit())
    assert any_catalog.latest_visit("repo_1") is None


def test_a_failed_visit_never_replaces_the_last_good_snapshot(any_catalog: AnyCatalog) -> None:
    any_catalog.save_repository(a_repository())
    assert any_catalog.corpus() == {}
    good = any_catalog.add_visit(a_visit(1, VisitStatus.PARTIAL))
    any_catalog.set_snapshot(good, "key1")
    bad = any_catalog.add_visit(a_visit(2, VisitStatus.FAILED))
    any_catalog.set_snapshot(bad, "key2")
    any_catalog.add_visit(a_visit(3))
    found = any_catalog.latest_snapshot("repo_1")
    assert found is not None
    assert (found.id, found.snapshot_key) == (good, "key1")
    assert any_catalog.corpus() == {"repo_1": "key1"}


def test_the_corpus_takes_the_newest_snapshot_of_active_repositories(
    any_catalog: AnyCatalog,
) -> None:
    any_catalog.save_repository(a_repository())
    for number in (1, 2):
        any_catalog.set_snapshot(any_catalog.add_visit(a_visit(number)), f"key{number}")
    assert any_catalog.corpus() == {"repo_1": "key2"}
    any_catalog.set_state("repo_1", RepositoryState.QUARANTINED, "tree bomb")
    assert any_catalog.corpus() == {}


def test_a_snapshot_needs_a_visit(any_catalog: AnyCatalog) -> None:
    with pytest.raises(InputError):
        any_catalog.set_snapshot("visit_0", "key")


def test_a_time_without_a_zone_is_refused(any_catalog: AnyCatalog) -> None:
    any_catalog.save_repository(a_repository())
    naive = datetime(2030, 1, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(Exception, match="without a zone"):
        any_catalog.add_visit(replace(a_visit(), started_at=naive))


def test_a_run_keeps_identifiers_and_numbers_only(any_catalog: AnyCatalog) -> None:
    run_id = any_catalog.add_run("sync", {"tiers": ("releasable",), "limit": 3})
    assert any_catalog.run_tiers(run_id) == ["releasable"]
    assert any_catalog.run_tiers("run_0") == []
    with pytest.raises(ValueError, match="only identifiers"):
        any_catalog.add_run("sync", {"note": "free text with spaces"})


def test_times_come_back_in_utc_whatever_their_zone_was(catalog: Catalog) -> None:
    catalog.save_repository(a_repository())
    east = timezone(timedelta(hours=5))
    visit = replace(a_visit(), started_at=START.astimezone(east))
    catalog.add_visit(visit)
    found = catalog.latest_visit("repo_1")
    assert found is not None
    assert found.started_at == START
    assert found.started_at.tzinfo is UTC or found.started_at.utcoffset() == timedelta(0)


def test_a_fresh_run_is_running_and_listed_first(catalog: Catalog) -> None:
    catalog.add_run("sync", {})
    newest = catalog.add_run("release", {"repos": ["repo_1"]})
    found = catalog.find_run(newest)
    assert found is not None
    assert (found.kind, found.state, found.params) == (
        "release",
        RunState.RUNNING,
        {"repos": ["repo_1"]},
    )
    assert [run.id for run in catalog.list_runs(limit=1)] == [newest]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name"])
def test_a_url_of_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Catalog(url)
