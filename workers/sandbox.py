"""Scan blobs in a child process that can be killed.

Detectors read hostile bytes with engines we did not write: a regular expression may hang, a parser
may crash the process. So a worker forks a child per batch (loaded engines are shared by
copy-on-write), the child reports each result as it is made, and the parent kills it when one scan
takes too long. The scan that did it is recorded as timed out or failed, a new child goes on behind
it, and the rest of the batch is kept.

Results travel as JSON lines over a pipe. A `Secret` cannot be encoded, so none can travel.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import pyarrow as pa

from ingest.detect.detector import BlobDetector, plain
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family, ScanStatus
from ingest.domain.text import NotText, ScanText, normalise
from ingest.domain.tree import ScanUnit
from ingest.errors import MirrorCorrupt

_READ_BYTES = 1 << 20
_POLL_SECONDS = 0.5
_GC_THRESHOLD = 200_000
_STRETCH_BYTES = 1 << 20
_EXTRA_MEMORY_BYTES = 3 * 2**30
_STARTUP_ALLOWANCE_SECONDS = 20.0

Row = dict[str, object]
OpenBlobs = Callable[[Sequence[str]], AbstractContextManager[Iterator[tuple[str, bytes]]]]
"""Opens a stream of (blob id, stored bytes) in the order asked."""


class Progress(Protocol):
    """Told how far the work is; renews the job's lease."""

    def __call__(self, done: int, total: int) -> None:
        """Report blobs done of blobs in all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLimits:
    """What one scan may take."""

    seconds: float = 10.0
    """Wall clock of one family on one blob."""
    extra_memory_bytes: int = _EXTRA_MEMORY_BYTES
    """Address space a child may add to what its parent had."""


@dataclass(slots=True)
class _Batch:
    """Units in stretches of about a megabyte, and how far the scanning of them is.

    A stretch is read once and then scanned by one detector after the other: a detector that
    stays on for many blobs finds its rules in the processor's caches.
    """

    stretches: Sequence[Sequence[ScanUnit]]
    detectors: Sequence[BlobDetector]
    rows: dict[Family, list[Row]] = field(default_factory=dict)
    stretch: int = 0
    step: int = 0
    """Index of the detector that is at the stretch."""
    unit: int = 0
    """Index of the unit in the stretch that is being scanned."""
    scans: int = 0

    def keep(self, row: Row) -> None:
        """Keep one result and move on by one scan."""
        self.rows[self.detectors[self.step].family].append(row)
        self.scans += 1
        self.unit += 1
        if self.unit == len(self.stretches[self.stretch]):
            self.step, self.unit = self.step + 1, 0
        if self.step == len(self.detectors):
            self.stretch, self.step = self.stretch + 1, 0

    def blame(self, status: ScanStatus, reason: str) -> None:
        """Record the scan that is under way as ended without a result."""
        self.keep(_scan_row(self.stretches[self.stretch][self.unit], status, reason))

    @property
    def is_done(self) -> bool:
        return self.stretch >= len(self.stretches)

    @property
    def units_done(self) -> int:
        """Units that all detectors are through with, as good as."""
        return self.scans // len(self.detectors)


def _cut(units: Sequence[ScanUnit]) -> list[list[ScanUnit]]:
    stretches: list[list[ScanUnit]] = []
    size = _STRETCH_BYTES
    for unit in units:
        if size >= _STRETCH_BYTES:
            stretches.append([])
            size = 0
        stretches[-1].append(unit)
        size += unit.size
    return stretches


def scan_batch(
    units: Sequence[ScanUnit],
    *,
    open_blobs: OpenBlobs,
    detectors: Sequence[BlobDetector],
    limits: ScanLimits,
    progress: Progress,
) -> dict[Family, pa.Table]:
    """Scan every unit with every detector; return one facts table per family.

    Each table has one row per unit, in the order of the units, whatever happened: a scan that
    hung, crashed or raised has a row that says so.
    """
    rows: dict[Family, list[Row]] = {detector.family: [] for detector in detectors}
    batch = _Batch(stretches=_cut(units), detectors=detectors, rows=rows)
    while detectors and not batch.is_done:
        _run_child(batch, open_blobs, limits, progress)
    return {family: _as_table(family, rows) for family, rows in batch.rows.items()}


def _as_table(family: Family, rows: list[Row]) -> pa.Table:
    schema = facts_schema(family)
    binary = [f.name for f in schema if pa.types.is_binary(f.type)]
    for row in rows:
        for name in binary:
            if isinstance(text := row.get(name), str):
                row[name] = bytes.fromhex(text)
    return pa.Table.from_pylist(rows, schema=schema)


def _scan_row(unit: ScanUnit, status: ScanStatus, reason: str = "") -> Row:
    return {"blob_id": unit.blob_id, "suffix": unit.suffix, "status": status, "reason": reason}


def _run_child(
    batch: _Batch, open_blobs: OpenBlobs, limits: ScanLimits, progress: Progress
) -> None:
    """Run one child until it ends or must be killed; keep what it reported."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child_main(writer, batch, open_blobs, limits)
    os.close(writer)
    is_in_time = False
    try:
        is_in_time = _collect(reader, batch, limits, progress)
    finally:
        os.close(reader)
        if not is_in_time:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if batch.is_done:
        return
    if is_in_time:
        batch.blame(ScanStatus.FAILED, "detector process died")
    else:
        batch.blame(ScanStatus.TIMED_OUT, f"over {limits.seconds:g} s")


