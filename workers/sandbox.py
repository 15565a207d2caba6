"""Scan blobs in a child process that can be killed.

Detectors read hostile bytes with engines we did not write: a regular expression may hang, a parser
may crash the process. So a worker forks a child per batch (loaded engines are shared by
copy-on-write). The child writes on a page that both share which scan it is at and since when; the
parent watches that page and kills the child when one scan, or one window inside it, takes too
long. The scan that did it is recorded as timed out or failed, a new child goes on behind it, and
the rest of the batch is kept.

Results travel as Arrow tables over a pipe, one per stretch and family. A `Secret` fits into no
column, so none can travel.
"""

from __future__ import annotations

import gc
import itertools
import os
import resource
import select
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import pyarrow as pa

from ingest.detect import pace
from ingest.detect.detector import BlobDetector, is_batched, plain
from ingest.detect.views import shelf
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family, ScanStatus
from ingest.domain.text import NotText, ScanText, normalise
from ingest.domain.tree import ScanUnit
from ingest.errors import MirrorCorrupt
from workers import scan_pipe
from workers.lifeline import end_with
from workers.scan_pipe import Listener
from workers.scanclock import IDLE, WHOLE_STRETCH, ScanClock
from workers.sealed import SealedBlob

_READ_BYTES = 1 << 20
_POLL_SECONDS = 0.25
_GC_THRESHOLD = 200_000
STRETCH_BYTES = 1 << 20
"""Texts that are scanned by one detector before the next has its turn."""
_EXTRA_MEMORY_BYTES = 3 * 2**30
_STARTUP_ALLOWANCE_SECONDS = 20.0
MEMORY = "memory"
"""Reason of a scan that met the cap on memory."""

Row = dict[str, object]
OpenBlobs = Callable[[Sequence[str]], AbstractContextManager[Iterator[tuple[str, bytes | NotText]]]]
"""Opens a stream of (blob id, stored bytes) in the order asked; a source whose blobs may go away
gives the reason in place of the bytes."""


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
    window_seconds: float = 5.0
    """Wall clock of one window inside a scan, where a detector tells of its windows."""
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
    listener: Listener | None = None
    tables: dict[Family, list[pa.Table]] = field(default_factory=dict)
    digests: list[bytes] = field(default_factory=list)
    """SHA-256 of each text of the present stretch, as the child had it; none without a listener."""
    stretch: int = 0
    step: int = 0
    """Index of the detector that is at the stretch."""
    blamed: dict[int, Row] = field(default_factory=dict)
    """Units of the present stretch and step whose scan killed a child."""
    one_by_one: bool = False
    """Whether the present stretch and step is not to be scanned in one call."""

    def keep(self, table: pa.Table) -> None:
        """Keep what one detector found in one stretch, and move on.

        Raises:
            ValueError: the table is not about the units of the stretch.
        """
        units = self.stretches[self.stretch]
        table.validate(full=True)
        if table["blob_id"].to_pylist() != [unit.blob_id for unit in units]:
            msg = "a child reported on other blobs than it was asked about"
            raise ValueError(msg)
        detector = self.detectors[self.step]
        self.tables[detector.family].append(table)
        if self.listener is not None and self.digests:
            self.listener.keep(detector, self.digests, table)
        self.blamed, self.one_by_one = {}, False
        self.step += 1
        if self.step == len(self.detectors):
            self.stretch, self.step, self.digests = self.stretch + 1, 0, []

    def blame(self, position: int, status: ScanStatus, reason: str) -> None:
        """Record the scan that was under way as ended without a result.

        A call for the whole stretch is repeated unit by unit, to find the one. A child that died
        between two scans is held against the first unit that nothing is known of.
        """
        if position == WHOLE_STRETCH:
            self.one_by_one = True
            return
        units = self.stretches[self.stretch]
        if position == IDLE:
            position = next(n for n in range(len(units)) if n not in self.blamed)
        self.blamed[position] = _scan_row(units[position], status, reason)
        if len(self.blamed) == len(units):
            family = self.detectors[self.step].family
            self.keep(_encode([self.blamed[n] for n in range(len(units))], family))

    @property
    def is_done(self) -> bool:
        return self.stretch >= len(self.stretches)

    @property
    def units_done(self) -> int:
        """Units that all detectors are through with, as good as."""
        done = sum(len(stretch) for stretch in self.stretches[: self.stretch])
        if self.step:
            done += len(self.stretches[self.stretch]) * self.step // len(self.detectors)
        return done


