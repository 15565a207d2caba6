"""A scan with detectors of our own: what hangs, dies or changes is told, and nothing vanishes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.detector import plain
from ingest.detect.funnel import merge_spans
from ingest.domain.artefacts import facts_schema
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import NotText, ScanText
from ingest.domain.tree import ScanUnit
from policies.report.scan_model import ScanReport
from tests.strategies.ingest import KEY
from workers.scan import Scanner, scan_tree
from workers.scan_folder import list_folder
from workers.scan_home import ScanHome, work_folder
from workers.scan_records import report_of
from workers.scan_source import FolderSource, is_bare_repository, open_source
from workers.scan_sweep import _is_taken, sweep_known
from workers.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@dataclass
class Finder:
    """Finds every ``x1``; hangs, raises and leaves things shut where the text says so."""

    family: Family = Family.SECRETS
    ruleset_digest: str = "0" * 64
    versions: Mapping[str, str] = field(default_factory=lambda: {"finder": "1"})

    def scan(self, text: ScanText) -> Mapping[str, object]:
        if text.data.startswith(b"hang"):
            time.sleep(60)
        if text.data.startswith(b"raise"):
            raise ValueError("what must not be told")
        start = text.data.find(b"x1")
        found = [] if start < 0 or text.suffix == "blind" else [self.found(text, start)]
        return {"findings": found, "allow_markers": 0, "undecoded": text.data.count(b"shut")}

    def found(self, text: ScanText, start: int) -> Finding:
        end = start + 2
        while end < len(text.data) and text.data[end : end + 1].isalnum():
            end += 1
        return Finding.of(
            Secret(text.data[start:end]),
            key=KEY,
            detector_id="finder",
            rule_id="x1",
            category=Category.PASSWORD,
            start=start,
            end=end,
            line=text.line_of(start),
            confidence=Confidence.HIGH,
        )


def scan(
    root: Path, work: Path, detectors: tuple[Finder, ...] = (Finder(),), seconds: float = 0.5
) -> ScanReport:
    settings = Settings(home=work / "home", blob_deadline_seconds=seconds)
    home = ScanHome(
        settings=settings,
        key=KEY,
        cache_dir=work,
        work_dir=work,
        company=CompanyProfile(),
        is_installation=False,
    )
    facts = work / "facts"
    facts.mkdir(parents=True)
    scanner = Scanner(
        home=home,
        families=tuple(detector.family for detector in detectors),
        jobs=2,
        folder=facts,
        progress=lambda done, total: None,
    )
    scanner.__dict__["detectors"] = list(detectors)
    source = FolderSource(name="root", folder=list_folder(root, max_bytes=1000))
    return report_of(scanner, source, scan_tree(scanner, source))


@contextmanager
def no_blobs(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes | NotText]]]:
    del blob_ids
    yield iter(())


def test_what_one_family_did_not_get_through_is_told(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_bytes(b"hang\n")
    (root / "b.txt").write_bytes(b"raise\n")
    (root / "c.txt").write_bytes(b"one x1\n")
    (root / "d.txt").write_bytes(b"shut shut\n")
    (root / "e.txt").touch()
    report = scan(root, tmp_path / "work")
    told = [(u.path, u.reason, u.family, u.detail) for u in report.unscanned]
    assert told == [
        (b"a.txt", "timed_out", "secrets", "over 0.5 s"),
        (b"b.txt", "failed", "secrets", "ValueError"),
        (b"d.txt", "undecoded", "secrets", "2 encoded parts stayed shut"),
    ]
    assert [(f.path, f.start, f.end, f.line) for f in report.findings] == [(b"c.txt", 4, 6, 1)]
    assert (report.files, report.scanned, report.unscanned_files) == (5, 5, 0)


def test_every_family_tells_what_it_could_not_decode(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_bytes(b"shut shut x1\n")
    (root / "b.txt").write_bytes(b"open\n")
    families = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)
    for asked in (families, families[1:2], families[2:]):
        work = tmp_path / f"work-{len(asked)}-{asked[0]}"
        report = scan(root, work, tuple(Finder(family=family) for family in asked))
        assert [(u.path, u.reason, u.family, u.detail) for u in report.unscanned] == [
            (b"a.txt", "undecoded", family.value, "2 encoded parts stayed shut")
            for family in sorted(asked)
        ]
        assert {f.family for f in report.findings} == {family.value for family in asked}


def test_what_the_search_for_known_values_did_not_get_through_is_told() -> None:
    unit, other = (
        ScanUnit(blob_id="1" * 40, suffix="", size=1),
        ScanUnit(blob_id="2" * 40, suffix="", size=1),
    )
    value = b"x1" + b"aK9zQ4mW7tR2" * 2
    text = ScanText(blob_id=unit.blob_id, suffix="", data=value)
    rows = [
        {"blob_id": u.blob_id, "suffix": "", "status": "completed", "reason": "", "findings": f}
        for u, f in ((unit, plain([Finder().found(text, 0)])), (other, []))
    ]
    schema = facts_schema(Family.SECRETS)
    facts = pa.Table.from_pylist(rows, schema=schema)

    def hang(units: object, open_blobs: object, detectors: object) -> dict[Family, pa.Table]:
        late = [
            {"blob_id": u.blob_id, "suffix": "", "status": status, "reason": reason}
            for u, status, reason in (
                (unit, "completed", ""),
                (other, "timed_out", "over 0.5 s"),
            )
        ]
        return {Family.SECRETS: pa.Table.from_pylist(late, schema=schema)}

    swept = sweep_known(facts, [unit, other], no_blobs, (hang, KEY)).to_pylist()
    told = {
        row["blob_id"][0]: (row["status"], row["reason"], len(row["findings"])) for row in swept
    }
    assert told == {
        "1": ("completed", "", 1),
        "2": ("timed_out", "known values: over 0.5 s", 0),
    }


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda s: (s[0], sum(s))))


@given(SPANS, SPANS)
def test_a_place_is_taken_where_it_overlaps_any_other(
    taken: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    merged = merge_spans(sorted(taken))
    for start, end in asked:
        overlaps = any(s < end and start < e for s, e in taken)
        assert _is_taken(merged, start, end) == overlaps


def test_copies_share_what_was_found_under_any_name(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.blind").write_bytes(b"x1\n")
    (root / "a.txt").write_bytes(b"x1\n")
    report = scan(root, tmp_path / "work")
    assert [f.path for f in report.findings] == [b"a.blind", b"a.txt"]


def test_a_value_that_one_file_betrays_is_found_in_all_others(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    value = b"x1" + b"aK9zQ4mW7tR2" * 2
    (root / "a.txt").write_bytes(b"key = " + value + b"\n")
    (root / "b.blind").write_bytes(b"see " + value + b" in prose\n")
    found = {f.path: f for f in scan(root, tmp_path / "work").findings}
    assert {path: f.rule_id for path, f in found.items()} == {
        b"a.txt": "x1",
        b"b.blind": "known-value",
    }
    assert (found[b"b.blind"].start, found[b"b.blind"].end) == (4, 4 + len(value))


def test_values_in_paths_and_paths_that_hang_are_told(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "dir x1").mkdir(parents=True)
    (root / "dir x1" / "f.txt").write_bytes(b"\n")
    report = scan(root, tmp_path / "work")
    (found,) = report.findings
    assert (found.in_path, found.path[found.start : found.end]) == (True, b"x1")

    hanging = tmp_path / "hanging"
    (hanging / "hang").mkdir(parents=True)
    (hanging / "hang" / "f.txt").write_bytes(b"x1\n")
    told = scan(hanging, tmp_path / "work2")
    assert [(u.reason, u.in_path, u.family) for u in told.unscanned] == [
        ("timed_out", True, "secrets")
    ]
    assert [f.in_path for f in told.findings] == [False]


def test_spans_are_those_of_other_encodings_too(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "w.txt").write_bytes("größe x1\n".encode("utf-16"))
    (root / "l.txt").write_bytes("größe x1\n".encode("latin-1"))
    spans = {f.path: (f.start, f.end) for f in scan(root, tmp_path / "work").findings}
    assert spans == {b"l.txt": (6, 8), b"w.txt": (14, 18)}


def test_a_folder_of_a_scan_that_was_killed_is_swept_and_one_in_use_is_not(tmp_path: Path) -> None:
    left = tmp_path / "scan-left"
    left.mkdir()
    (left / "mirror").touch()
    os.utime(left, (1, 1))
    with work_folder(tmp_path) as used:
        assert not left.exists()
        os.utime(used, (1, 1))
        with work_folder(tmp_path):
            assert used.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_bare_repository_is_no_plain_folder(tmp_path: Path) -> None:
    for name in ("objects", "refs"):
        (tmp_path / "r" / name).mkdir(parents=True)
    (tmp_path / "r" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "plain").mkdir()
    assert is_bare_repository(tmp_path / "r")
    plain = open_source(str(tmp_path / "plain"), Settings(), tmp_path, credential="")
    assert isinstance(plain, FolderSource)
