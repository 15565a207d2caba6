"""Messages that wake workers: Celery reads them, and nothing breaks where nobody listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from policies.decision import Tier
from store.catalog import JobSpec
from workers import embedded
from workers.app import make_app
from workers.context import Context
from workers.pipeline import PIPELINE
from workers.queues import QUEUES, queue_of, ready_in, route
from workers.settings import QueueName, Settings
from workers.waking import TASK, address, idle_queues, wake

# The broker outlives its Popen object, as it outlives the command that starts it.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    found = Settings(home=tmp_path)
    found.run_dir.mkdir()
    embedded._start_broker(found)
    yield found
    embedded.stop(found)


def test_celery_reads_the_messages_and_they_carry_ids_alone(settings: Settings) -> None:
    assert idle_queues(settings, QUEUES) == list(QUEUES)
    assert wake(settings, [])
    assert wake(settings, [("job_1", "scan"), ("job_2", "scan"), ("job_3", "mirror")])
    assert set(QUEUES) - set(idle_queues(settings, QUEUES)) == {"scan", "mirror"}
    app = make_app(settings)
    seen = []
    with app.connection_for_read() as connection:
        for queue in ("scan", "scan", "mirror"):
            message = connection.default_channel.basic_get(address(queue))
            args, kwargs, _ = message.payload
            seen.append((message.headers["task"], args, kwargs))
            message.ack()
    assert seen == [(TASK, [job], {}) for job in ("job_1", "job_2", "job_3")]
    assert TASK in app.tasks
    assert idle_queues(settings, QUEUES) == list(QUEUES)


def test_without_a_broker_jobs_wait_in_the_catalog(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert not wake(settings, [("job_1", "scan")])
    assert idle_queues(settings, QUEUES) == []


def test_every_stage_has_a_queue_and_a_build_that_of_its_tier() -> None:
    steps = [(stage.name, f"{tier}.digest") for stage in PIPELINE for tier in Tier]

    assert {queue_of(*step) for step in steps} == set(QUEUES)
    assert queue_of("build", "releasable.d") != queue_of("build", "internal-only.d")
    assert set(get_args(QueueName)) == set(QUEUES)


def test_ready_jobs_of_a_queue_are_found_and_what_is_gone_is_left_out(tmp_path: Path) -> None:
    context = Context(settings=Settings(home=tmp_path))
    steps = [("mirror", "repo_1"), ("detect", "b"), ("build", "releasable.d")]
    context.jobs.start_run(
        "sync",
        {},
        lambda run: [
            JobSpec.of(run_id=run, stage=stage, scope="", subject=subject)
            for stage, subject in steps
        ],
    )
    found = {queue: ready_in(context, queue, 9) for queue in QUEUES}

    assert {queue: len(ids) for queue, ids in found.items()} == {
        "mirror": 1,
        "scan": 1,
        "control": 0,
        "build-internal-only": 0,
        "build-releasable": 1,
    }
    ready = context.jobs.ready_ids(9)
    assert sorted(route(context, [*ready, "job_gone"])) == sorted(
        (job, queue) for queue, ids in found.items() for job in ids
    )
