"""Ten thousand queued jobs drain: many small repositories, registered and visited at once.

Usage: ``python -m benchmarks.drain [--repositories 2500] [--sqlite]``.

The jobs are the real ones, of real code paths: each repository, of one commit with two files that
no other has, is mirrored by git, snapshotted, scanned in a child process and joined over its tree:
four jobs each, then one decision over all of them. They run by Celery over Valkey in one worker of
two processes, with PostgreSQL as the catalog. In the middle the whole worker is killed (SIGKILL,
children too) and started again, as after a power cut.

What is reported is asked of the catalog and of nothing else: that every job ended, once (`fence`
counts claims: a job that was claimed once has 1), and that each repository has its four.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.path import registered
from benchmarks.service import family_of, pid_of, resident_mb, running_service
from ingest.domain.repository import Repository
from store.catalog import JobState
from store.catalog.tables import JobRow
from workers import embedded
from workers.context import Context
from workers.running import start_run
from workers.settings import Settings

_EACH = ("mirror", "snapshot", "detect", "provenance")
_WATCH_SECONDS = 1.0
_FILE = """# Copyright 2024 Example. Licensed under Apache-2.0.
def area_{number}(width: float, height: float) -> float:
    return {number} * width * height
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=int, default=2500)
    parser.add_argument("--sqlite", action="store_true", help="Catalog in SQLite.")
    asked = parser.parse_args()
    settled = {"poll": "false", "local_worker": "false"}
    with running_service(sqlite=asked.sqlite, web=False, **settled) as (settings, context):
        repositories = make_repositories(context, settings.root / "small", asked.repositories)
        run_id = start_run(context, repositories)
        print(f"{len(repositories):,} repositories, first jobs queued: {_done(context)}")
        drain(settings.model_copy(update={"local_worker": True}), context, run_id)
        report(context, len(repositories))


def make_repositories(context: Context, folder: Path, count: int) -> list[Repository]:
    """Make and register repositories that differ in every file."""
    template = folder / "template.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--template=", str(template)], check=True)
    found = []
    for number in range(count):
        git_dir = folder / f"small-{number}.git"
        shutil.copytree(template, git_dir)
        _commit(git_dir, number)
        found.append(registered(context, git_dir))
    return found


def _commit(git_dir: Path, number: int) -> None:
    stream = ["commit refs/heads/main\ncommitter B <b@bench.invalid> 1790000000 +0000\ndata 1\n.\n"]
    for name, text in (("area.py", _FILE.format(number=number)), ("README", f"Area {number}.\n")):
        stream.append(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n")
    command = ["git", f"--git-dir={git_dir}", "fast-import", "--quiet"]
    subprocess.run(command, input="".join(stream).encode(), check=True)
    (git_dir / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")


def drain(settings: Settings, context: Context, run_id: str) -> None:
    """Work until the run has ended; kill the worker once, where half of the jobs are done."""
    expected = len(_EACH) * len(context.catalog.list_repositories())
    embedded.start(settings)
    peak, stop = [0.0, 0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(settings, peak, stop))
    watcher.start()
    started, is_killed, marks = time.monotonic(), False, list[tuple[float, int]]()
    while not context.jobs.is_finished(run_id):
        time.sleep(_WATCH_SECONDS)
        done = _done(context).get(JobState.DONE.value, 0)
        marks.append((time.monotonic() - started, done))
        if not is_killed and done > expected // 2:
            is_killed = True
            killed_at = time.monotonic()
            os.killpg(pid_of(settings, embedded.WORKER), signal.SIGKILL)
            lost = _done(context).get(JobState.RUNNING.value, 0)
            print(f"worker killed at {done:,} done; {lost} jobs were running", flush=True)
            # What is killed is gone a little later; until then it would not be started again.
            while any(s.name == embedded.WORKER and s.pid for s in embedded.status(settings)):
                time.sleep(0.01)
            embedded.start(settings)
            while _done(context).get(JobState.DONE.value, 0) <= done:
                time.sleep(0.1)
            print(f"the next job was done {time.monotonic() - killed_at:.1f} s later")
    lasted = time.monotonic() - started
    stop.set()
    watcher.join()
    total = sum(_done(context).values())
    print(f"{total:,} jobs in {lasted:.0f} s: {total / lasted:.1f} a second")
    tenths = [_rate(marks, expected, tenth) for tenth in range(10)]
    print("jobs a second by tenths of the work:", " ".join(f"{rate:.0f}" for rate in tenths))
    print(f"worker, all its processes: {peak[0]:.0f} MB at most, {peak[1]:.0f} MB at the end")


def _rate(marks: list[tuple[float, int]], expected: int, tenth: int) -> float:
    low, high = expected * tenth / 10, expected * (tenth + 1) / 10
    inside = [(at, done) for at, done in marks if low <= done <= high]
    if len(inside) < 2:
        return 0.0
    (first, few), (last, many) = inside[0], inside[-1]
    return (many - few) / (last - first)


def _watch(settings: Settings, peak: list[float], stop: threading.Event) -> None:
    while not stop.wait(_WATCH_SECONDS):
        for state in embedded.status(settings):
            if state.name == embedded.WORKER and state.pid is not None:
                peak[1] = resident_mb(family_of(state.pid))
                peak[0] = max(peak)


def _done(context: Context) -> dict[str, int]:
    query = select(JobRow.state, func.count()).group_by(JobRow.state)
    return context.catalog.database.read(lambda s: dict(s.execute(query).all()))


def report(context: Context, repositories: int) -> None:
    """Print whether every job ended once, and whether each repository has all of them.

    Raises:
        SystemExit: something was lost, or did not end.
    """
    columns = select(JobRow.stage, JobRow.scope, JobRow.state, JobRow.fence, JobRow.deaths)
    rows = context.catalog.database.read(lambda s: s.execute(columns).all())
    states = Counter(row.state for row in rows)
    each = Counter((row.stage, row.scope) for row in rows if row.scope)
    claims = Counter(row.fence for row in rows)
    print("by state:", dict(states), "; by number of claims:", dict(sorted(claims.items())))
    print("jobs whose worker died:", sum(row.deaths > 0 for row in rows))
    is_whole = len(each) == len(_EACH) * repositories and set(each.values()) == {1}
    if not is_whole or set(states) != {JobState.DONE.value}:
        raise SystemExit("something was lost, came twice or did not end")
    print(f"each of {repositories:,} repositories has each of its {len(_EACH)} jobs, once")


if __name__ == "__main__":
    main()
