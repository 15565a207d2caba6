"""Where the time of the whole path goes: processor time by step, without that of the steps inside.

Run it with ``python -m benchmarks.steps --repo PATH``. The functions named in `STEPS` are wrapped
with a clock for one run of what ``make bench`` times as the whole path. The clock is a page that
the scanning children share; programs that are started, git in most cases, have a line of their
own. Wrapping costs under a microsecond a call, so steps are functions that do real work.
"""

from __future__ import annotations

import argparse
import importlib
import mmap
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any, Final

from benchmarks.path import copy_head, load, registered
from ingest.detect.detector import BatchDetector
from policies.decision import Tier
from workers.context import Context
from workers.runner import run_job, settle
from workers.running import first_jobs
from workers.settings import Settings

STEPS: Final = (
    ("ingest.mirror.reader", "MirrorReader.read_blobs", "read and check blobs"),
    ("workers.sandbox", "_text_of", "normalise"),
    ("workers.stages.detect", "scan_batch", "frame of a batch"),
    ("workers.sandbox", "_scan_rest", "rows of facts"),
    ("workers.sandbox", "_encode", "Arrow tables of facts"),
    ("workers.stages.detect", "with_path_findings", "scan paths"),
    ("store.lake", "Lake.write_facts", "write facts"),
    ("store.lake", "Lake.read_facts", "read facts"),
    ("store.lake", "Lake.write", "write artefacts"),
    ("store.lake", "Lake.read", "read artefacts"),
    ("workers.stages.build", "load_corpus", "load the corpus"),
    ("workers.stages.build", "corpus_keys", "keys of the corpus"),
    ("workers.stages.build", "known_of_company", "known values"),
    ("release.build", "plan_release", "plan"),
    ("release.build.plan", "_plan_rows", "plan: rows"),
    ("release.build.plan", "_fold", "plan: fold"),
    ("release.build.queries", "PlanDatabase.list_candidates", "plan: query of candidates"),
    ("release.build.queries", "PlanDatabase.list_spans", "plan: query of spans"),
    ("release.build.queries", "PlanDatabase.list_not_chosen", "plan: query of exclusions"),
    ("release.build.texts", "_work_rows", "rows of work"),
    ("release.build.texts", "_check_blob", "hash blobs"),
    ("release.build.texts", "normalise", "normalise"),
    ("release.build.redactor", "Redactor.redact_file", "redact: the rest"),
    ("release.build.redactor", "parse_text", "redact: parse"),
    ("release.build.redactor", "count_edited_errors", "redact: parse the edited"),
    ("release.build.redactor", "count_errors", "redact: parse the edited again"),
    ("release.build.redactor", "count_tree_errors", "redact: count errors"),
    ("release.build.redactor", "_cut_all", "redact: cut"),
    ("release.build.redactor", "find_repeats", "redact: repeats"),
    ("release.build.texts", "_has_leak", "scan of redacted texts"),
    ("workers.stages.build", "DetectorScanner.scan_known", "sweep"),
    ("release.build", "exit_scan", "exit scan: the rest"),
    ("release.build.exitscan", "_look_at_labels", "exit scan: labels"),
    ("release.build", "write_shards", "write shards: the rest"),
    ("release.build.shards", "_shard_rows", "rows of shards"),
    ("release.build.shards", "measure", "measure"),
    ("release.build.parquet", "OpenParquet.write", "Parquet"),
    ("release.build.parquet", "OpenParquet.close", "Parquet"),
    ("release.build.shards", "describe_shard", "hash shards"),
)
"""Module, name in it, and step."""
_STAGES: Final = (
    "mirror",
    "snapshot",
    "refresh",
    "detect",
    "provenance",
    "decide",
    "recall",
    "build",
)
_ROOM: Final = 1000
"""Numbers on the page."""
_LEAST_SECONDS: Final = 0.01