def _collect(reader: int, batch: _Batch, limits: ScanLimits, progress: Progress) -> bool:
    """Keep frames until the child closes the pipe (True) or is silent for too long (False).

    Raises:
        MirrorCorrupt: the child could not read a blob.
    """
    pending = b""
    total = sum(len(stretch) for stretch in batch.stretches)
    deadline = time.monotonic() + limits.seconds + _STARTUP_ALLOWANCE_SECONDS
    while True:
        ready, _, _ = select.select([reader], [], [], _POLL_SECONDS)
        progress(batch.units_done, total)
        if not ready:
            if time.monotonic() > deadline:
                return False
            continue
        data = os.read(reader, _READ_BYTES)
        if not data:
            return True
        *frames, pending = (pending + data).split(b"\n")
        for frame in frames:
            message = json.loads(frame)
            if "error" in message:
                raise MirrorCorrupt(message["error"])
            batch.keep(message)
            deadline = time.monotonic() + limits.seconds


def _child_main(writer: int, batch: _Batch, open_blobs: OpenBlobs, limits: ScanLimits) -> NoReturn:
    """Scan from where the batch stands; never return into the parent's code."""
    code = 1
    try:
        _limit_child(limits)
        with os.fdopen(writer, "wb") as out:
            try:
                for row in _scan_rest(batch, open_blobs):
                    out.write(json.dumps(row, default=_encode).encode() + b"\n")
                    out.flush()
            except MirrorCorrupt as error:
                out.write(json.dumps({"error": error.message}).encode() + b"\n")
        code = 0
    finally:
        # Neither exit handlers nor tracebacks of the worker belong to the child.
        os._exit(code)


def _limit_child(limits: ScanLimits) -> None:
    """Default signals, no core dump, and a cap on memory where the system can tell its use."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_DFL)
    # A child lives for one batch: rare collections, as most garbage of a scan has no cycles.
    gc.set_threshold(_GC_THRESHOLD)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - a kernel file
            used = int(file.read().split()[0]) * resource.getpagesize()
        cap = used + limits.extra_memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))


def _scan_rest(batch: _Batch, open_blobs: OpenBlobs) -> Iterator[Row]:
    stretches = batch.stretches[batch.stretch :]
    step, first = batch.step, batch.unit
    with open_blobs([unit.blob_id for stretch in stretches for unit in stretch]) as blobs:
        for stretch in stretches:
            stored = itertools.islice(blobs, len(stretch))
            texts = [_text_of(u, data) for u, (_, data) in zip(stretch, stored, strict=True)]
            for detector in batch.detectors[step:]:
                for unit, text in zip(stretch[first:], texts[first:], strict=True):
                    yield _scan_one(detector, unit, text)
                first = 0
            step = 0


def _text_of(unit: ScanUnit, stored: bytes) -> ScanText | NotText:
    try:
        data, _ = normalise(stored)
    except NotText as error:
        return error
    return ScanText(blob_id=unit.blob_id, suffix=unit.suffix, data=data)


def _scan_one(detector: BlobDetector, unit: ScanUnit, text: ScanText | NotText) -> Row:
    """Scan one blob with one detector; an exception is a failed scan that names its type only."""
    if isinstance(text, NotText):
        return _scan_row(unit, ScanStatus.FAILED, text.reason)
    try:
        columns = detector.scan(text)
    except Exception as error:  # noqa: BLE001 - fail closed; the message could hold content
        return _scan_row(unit, ScanStatus.FAILED, type(error).__name__)
    row = _scan_row(unit, ScanStatus.COMPLETED)
    row.update({name: plain(value) for name, value in columns.items()})
    return row


def _encode(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    msg = f"cannot report a {type(value).__name__}"
    raise TypeError(msg)
