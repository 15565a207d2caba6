"""Seconds to look for secrets in every version of every file of a repository.

Run it with ``make bench-history REPO=<path of a git repository>``. It is the path of
``shardgate sync --history``: a mirror, a snapshot, the list of all reachable blobs, and detect jobs
that processes of their own claim one after the other, here one for each core. Only the blobs of
HEAD are scanned by all families; the history is scanned for secrets.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pyarrow.compute as pc

from benchmarks.path import MB, load, registered, spent
from ingest.domain.finding import Family
from workers.context import Context
from workers.runner import run_job, settle
from workers.running import first_jobs
from workers.settings import Settings

_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """Where the processes meet before they scan, and where they report."""

    start: Barrier
    done: Queue[tuple[float, int]]


def work(run_id: str, stages: tuple[str, ...], context: Context) -> None:
    """Run ready jobs of some stages until there are none."""
    while jobs := _ready(context, stages):
        for job_id in jobs:
            if run_job(context, job_id, lambda _: None):
                break
        else:
            time.sleep(_PAUSE_SECONDS)
        settle(context, run_id)


def _ready(context: Context, stages: tuple[str, ...]) -> list[str]:
    found = []
    for job_id in context.jobs.ready_ids(limit=64):
        job = context.jobs.find(job_id)
        if job is not None and job.stage in stages:
            found.append(job_id)
    return found


def _worker(settings: Settings, run_id: str, meet: _Meeting) -> None:
    context = Context(settings=settings)
    load(context)
    meet.start.wait()
    before = spent()
    work(run_id, ("detect",), context)
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    meet.done.put((spent() - before, peak))


def bench(source: Path, home: Path, processes: int) -> list[str]:
    """Measure one repository with some processes; nothing is known of it before."""
    settings = Settings(home=home / "state", allow_local=True)
    context = Context(settings=settings)
    repository = registered(context, source)
    load(context)
    run_id = context.jobs.start_run(
        "sync", {"tiers": [], "history": True}, lambda run: first_jobs(run, [repository])
    )
    started = time.perf_counter()
    work(run_id, ("mirror",), context)
    mirrored = time.perf_counter()
    work(run_id, ("snapshot",), context)
    listed = time.perf_counter()
    wall, cpu, peak = _scan(settings, run_id, processes)
    history = context.lake.read("history", context.lake.keys("history")[0])
    texts = history.filter(pc.is_null(history["skip_reason"]))
    size = pc.sum(texts["size"]).as_py()
    digest = context.ruleset_digests[Family.SECRETS]
    facts = context.lake.read_facts(
        Family.SECRETS, digest, columns=["status", "reason", "findings"]
    )
    states = {p["values"]: p["counts"] for p in facts["status"].value_counts().to_pylist()}
    reasons = {p["values"]: p["counts"] for p in facts["reason"].value_counts().to_pylist()}
    found = pc.sum(pc.list_value_length(facts["findings"])).as_py()
    return [
        f"{texts.num_rows:,} blobs of the history, {size / MB:,.0f} MB; {processes} processes",
        f"mirror                  {mirrored - started:8.1f} s",
        f"snapshot, list, batches {listed - mirrored:8.1f} s",
        f"detect                  {wall:8.1f} s  {size / MB / wall:6.1f} MB/s",
        f"  of processor time     {cpu:8.1f} s  {size / MB / cpu:6.1f} MB/s per core",
        f"5 GB would take         {5000 * MB / size * wall:8.1f} s",
        f"  on cores of their own {5000 * MB / size * cpu / processes:8.1f} s",
        f"peak of a process       {peak / 1024:8.0f} MB",
        f"scans: {states}, {reasons}; findings: {found:,}",
    ]


def _scan(settings: Settings, run_id: str, processes: int) -> tuple[float, float, int]:
    """Return seconds by the clock and of processor time, and the peak of a process in KiB."""
    spawn = multiprocessing.get_context("spawn")
    meet = _Meeting(start=spawn.Barrier(processes + 1), done=spawn.Queue())
    workers = [
        spawn.Process(target=_worker, args=(settings, run_id, meet)) for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    meet.start.wait()
    started = time.perf_counter()
    ended = [meet.done.get() for _ in workers]
    wall = time.perf_counter() - started
    for worker in workers:
        worker.join()
    return wall, sum(seconds for seconds, _ in ended), max(peak for _, peak in ended)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, default=Path())
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shardgate-history-") as home:
        print("\n".join(bench(arguments.repo.resolve(), Path(home), arguments.processes)))


if __name__ == "__main__":
    main()