def _cut(units: Sequence[ScanUnit]) -> list[list[ScanUnit]]:
    stretches: list[list[ScanUnit]] = []
    size = STRETCH_BYTES
    for unit in units:
        if size >= STRETCH_BYTES:
            stretches.append([])
            size = 0
        stretches[-1].append(unit)
        size += unit.size
    return stretches


def scan_batch(  # noqa: PLR0913 - what to scan, with what, and who is told of it
    units: Sequence[ScanUnit],
    *,
    open_blobs: OpenBlobs,
    detectors: Sequence[BlobDetector],
    limits: ScanLimits,
    progress: Progress,
    listener: Listener | None = None,
) -> dict[Family, pa.Table]:
    """Scan every unit with every detector; return one facts table per family.

    Each table has one row per unit, in the order of the units, whatever happened: a scan that
    hung, crashed or raised has a row that says so.
    """
    tables: dict[Family, list[pa.Table]] = {detector.family: [] for detector in detectors}
    batch = _Batch(stretches=_cut(units), detectors=detectors, tables=tables, listener=listener)
    while detectors and not batch.is_done:
        _run_child(batch, open_blobs, limits, progress)
    return {
        family: pa.concat_tables([facts_schema(family).empty_table(), *parts])
        for family, parts in batch.tables.items()
    }


def _scan_row(unit: ScanUnit, status: ScanStatus, reason: str = "") -> Row:
    return {"blob_id": unit.blob_id, "suffix": unit.suffix, "status": status, "reason": reason}


def _run_child(
    batch: _Batch, open_blobs: OpenBlobs, limits: ScanLimits, progress: Progress
) -> None:
    """Run one child until it ends or must be killed; keep what it reported."""
    with ScanClock() as clock:
        reader, writer = os.pipe()
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            end_with(parent)
            os.close(reader)
            _child_main(writer, batch, (open_blobs, limits, clock))
        os.close(writer)
        over: float | None = 0.0
        try:
            over = _collect(reader, batch, (limits, clock), progress)
        finally:
            os.close(reader)
            if over is not None:
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        if batch.is_done:
            return
        if over is None:
            batch.blame(clock.position, ScanStatus.FAILED, "detector process died")
        else:
            batch.blame(clock.position, ScanStatus.TIMED_OUT, f"over {over:g} s")


def _collect(
    reader: int, batch: _Batch, watch: tuple[ScanLimits, ScanClock], progress: Progress
) -> float | None:
    """Keep tables until the child closes the pipe; return the seconds that a scan is over.

    Raises:
        MirrorCorrupt: the child could not read a blob.
    """
    limits, clock = watch
    pending = bytearray()
    total = sum(len(stretch) for stretch in batch.stretches)
    poll = min(_POLL_SECONDS, limits.seconds / 4)
    while True:
        ready, _, _ = select.select([reader], [], [], poll)
        progress(batch.units_done, total)
        if not ready:
            over = clock.over(limits.seconds, limits.window_seconds, _STARTUP_ALLOWANCE_SECONDS)
            if over is not None:
                return over
            continue
        data = os.read(reader, _READ_BYTES)
        if not data:
            return None
        pending += data
        for kind, body in scan_pipe.messages(pending):
            if kind == scan_pipe.ERROR:
                raise MirrorCorrupt(body.decode())
            if kind == scan_pipe.DIGESTS:
                batch.digests = scan_pipe.split_digests(body)
            else:
                batch.keep(pa.ipc.open_stream(body).read_all())


def _child_main(
    writer: int, batch: _Batch, work: tuple[OpenBlobs, ScanLimits, ScanClock]
) -> NoReturn:
    """Scan from where the batch stands; never return into the parent's code."""
    open_blobs, limits, clock = work
    code = 1
    try:
        _limit_child(limits)
        pace.watch(clock)
        # The C library puts its locks right after a fork; Arrow's own allocator may not.
        pa.set_memory_pool(pa.system_memory_pool())
        with os.fdopen(writer, "wb") as out:
            try:
                for told in _scan_rest(batch, open_blobs, clock):
                    if isinstance(told, bytes):
                        scan_pipe.send(out, scan_pipe.DIGESTS, told)
                    else:
                        scan_pipe.send_table(out, told)
            except MirrorCorrupt as error:
                scan_pipe.send(out, scan_pipe.ERROR, error.message.encode())
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