class Clock:
    """Seconds of processor time by step; forked children add to the same."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._page = memoryview(mmap.mmap(-1, 8 * _ROOM)).cast("d")
        self._numbers: dict[str, int] = {}
        self._stack: list[int] = []
        self._since = time.process_time()
        os.register_at_fork(after_in_child=self._restart)

    def _restart(self) -> None:
        self._since = time.process_time()

    def name(self, step: str) -> int:
        """Return the number of a step, which must be known before a child is forked."""
        return self._numbers.setdefault(step, len(self._numbers))

    def turn(self, number: int | None) -> None:
        """Charge what passed to the step that is at work; begin a step, or end it by None."""
        now = time.process_time()
        if self._stack:
            self._page[self._stack[-1]] += now - self._since
        self._since = now
        if number is None:
            self._stack.pop()
        else:
            self._stack.append(number)

    def add(self, step: str, seconds: float) -> None:
        """Charge what another process took."""
        self._page[self.name(step)] += seconds

    def table(self) -> dict[str, float]:
        """Return the seconds of each step."""
        return {step: self._page[number] for step, number in self._numbers.items()}


class Steps:
    """Wraps functions so that a clock knows when they are at work, by stage of the path."""

    def __init__(self) -> None:
        """Wrap nothing yet."""
        self.clock = Clock()
        self.stage = ""

    def timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same and is timed; generators count while they run."""
        turn, number = self.clock.turn, self._number

        @wraps(function)
        def call(*args: object, **kwargs: object) -> object:
            turn(number(step))
            try:
                result = function(*args, **kwargs)
            finally:
                turn(None)
            return items(result) if isinstance(result, Iterator) else result

        def items(results: Iterator[object]) -> Iterator[object]:
            while True:
                turn(number(step))
                try:
                    item = next(results)
                except StopIteration:
                    return
                finally:
                    turn(None)
                yield item

        return call

    def _number(self, step: str) -> int:
        return self.clock.name(f"{self.stage}: {step}")

    def name_all(self, steps: Sequence[str]) -> None:
        """Give numbers to steps of every stage: children are forked with those that are there."""
        for stage in _STAGES:
            for step in steps:
                self.clock.name(f"{stage}: {step}")

    def wrap_all(self) -> None:
        """Wrap every function of `STEPS`."""
        self.name_all([step for _, _, step in STEPS])
        for module, name, step in STEPS:
            owner: Any = importlib.import_module(module)
            *parts, last = name.split(".")
            for part in parts:
                owner = getattr(owner, part)
            setattr(owner, last, self.timed(step, getattr(owner, last)))

    def wrap_detectors(self, context: Context) -> None:
        """Wrap the detectors of a process, each as a step."""
        self.name_all([f"family {d.family}" for d in context.detectors()])
        for detector in context.detectors():
            method = "scan_all" if isinstance(detector, BatchDetector) else "scan"
            kind: Any = type(detector)
            setattr(kind, method, self.timed(f"family {detector.family}", getattr(kind, method)))


def run_steps(context: Context, source: Path) -> dict[str, float]:
    """Run the whole path over a repository; return the processor time of each step."""
    steps = Steps()
    load(context)
    steps.wrap_all()
    steps.wrap_detectors(context)
    repository = registered(context, source)
    params = {"tiers": [tier.value for tier in Tier], "history": False}
    run_id = context.jobs.start_run("sync", params, lambda run: first_jobs(run, [repository]))
    while not context.jobs.is_finished(run_id):
        for job_id in context.jobs.ready_ids(limit=1):
            job = context.jobs.find(job_id)
            steps.stage = job.stage if job else "?"
            before = _children()
            known = sum(steps.clock.table().values())
            own = time.process_time()
            steps.timed("all else", partial(run_job, context, job_id, lambda _: None))()
            inside = sum(steps.clock.table().values()) - known - (time.process_time() - own)
            steps.clock.add(
                f"{steps.stage}: programs, and all of children else",
                max(_children() - before - max(inside, 0.0), 0.0),
            )
        settle(context, run_id)
    return steps.clock.table()


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, default=Path())
    source = parser.parse_args().repo.resolve()
    with tempfile.TemporaryDirectory(prefix="shardgate-steps-") as home:
        copy_head(source, Path(home) / "source.git")
        context = Context(settings=Settings(home=Path(home) / "state", allow_local=True))
        table = run_steps(context, Path(home) / "source.git")
    for step, seconds in sorted(table.items(), key=_rank):
        if seconds >= _LEAST_SECONDS:
            print(f"{step:52}{seconds:8.2f} s")
    print(f"{'all':52}{sum(table.values()):8.2f} s")


def _rank(item: tuple[str, float]) -> tuple[int, float]:
    """Order steps by stage, and the longest first."""
    step, seconds = item
    return _STAGES.index(step.partition(":")[0]), -seconds


if __name__ == "__main__":
    main()
