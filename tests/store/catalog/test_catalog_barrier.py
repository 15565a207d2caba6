"""Fan-in with real processes: however completions interleave, one barrier job arises."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from store.catalog import Catalog, JobQueue, JobSpec, JobState
from store.catalog.barrier import insert_new_jobs

_JOBS = 60
_WORKERS = 4


def test_one_barrier_job_arises_from_many_processes_and_no_job_runs_twice(
    catalog: Catalog, catalog_url: str
) -> None:
    queue = JobQueue(catalog, lambda: datetime.now(UTC))
    run_id = queue.start_run(
        "sync",
        {},
        lambda run: [
            JobSpec.of(run_id=run, stage="leaf", scope="repo_1", subject=str(n))
            for n in range(_JOBS)
        ],
    )
    argv = [sys.executable, "-m", "tests.support.queue_worker", catalog_url, run_id]
    workers = [
        subprocess.Popen([*argv, f"worker{n}"], stdout=subprocess.PIPE, text=True)
        for n in range(_WORKERS)
    ]
    outputs = [worker.communicate(timeout=100)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * _WORKERS
    done = sorted(line for output in outputs for line in output.splitlines())
    assert len(done) == len(set(done)) == _JOBS + 1
    assert sum(line.startswith("root ") for line in done) == 1
    counts = {(c.stage, c.state): c.count for c in queue.counts(run_id)}
    assert counts == {("leaf", JobState.DONE): _JOBS, ("root", JobState.DONE): 1}


def test_a_job_that_is_added_late_takes_up_a_run_that_had_ended(catalog: Catalog) -> None:
    queue = JobQueue(catalog, lambda: datetime.now(UTC))
    run_id = queue.start_run(
        "sync", {}, lambda run: [JobSpec.of(run_id=run, stage="leaf", scope="", subject="1")]
    )
    job = queue.claim_next("me", 10)
    assert job is not None
    queue.complete(job)
    assert queue.finish_run(run_id)
    late = JobSpec.of(run_id=run_id, stage="leaf", scope="", subject="2")
    now = datetime.now(UTC)
    assert catalog.database.write(lambda s: insert_new_jobs(s, [late], now=now)) == [late.id]
    assert queue.running_runs() == [run_id]