def _scan_rest(
    batch: _Batch, open_blobs: OpenBlobs, clock: ScanClock
) -> Iterator[pa.Table | bytes]:
    """Yield the facts of each stretch and detector that are left, in their order.

    Before those of a stretch come the digests of its texts, if somebody listens.
    """
    stretches = batch.stretches[batch.stretch :]
    step, blamed, one_by_one = batch.step, batch.blamed, batch.one_by_one
    with open_blobs([unit.blob_id for stretch in stretches for unit in stretch]) as blobs:
        for stretch in stretches:
            stored = itertools.islice(blobs, len(stretch))
            texts = [_text_of(u, data) for u, (_, data) in zip(stretch, stored, strict=True)]
            if batch.listener is not None:
                yield scan_pipe.join_digests(
                    [t.data if isinstance(t, ScanText) else b"" for t in texts]
                )
            with shelf.keep():
                for detector in batch.detectors[step:]:
                    whole = None if one_by_one or blamed else _scan_whole(detector, texts, clock)
                    rows = [
                        blamed.get(n) or _scan_one(detector, texts[n], (clock, n, unit), whole)
                        for n, unit in enumerate(stretch)
                    ]
                    clock.stop()
                    yield _encode(rows, detector.family)
                    blamed, one_by_one = {}, False
            step = 0


def _text_of(unit: ScanUnit, stored: bytes | NotText) -> ScanText | NotText:
    if isinstance(stored, NotText):
        return stored
    try:
        data, _ = normalise(stored)
    except NotText as error:
        return SealedBlob(error.reason, stored)
    return ScanText(blob_id=unit.blob_id, suffix=unit.suffix, data=data)


def _scan_whole(
    detector: BlobDetector, texts: Sequence[ScanText | NotText], clock: ScanClock
) -> Mapping[int, Mapping[str, object]] | None:
    """Scan a stretch in one call where the detector can; None where that is not possible."""
    if not is_batched(detector):
        return None
    numbers = [n for n, text in enumerate(texts) if isinstance(text, ScanText)]
    clock.start(WHOLE_STRETCH)
    try:
        found = detector.scan_all([text for text in texts if isinstance(text, ScanText)])
    except Exception:  # noqa: BLE001 - one of them did it; which one is found out one by one
        return None
    return dict(zip(numbers, found, strict=True))


def _scan_one(
    detector: BlobDetector,
    text: ScanText | NotText,
    at: tuple[ScanClock, int, ScanUnit],
    whole: Mapping[int, Mapping[str, object]] | None,
) -> Row:
    """Scan one blob with one detector; an exception is a failed scan that names its type only."""
    clock, number, unit = at
    if isinstance(text, NotText) and not isinstance(text, SealedBlob):
        return _scan_row(unit, ScanStatus.FAILED, text.reason)
    clock.start(number)
    try:
        if isinstance(text, SealedBlob):
            return _look_at_sealed(detector, unit, text)
        columns = detector.scan(text) if whole is None else whole[number]
    except MemoryError:
        return _scan_row(unit, ScanStatus.FAILED, MEMORY)
    except Exception as error:  # noqa: BLE001 - fail closed; the message could hold content
        return _scan_row(unit, ScanStatus.FAILED, type(error).__name__)
    row = _scan_row(unit, ScanStatus.COMPLETED)
    for name, value in columns.items():
        # Only lists hold findings, and hardly any list has one.
        row[name] = plain(value) if isinstance(value, (list, tuple)) else value
    return row


def _look_at_sealed(detector: BlobDetector, unit: ScanUnit, sealed: SealedBlob) -> Row:
    """Return a failed scan that tells what was found in the readable parts all the same."""
    name = ScanText(blob_id=unit.blob_id, suffix=unit.suffix, data=b"")
    found, reason = sealed.look(detector, name)
    row = _scan_row(unit, ScanStatus.FAILED, reason)
    return row | {"findings": plain(found)} if found else row


def _encode(rows: Sequence[Row], family: Family) -> pa.Table:
    """Return rows as a facts table; a row that does not fit its columns is a failed scan."""
    schema = facts_schema(family)
    try:
        return pa.Table.from_pylist(list(rows), schema=schema)
    except Exception:  # noqa: BLE001 - whichever row it is, the others are kept
        return pa.concat_tables([_encode_one(row, schema) for row in rows])


def _encode_one(row: Row, schema: pa.Schema) -> pa.Table:
    try:
        return pa.Table.from_pylist([row], schema=schema)
    except Exception as error:  # noqa: BLE001 - the message could hold content
        failed = {name: row[name] for name in ("blob_id", "suffix")}
        failed |= {"status": ScanStatus.FAILED, "reason": type(error).__name__}
        return pa.Table.from_pylist([failed], schema=schema)
