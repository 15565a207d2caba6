from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.detect import pace
from ingest.detect.detector import BlobDetector
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText
from ingest.domain.tree import ScanUnit
from ingest.errors import MirrorCorrupt
from tests.strategies.ingest import KEY
from workers.sandbox import ScanLimits, scan_batch

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
LIMITS = ScanLimits(seconds=0.5)
WINDOWED = ScanLimits(seconds=30.0, window_seconds=0.2)


@dataclass
class Hostile:
    """A detector that does to the process what the text says."""

    family: Family = Family.SECRETS
    ruleset_digest: str = "0" * 64
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        match text.data:
            case b"hang":
                time.sleep(60)
            case b"die":
                os.kill(os.getpid(), signal.SIGKILL)
            case b"exit":
                os._exit(3)
            case b"raise":
                raise ValueError("content that must not be told")
            case b"leak":
                return {"findings": [Secret(b"x")], "allow_markers": 0}
            case b"eat":
                _ = bytearray(64 * 2**30)
            case b"window":
                with pace.window:
                    time.sleep(60)
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


@dataclass
class Calm(Hostile):
    """Another family on the same blobs."""

    family: Family = Family.PII

    def scan(self, text: ScanText) -> Mapping[str, object]:
        return {"findings": []}


@dataclass
class Batched(Hostile):
    """A family that scans many texts in one call, with the same hostility in it."""

    family: Family = Family.CONFIDENTIAL

    def scan(self, text: ScanText) -> Mapping[str, object]:
        return {"findings": Hostile.scan(self, text)["findings"]}

    def scan_all(self, texts: Sequence[ScanText]) -> Sequence[Mapping[str, object]]:
        return [self.scan(text) for text in texts]


@dataclass
class Listening:
    """Keeps the texts' digests that come with completed scans."""

    heard: list[tuple[Family, bytes]] = field(default_factory=list)

    def keep(self, detector: BlobDetector, digests: Sequence[bytes], facts: pa.Table) -> None:
        rows = zip(digests, facts["status"].to_pylist(), strict=True)
        self.heard += [(detector.family, d) for d, status in rows if status == "completed"]


def run(
    contents: Sequence[bytes],
    *detectors: Hostile,
    limits: ScanLimits = LIMITS,
    listener: Listening | None = None,
) -> dict[Family, list[tuple[str, str]]]:
    units = [ScanUnit(blob_id=f"{i:040x}", suffix="", size=len(c)) for i, c in enumerate(contents)]
    stored = dict(zip((u.blob_id for u in units), contents, strict=True))

    @contextmanager
    def open_blobs(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
        yield ((blob_id, stored[blob_id]) for blob_id in blob_ids)

    tables = scan_batch(
        units,
        open_blobs=open_blobs,
        detectors=detectors,
        limits=limits,
        progress=lambda done, total: None,
        listener=listener,
    )
    for table in tables.values():
        assert table["blob_id"].to_pylist() == [u.blob_id for u in units]
    return {
        family: list(zip(t["status"].to_pylist(), t["reason"].to_pylist(), strict=True))
        for family, t in tables.items()
    }


@pytest.mark.parametrize("poison", [b"die", b"raise", b"\x00binary"])
def test_a_listener_hears_of_the_bytes_that_detectors_were_shown(poison: bytes) -> None:
    listener = Listening()
    run([b"a", "b\xe4".encode("latin-1"), poison, b"c"], Hostile(), Batched(), listener=listener)
    shown = [hashlib.sha256(text).digest() for text in (b"a", "b\xe4".encode(), b"c")]
    families = (Family.SECRETS, Family.CONFIDENTIAL)
    assert listener.heard == [(family, digest) for family in families for digest in shown]


@pytest.mark.parametrize(
    ("poison", "status", "reason"),
    [
        (b"die", "failed", "detector process died"),
        (b"exit", "failed", "detector process died"),
        (b"raise", "failed", "ValueError"),
        (b"eat", "failed", "memory"),
        (b"\x00binary", "failed", "binary"),
    ],
)
def test_one_bad_blob_is_recorded_and_the_rest_is_kept(
    poison: bytes, status: str, reason: str
) -> None:
    rows = run([b"a", b"b", poison, b"c", b"d"], Hostile())[Family.SECRETS]
    assert rows[2] == (status, reason)
    assert [row for i, row in enumerate(rows) if i != 2] == [("completed", "")] * 4


def test_a_blob_that_hangs_is_killed_at_the_deadline_and_blamed_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.sandbox._STARTUP_ALLOWANCE_SECONDS", 0.0)
    rows = run([b"a", b"hang", b"b"], Hostile(), Calm())
    assert rows[Family.SECRETS] == [
        ("completed", ""),
        ("timed_out", "over 0.5 s"),
        ("completed", ""),
    ]
    assert rows[Family.PII] == [("completed", "")] * 3


def test_a_window_that_hangs_is_killed_at_its_own_deadline() -> None:
    rows = run([b"a", b"window", b"b"], Hostile(), limits=WINDOWED)[Family.SECRETS]
    assert rows == [("completed", ""), ("timed_out", "over 0.2 s"), ("completed", "")]


@pytest.mark.parametrize("poison", [b"die", b"raise", b"hang", b"leak"])
def test_one_bad_blob_of_a_call_for_many_is_found_and_blamed_alone(poison: bytes) -> None:
    rows = run([b"a", poison, b"\0", b"b"], Batched())[Family.CONFIDENTIAL]
    assert [status for status, _ in rows] == [
        "completed",
        "timed_out" if poison == b"hang" else "failed",
        "failed",
        "completed",
    ]


def test_two_poisons_side_by_side_are_both_found() -> None:
    rows = run([b"die", b"die", b"a"], Hostile(), Calm())
    assert [status for status, _ in rows[Family.SECRETS]] == ["failed", "failed", "completed"]
    assert [status for status, _ in rows[Family.PII]] == ["completed"] * 3


def test_a_value_cannot_leave_the_child() -> None:
    rows = run([b"leak", b"a"], Hostile())[Family.SECRETS]
    assert rows == [("failed", "ArrowTypeError"), ("completed", "")]


def test_a_damaged_mirror_is_the_jobs_failure_not_the_blobs() -> None:
    @contextmanager
    def open_blobs(_: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
        raise MirrorCorrupt("object is missing")
        yield iter(())

    unit = ScanUnit(blob_id="0" * 40, suffix="", size=1)
    with pytest.raises(MirrorCorrupt, match="missing"):
        scan_batch(
            [unit],
            open_blobs=open_blobs,
            detectors=[Hostile()],
            limits=LIMITS,
            progress=lambda done, total: None,
        )


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([b"a", b"bb", b"die", b"raise", b"\0"]), max_size=6))
def test_every_unit_has_one_row_whatever_happens(contents: list[bytes]) -> None:
    rows = run(contents, Hostile(), Calm())
    assert len(rows[Family.SECRETS]) == len(rows[Family.PII]) == len(contents)


def test_no_process_is_left_behind() -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    run([b"a", b"die", b"b"], Hostile())
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked by prctl")
def test_a_scan_that_hangs_ends_with_the_process_that_began_it() -> None:
    worker = os.fork()
    if worker == 0:
        run([b"hang"], Hostile(), limits=ScanLimits(seconds=60.0))
        os._exit(0)
    process = psutil.Process(worker)
    while not (scans := process.children()):
        time.sleep(0.01)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    psutil.wait_procs(scans, timeout=5)
    assert not any(s.is_running() and s.status() != psutil.STATUS_ZOMBIE for s in scans)
