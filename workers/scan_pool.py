"""Scan units on several cores: forked workers that each run the workers' own `scan_batch`.

Detectors are loaded once, before the fork. A worker leads a process group of its own, so that it
and the child in which it scans end together: when the parent stops it, and when the parent is
gone. When the worker alone dies, the parent ends what it left behind. Facts come back as files of
a private folder; a worker that dies costs its batch, whose units are recorded as failed.
"""

from __future__ import annotations

import json
import os
import select
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

import pyarrow as pa

from ingest.detect.detector import BlobDetector
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family, ScanStatus
from ingest.domain.tree import ScanUnit
from ingest.errors import MirrorCorrupt
from workers.sandbox import OpenBlobs, Progress, ScanLimits, scan_batch

_MAX_BATCH_BYTES: Final = 8 * 2**20
_MAX_BATCH_UNITS: Final = 4000
_BATCHES_PER_JOB: Final = 4
_MIN_BATCH_BYTES: Final = 2**18
_READ_BYTES: Final = 1 << 16
_POLL_SECONDS: Final = 0.5

Batch = Sequence[ScanUnit]
Facts = dict[Family, pa.Table]
Scan = Callable[[Sequence[ScanUnit], OpenBlobs, Sequence[BlobDetector]], Facts]
"""Scans units with detectors, as `scan_units` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTask:
    """What is to be scanned, with what, and where facts may be put."""

    units: Sequence[ScanUnit]
    open_blobs: OpenBlobs
    detectors: Sequence[BlobDetector]
    limits: ScanLimits
    folder: Path
    """Private and empty."""
    jobs: int

    def cut(self) -> list[list[ScanUnit]]:
        """Return batches, several for each worker, so that one that is slow is not waited for."""
        total = sum(unit.size for unit in self.units)
        share = total // (self.jobs * _BATCHES_PER_JOB)
        most = min(max(share, _MIN_BATCH_BYTES), _MAX_BATCH_BYTES)
        batches: list[list[ScanUnit]] = []
        size = most
        for unit in self.units:
            if size >= most or len(batches[-1]) >= _MAX_BATCH_UNITS:
                batches.append([])
                size = 0
            batches[-1].append(unit)
            size += unit.size
        return batches


@dataclass(slots=True)
class _Worker:
    """A forked process and the two pipes that lead to it."""

    pid: int
    orders: int
    reports: int
    batch: int = -1
    pending: bytes = b""
    is_reaped: bool = False

    def is_dead(self) -> bool:
        """Tell whether the process has ended; its pipes may be held open by what it started."""
        if not self.is_reaped:
            self.is_reaped = os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
        return self.is_reaped


@dataclass(slots=True)
class _Pool:
    task: PoolTask
    batches: list[list[ScanUnit]]
    progress: Progress
    waiting: deque[int] = field(default_factory=deque)
    workers: dict[int, _Worker] = field(default_factory=dict)
    done: dict[int, int] = field(default_factory=dict)
    """Units that are done, by batch."""
    dead: set[int] = field(default_factory=set)


def scan_units(task: PoolTask, progress: Progress) -> Facts:
    """Return one facts table per detector's family, a row per unit in the order given.

    Raises:
        MirrorCorrupt: a blob of a mirror could not be read.
    """
    pool = _Pool(task=task, batches=task.cut(), progress=progress)
    pool.waiting.extend(range(len(pool.batches)))
    try:
        while pool.waiting or pool.workers:
            while pool.waiting and len(pool.workers) < task.jobs:
                _start(pool)
            _listen(pool)
    finally:
        for worker in list(pool.workers.values()):
            _end(pool, worker)
    return _collect(pool)


def _start(pool: _Pool) -> None:
    order_reader, order_writer = os.pipe()
    report_reader, report_writer = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        for other in pool.workers.values():
            os.close(other.orders)
            os.close(other.reports)
        os.close(order_writer)
        os.close(report_reader)
        _worker_main(pool, order_reader, report_writer, parent)
    os.close(order_reader)
    os.close(report_writer)
    worker = _Worker(pid=pid, orders=order_writer, reports=report_reader)
    pool.workers[report_reader] = worker
    _order(pool, worker)


def _order(pool: _Pool, worker: _Worker) -> None:
    """Give the worker its next batch, or end it."""
    if not pool.waiting:
        _end(pool, worker)
        return
    worker.batch = pool.waiting.popleft()
    with suppress(BrokenPipeError):
        os.write(worker.orders, b"%d\n" % worker.batch)


def _listen(pool: _Pool) -> None:
    # Asked first: what a dead one has told is then all in its pipe.
    dead = [descriptor for descriptor, worker in pool.workers.items() if worker.is_dead()]
    ready, _, _ = select.select(list(pool.workers), [], [], 0 if dead else _POLL_SECONDS)
    for descriptor in {*dead, *ready}:
        worker = pool.workers[descriptor]
        data = os.read(descriptor, _READ_BYTES) if descriptor in ready else b""
        if not data:
            # Whatever ended it ends this batch only; the next worker goes on behind it.
            pool.dead.add(worker.batch)
            _end(pool, worker)
            continue
        *lines, worker.pending = (worker.pending + data).split(b"\n")
        for line in lines:
            _take(pool, worker, json.loads(line))
    total = sum(len(batch) for batch in pool.batches)
    pool.progress(sum(pool.done.values()), total)


def _take(pool: _Pool, worker: _Worker, report: dict[str, object]) -> None:
    if "error" in report:
        raise MirrorCorrupt(str(report["error"]))
    pool.done[worker.batch] = int(str(report["done"]))
    if report.get("ended"):
        _order(pool, worker)


def _end(pool: _Pool, worker: _Worker) -> None:
    """End a worker with whatever it started."""
    pool.workers.pop(worker.reports, None)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(worker.pid, signal.SIGKILL)
    os.close(worker.orders)
    os.close(worker.reports)
    if not worker.is_reaped:
        os.kill(worker.pid, signal.SIGKILL)
        os.waitpid(worker.pid, 0)


def _worker_main(pool: _Pool, orders: int, reports: int, parent: int) -> NoReturn:
    """Scan batches as they are ordered; never return into the parent's code."""
    code = 1
    try:
        os.setpgid(0, 0)
        # The child in which a batch is scanned may outlive us: it must not keep our pipes open.
        os.register_at_fork(after_in_child=partial(_close_all, (orders, reports)))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        with os.fdopen(orders, "rb") as lines, os.fdopen(reports, "wb", buffering=0) as out:
            for line in lines:
                _scan_one(pool, int(line), out.write, parent)
        code = 0
    finally:
        os._exit(code)


