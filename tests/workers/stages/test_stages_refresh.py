"""What happens when rules change: the last decisions stay until all is scanned again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from policies.decision import Tier
from store.catalog import JobState, ReleaseBook, read_refreshing
from tests.support.gitrepo import build_repository
from tests.workers.stages.test_workers_stages import enroll, outcomes, state_anew, sync
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, load_decisions
from workers.decisions import decide_anew
from workers.reading.present import latest_decisions
from workers.reading.stillness import why_nothing_moves
from workers.refreshing import RuleWatch
from workers.runner import drain, run_job
from workers.settings import Settings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
ONE = {b"a.py": b"def add(a, b):\n    return a + b\n", b"b.py": b"def two(a):\n    return a * 2\n"}
TWO = {b"c.py": b"def three(a):\n    return a * 3\n"}
HOST = "git.corp.example"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with two repositories that were decided on."""
    home = tmp_path_factory.mktemp("refresh")
    context = Context(settings=Settings(home=home / "state"))
    sync(context, *(enroll(context, build_repository(home / n, [f]).path) for n, f in _FILES))
    context.catalog.close()
    return home


_FILES = (("one.git", ONE), ("two.git", TWO))


@pytest.fixture
def context(scanned: Path, tmp_path: Path) -> Iterator[Context]:
    shutil.copytree(scanned / "state", tmp_path / "state", symlinks=True)
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def with_host(context: Context) -> Context:
    """Register a repository on a host that nobody knew of; return what a worker sees then."""
    (known, *_) = context.catalog.list_repositories()
    url = f"https://{HOST}/team/new.git"
    context.catalog.save_repository(replace(known, id="repo_" + "f" * 20, url=url, name="new"))
    return context.anew()


def decisions(context: Context) -> list[dict[str, str]]:
    table = load_decisions(context, corpus_keys(context))
    assert table is not None
    return list(table.select(["repo_id", "outcome"]).to_pylist())


def ready(context: Context, stage: str) -> list[str]:
    return context.jobs.ready_ids(100, stages=(stage,))


def test_the_first_repository_of_a_host_excludes_nothing_while_all_is_scanned_again(
    context: Context,
) -> None:
    before = outcomes(context)
    digest = corpus_keys(context).decisions
    mirrors = {p: p.stat().st_mtime_ns for p in context.settings.mirrors_dir.rglob("HEAD")}
    fresh = with_host(context)
    run_id = decide_anew(fresh, [Tier.RELEASABLE.value])
    (decide,) = ready(fresh, "decide")
    assert run_job(fresh, decide, lambda _: None)
    waiting = fresh.jobs.find(decide)
    assert waiting is not None
    assert (waiting.state, waiting.attempt) == (JobState.READY, 0)
    assert waiting.reason == "Rules changed; 0 of 2 repositories are scanned again."
    shown = latest_decisions(fresh, corpus_keys(fresh))
    assert shown is not None
    assert (shown.key, shown.is_stale) == (digest, True)
    assert any("0 of 2 repositories" in r for r in why_nothing_moves(fresh).reasons)
    assert len(ready(fresh, "refresh")) == 2
    drain(fresh, run_id)
    assert outcomes(fresh) == before
    assert read_refreshing(fresh.catalog) is None
    (release,) = ReleaseBook(fresh.catalog, clock=utc_now).list_releases(Tier.RELEASABLE)
    assert release.is_out
    after = {p: p.stat().st_mtime_ns for p in context.settings.mirrors_dir.rglob("HEAD")}
    assert after == mirrors
    assert not fresh.jobs.ready_ids(100)


def test_who_decides_twice_or_watches_begins_it_once(context: Context) -> None:
    fresh = with_host(context)
    watch = RuleWatch(fresh)
    watch.follow()
    begun = ready(fresh, "refresh")
    assert len(begun) == 2
    watch.follow()
    RuleWatch(fresh).follow()
    for _ in range(2):
        decide_anew(fresh)
    for decide in ready(fresh, "decide"):
        assert run_job(fresh, decide, lambda _: None)
    assert ready(fresh, "refresh") == begun
    (run_id,) = {job.run_id for job in map(fresh.jobs.find, begun) if job}
    drain(fresh, run_id)
    shown = latest_decisions(fresh, corpus_keys(fresh))
    assert shown is not None
    assert not shown.is_stale
    assert len(outcomes(fresh)) == len(ONE) + len(TWO)


def test_an_upgrade_is_seen_by_whoever_starts_and_what_was_known_before_costs_nothing(
    context: Context,
) -> None:
    known = context.company_file
    RuleWatch(context).follow()
    assert not ready(context, "refresh")
    known.write_text("codenames: [bluebird]\n")
    fresh = context.anew()
    RuleWatch(fresh).follow()
    (first, second) = ready(fresh, "refresh")
    run = fresh.jobs.find(first)
    assert run is not None
    assert run_job(fresh, first, lambda _: None)
    assert run_job(fresh, second, lambda _: None)
    # A worker that dies here leaves jobs behind, and whoever comes next goes on with them.
    drain(fresh, run.run_id)
    known.unlink()
    back = fresh.anew()
    drain(back, decide_anew(back))
    assert len(ready(back, "refresh")) == 0
    assert set(outcomes(back).values()) == {"releasable"}


def test_what_cannot_be_scanned_by_the_new_rules_fails_closed_and_keeps_nobody_waiting(
    context: Context,
) -> None:
    (lost, kept) = context.catalog.list_repositories()
    fresh = with_host(context)
    shutil.rmtree(next(context.settings.mirrors_dir.rglob(f"{lost.id}*")))
    run_id = decide_anew(fresh)
    drain(fresh, run_id)
    held = {r["repo_id"]: r["outcome"] for r in decisions(fresh)}
    assert held == {lost.id: "excluded", kept.id: "releasable"}
    drain(fresh, decide_anew(fresh))
    assert not fresh.jobs.ready_ids(100)


def test_a_declared_license_that_changes_is_joined_over_the_tree_again(context: Context) -> None:
    (repository, _) = context.catalog.list_repositories()
    state_anew(context, replace(repository, license="Apache-2.0"))
    batches = context.lake.keys("batches")
    drain(context, decide_anew(context))
    assert context.lake.keys("batches") == batches
    assert "excluded" not in outcomes(context).values()


def test_a_withdrawal_waits_for_no_scan(context: Context) -> None:
    drain(context, decide_anew(context, [Tier.RELEASABLE.value]))
    (release,) = ReleaseBook(context.catalog, clock=utc_now).list_releases(Tier.RELEASABLE)
    fresh = with_host(context)
    for repository in context.catalog.list_repositories():
        state_anew(fresh, replace(repository, release_consent=False))
    decide_anew(fresh)
    (decide,) = ready(fresh, "decide")
    assert run_job(fresh, decide, lambda _: None)
    (recall,) = ready(fresh, "recall")
    assert run_job(fresh, recall, lambda _: None)
    found = ReleaseBook(fresh.catalog, clock=utc_now).find_release(release.id)
    assert found is not None
    assert found.state.value == "recalled"
    assert not ready(fresh, "build")
