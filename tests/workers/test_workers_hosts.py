"""A pause stops all traffic to a host; a host that slows us down is left alone; both show why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.domain.problem import Problem
from ingest.domain.repository import Repository, RightsBasis, VisitStatus
from ingest.errors import InputError, MustWait, RegistrationRefused
from ingest.register.registry import RegistrationRequest, register
from store.catalog import Hold, Job, JobSpec, JobState
from tests.support.gitrepo import build_repository
from tests.support.gitserver import GitServer, serving_git, write_certificate
from workers.context import Context, utc_now
from workers.hosts import (
    as_wait,
    entering,
    host_book,
    host_of,
    list_hosts,
    named_host,
    pause_host,
    reasons_to_wait,
    require_open,
    resume_host,
)
from workers.runner import run_job
from workers.scan_source import open_source
from workers.settings import Settings
from workers.sync_state import sync_state

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def server(tmp_path: Path, certificate: Path) -> Iterator[GitServer]:
    build_repository(tmp_path / "source.git", [{b"a.txt": b"one\n"}])
    with serving_git(tmp_path, certificate) as state:
        yield state


@pytest.fixture
def context(tmp_path: Path, certificate: Path) -> Iterator[Context]:
    settings = Settings(home=tmp_path / "state", allow_hosts=(HOST,), ca_file=certificate)
    made = Context(settings=settings)
    yield made
    made.catalog.close()


def enroll(context: Context, server: GitServer, path: str) -> Repository:
    request = RegistrationRequest(
        url=f"https://{HOST}:{server.port}/{path}",
        owner="team",
        rights=RightsBasis.OWNER_ATTESTED,
        license="MIT",
    )
    return register(request, context.catalog, today=context.today(), allow_local=False)


def visit(context: Context, repository: Repository) -> Job:
    """Run the first job of a new sync to its end and return it."""
    spec: list[JobSpec] = []

    def specs(run_id: str) -> list[JobSpec]:
        scope = repository.id
        spec.append(JobSpec.of(run_id=run_id, stage="mirror", scope=scope, subject=scope))
        return spec[:1]

    context.jobs.start_run("sync", {}, specs)
    return again(context, spec[0].id)


def again(context: Context, job_id: str) -> Job:
    assert run_job(context, job_id, lambda _: None)
    job = context.jobs.find(job_id)
    assert job is not None
    return job


def test_a_visit_of_a_paused_host_waits_with_the_reason_and_goes_on_when_it_is_resumed(
    context: Context, server: GitServer
) -> None:
    repository = enroll(context, server, "open/source.git")
    pause_host(context, HOST, actor="ann", reason="the host moves tonight")
    job = visit(context, repository)
    assert (job.state, job.attempt) == (JobState.READY, 0)
    assert "the host moves tonight" in job.reason
    assert server.requests == []
    assert context.catalog.latest_visit(repository.id) is None
    (view,) = list_hosts(context)
    assert (view.host.is_paused, view.repositories, view.waiting) == (True, 1, 1)
    assert context.jobs.ready_ids(9) == []
    assert resume_host(context, HOST, actor="bob") == 1
    assert again(context, job.id).state is JobState.DONE
    state = sync_state(context, repository)
    assert (state.problem, state.visits[0].record.visit.status) == (None, VisitStatus.FULL)
    assert state.visits[0].commands
    assert state.poll is not None
    assert state.host is not None
    assert state.host.fetches == 0


def test_a_running_fetch_ends_when_its_host_is_paused_and_is_no_failed_visit(
    context: Context, server: GitServer
) -> None:
    repository = enroll(context, server, "slow/source.git")
    server.on_request = lambda: pause_host(context, HOST, actor="ann", reason="now") and None
    job = visit(context, repository)
    assert (job.state, job.attempt) == (JobState.READY, 0)
    assert "now" in job.reason
    assert len(server.requests) == 1
    assert context.catalog.latest_visit(repository.id) is None


def test_a_host_that_says_too_many_requests_is_left_alone_by_all(
    context: Context, server: GitServer
) -> None:
    slowed, other = enroll(context, server, "429/a.git"), enroll(context, server, "open/source.git")
    job = visit(context, slowed)
    assert (job.state, job.attempt) == (JobState.READY, 1)
    state = sync_state(context, slowed)
    assert state.problem is Problem.THROTTLED
    assert state.host is not None
    assert state.host.throttled_until is not None
    asked = len(server.requests)
    waiting = visit(context, other)
    assert (waiting.state, waiting.attempt) == (JobState.READY, 0)
    assert "slow down" in waiting.reason
    assert len(server.requests) == asked
    resume_host(context, HOST, actor="ann")
    assert again(context, waiting.id).state is JobState.DONE


def test_a_crowded_host_lets_the_next_one_wait(context: Context, server: GitServer) -> None:
    repository = enroll(context, server, "open/source.git")
    book = host_book(context)
    for number in range(context.settings.host_fetches):
        book.enter(HOST, f"other{number}", limit=99, lease=timedelta(minutes=1))
    job = visit(context, repository)
    assert (job.state, job.attempt) == (JobState.READY, 0)
    assert "the most at once" in job.reason
    book.leave("other0")
    # it is due in some seconds; a person may want it now
    with pytest.raises(InputError, match="not paused"):
        resume_host(context, HOST, actor="ann")
    with entering(context, repository.url, "x") as held:
        assert held is not None
        assert held(HOST) is None


def test_a_scan_of_a_url_and_whatever_else_asks_are_held_too(
    context: Context, server: GitServer, tmp_path: Path
) -> None:
    pause_host(context, HOST, actor="ann", reason="so")
    url = f"https://{HOST}:{server.port}/open/source.git"
    with pytest.raises(MustWait, match="was paused by ann"):
        open_source(url, context.settings, tmp_path / "scan", credential="")
    with pytest.raises(MustWait):
        require_open(context, HOST)
    require_open(context, "other.example")
    (reason,) = reasons_to_wait(context, [url, url, "https://other.example/a", "file:///a"])
    assert "paused by ann" in reason
    assert server.requests == []


def test_a_local_path_has_no_host_and_a_host_is_named_in_any_way(context: Context) -> None:
    assert host_of("file:///srv/a") == ""
    assert host_of("ssh://git@H.example:22/a") == "h.example"
    with entering(context, "file:///srv/a", "x") as held:
        assert held is None
    for text in ("Git.Example.com", "https://git.example.com/a/b", "git.example.com:8443"):
        assert named_host(text) == "git.example.com"
    for text in ("", "a b", "-x", "file:///a"):
        with pytest.raises(RegistrationRefused):
            named_host(text)


def test_equal_holds_end_at_different_moments_and_never_at_once() -> None:
    hold = Hold(code="throttled", says="x", until=utc_now() + timedelta(seconds=10))
    waits = {round(as_wait(hold, f"job_{n}").seconds, 2) for n in range(20)}
    assert len(waits) > 10
    assert all(9 < wait < 21 for wait in waits)
    past = Hold(code="crowded", says="x", until=utc_now())
    assert 5 <= as_wait(past, "job").seconds <= 10