def _close_all(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        with suppress(OSError):
            os.close(descriptor)


def _scan_one(pool: _Pool, number: int, write: object, parent: int) -> None:
    assert callable(write)  # noqa: S101 - narrows the type

    def tell(done: int, total: int) -> None:
        del total
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)
        write(b'{"done": %d}\n' % done)

    task, batch = pool.task, pool.batches[number]
    try:
        tables = scan_batch(
            batch,
            open_blobs=task.open_blobs,
            detectors=task.detectors,
            limits=task.limits,
            progress=tell,
        )
    except MirrorCorrupt as error:
        write(json.dumps({"error": error.message}).encode() + b"\n")
        return
    for family, table in tables.items():
        path = str(_file(task, number, family))
        with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    write(b'{"done": %d, "ended": true}\n' % len(batch))


def _file(task: PoolTask, number: int, family: Family) -> Path:
    return task.folder / f"{number}.{family.value}.arrow"


def _collect(pool: _Pool) -> Facts:
    facts: Facts = {}
    for detector in pool.task.detectors:
        family = detector.family
        parts = [facts_schema(family).empty_table()]
        for number, batch in enumerate(pool.batches):
            parts.append(_read(pool, number, family, batch))
        facts[family] = pa.concat_tables(parts)
    return facts


def _read(pool: _Pool, number: int, family: Family, batch: Batch) -> pa.Table:
    path = _file(pool.task, number, family)
    if number in pool.dead or not path.exists():
        return failed_rows(batch, family)
    with pa.OSFile(str(path), "rb") as file:
        table = pa.ipc.open_file(file).read_all()
    path.unlink()
    return table


def failed_rows(units: Batch, family: Family) -> pa.Table:
    """Return facts that say of every unit that its scan failed."""
    rows = [
        {
            "blob_id": unit.blob_id,
            "suffix": unit.suffix,
            "status": ScanStatus.FAILED.value,
            "reason": "scan process died",
        }
        for unit in units
    ]
    return pa.Table.from_pylist(rows, schema=facts_schema(family))
