"""Several workers give what one gives; whatever dies costs its batch, and nothing is left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import NotText, ScanText
from ingest.domain.tree import ScanUnit
from ingest.errors import MirrorCorrupt
from tests.strategies.ingest import KEY
from workers.sandbox import ScanLimits
from workers.scan_pool import PoolTask, _listen, _Pool, _Worker, scan_units

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@dataclass
class Hostile:
    """A detector that does what the text says."""

    family: Family = Family.SECRETS
    ruleset_digest: str = "0" * 64
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        match text.data.split()[0]:
            case b"hang":
                time.sleep(60)
            case b"kill-worker":
                if name := text.data.split()[1:]:
                    Path(os.fsdecode(name[0])).write_text(str(os.getpid()))
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(3600)
            case b"nothing":
                return {"findings": [], "allow_markers": 0}
        finding = Finding.of(
            Secret(text.data),
            key=KEY,
            detector_id="hostile",
            rule_id="all",
            category=Category.PASSWORD,
            start=0,
            end=len(text.data),
            line=1,
            confidence=Confidence.LOW,
        )
        return {"findings": [finding], "allow_markers": 0}


def task(folder: Path, contents: Sequence[bytes | NotText], jobs: int) -> PoolTask:
    sizes = [300_000 if isinstance(c, bytes) else 1 for c in contents]
    units = [ScanUnit(blob_id=f"{i:040x}", suffix="", size=s) for i, s in enumerate(sizes)]
    stored = dict(zip((u.blob_id for u in units), contents, strict=True))

    @contextmanager
    def open_blobs(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes | NotText]]]:
        yield ((blob_id, stored[blob_id]) for blob_id in blob_ids)

    return PoolTask(
        units=units,
        open_blobs=open_blobs,
        detectors=[Hostile()],
        limits=ScanLimits(seconds=0.5),
        folder=folder,
        jobs=jobs,
    )


def run(folder: Path, contents: Sequence[bytes | NotText], jobs: int) -> list[dict[str, object]]:
    facts = scan_units(task(folder, contents, jobs), lambda done, total: None)
    rows: list[dict[str, object]] = facts[Family.SECRETS].to_pylist()
    return rows


def test_more_workers_change_nothing(tmp_path: Path) -> None:
    contents = [b"value %d" % n for n in range(9)]
    assert run(tmp_path, contents, 1) == run(tmp_path, contents, 3)
    assert not list(tmp_path.iterdir())


def test_no_units_are_no_rows(tmp_path: Path) -> None:
    assert run(tmp_path, [], 2) == []


def test_what_hangs_is_told_and_costs_nobody_else(tmp_path: Path) -> None:
    rows = run(tmp_path, [b"a", b"hang", b"b"], 2)
    assert [row["status"] for row in rows] == ["completed", "timed_out", "completed"]


def test_a_worker_that_dies_costs_its_batch(tmp_path: Path) -> None:
    rows = run(tmp_path, [b"a", b"kill-worker", b"b", b"c"], 2)
    assert [row["status"] for row in rows] == ["completed", "failed", "completed", "completed"]


def test_what_a_dead_worker_left_hanging_is_ended_with_it(tmp_path: Path) -> None:
    name, facts = tmp_path / "pid", tmp_path / "facts"
    facts.mkdir()
    rows = run(facts, [b"kill-worker " + os.fsencode(name), b"b"], 1)
    assert [row["status"] for row in rows] == ["failed", "completed"]
    left = int(name.read_text())
    while psutil.pid_exists(left) and psutil.Process(left).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.02)


def test_a_worker_is_dead_even_if_somebody_keeps_its_pipe_open(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    worker = _Worker(pid=pid, orders=os.dup(writer), reports=reader, batch=0)
    pool = _Pool(
        task=task(tmp_path, [b"a"], 1),
        batches=[[]],
        progress=lambda done, total: None,
        workers={reader: worker},
    )
    while pool.workers:
        _listen(pool)
    os.close(writer)
    assert pool.dead == {0}


def test_a_reason_in_place_of_bytes_is_told(tmp_path: Path) -> None:
    (row,) = run(tmp_path, [NotText("changed")], 1)
    assert (row["status"], row["reason"]) == ("failed", "changed")


def test_a_damaged_mirror_stops_the_scan_and_leaves_no_process(tmp_path: Path) -> None:
    broken = task(tmp_path, [b"a", b"b"], 2)
    before = set(psutil.Process().children())

    @contextmanager
    def open_blobs(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes | NotText]]]:
        raise MirrorCorrupt("no such blob")
        yield iter(())

    with pytest.raises(MirrorCorrupt):
        scan_units(
            PoolTask(
                units=broken.units,
                open_blobs=open_blobs,
                detectors=broken.detectors,
                limits=broken.limits,
                folder=tmp_path,
                jobs=2,
            ),
            lambda done, total: None,
        )
    assert set(psutil.Process().children()) <= before


_KILLED = """
import sys, pathlib, tests.workers.test_workers_scan_pool as t
from workers.scan_pool import scan_units
task = t.task(pathlib.Path(sys.argv[1]), [b"hang"] * 4, 2)
object.__setattr__(task, "limits", t.ScanLimits(seconds=60))
print("go", flush=True)
scan_units(task, lambda done, total: None)
"""


def test_a_killed_scan_takes_its_workers_along(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", _KILLED, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as scan:
        assert scan.stdout is not None
        scan.stdout.readline()
        family: list[psutil.Process] = []
        while len(family) < 4:  # two workers, and the child in which each scans
            family = psutil.Process(scan.pid).children(recursive=True)
            time.sleep(0.02)
        scan.kill()
    gone, alive = psutil.wait_procs(family, timeout=30)
    assert (len(gone) >= 4, alive) == (True, [])
