from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from types import SimpleNamespace
from typing import cast

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.detector import findings_of
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText
from release.build.inputs import PERSONAL, SECRETS
from tests.strategies.ingest import KEY
from workers.context import Context
from workers.exitscanner import DetectorScanner
from workers.known import Sweeper, known_values
from workers.scanned import ScannedTexts


def test_other_grammars_make_another_release(monkeypatch: pytest.MonkeyPatch) -> None:
    # the package's name `build` is the function
    build = import_module("workers.stages.build")
    settings = SimpleNamespace(shard_target_bytes=1)
    context = cast("Context", SimpleNamespace(ruleset_digests={}, settings=settings))
    first = build._spec_digest(context)
    monkeypatch.setattr(build, "GRAMMAR_VERSIONS", {"tree-sitter": "0.0"})
    assert build._spec_digest(context) != first


@dataclass
class Counting:
    """Finds the text as a whole, and notes what it was asked."""

    family: Family = Family.SECRETS
    ruleset_digest: str = "0" * 64
    versions: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[bytes, str]] = field(default_factory=list)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        self.asked.append((text.data, text.suffix))
        return {"findings": [self.find(text.data)]}

    @staticmethod
    def find(data: bytes) -> Finding:
        return Finding.of(
            Secret(data),
            key=KEY,
            detector_id="counting",
            rule_id="all",
            category=Category.PASSWORD,
            start=0,
            end=len(data),
            line=1,
            confidence=Confidence.LOW,
        )


NOTHING = Sweeper(known=known_values([], KEY), key=KEY)


def test_a_secret_that_another_text_showed_is_a_finding_of_the_exit_scan() -> None:
    value = b"q9Zk2" + b"LmT8xWv4R"
    (shown,) = findings_of(Counting(), ScanText(blob_id="", suffix="", data=value))
    known = known_values([replace(shown, confidence=Confidence.HIGH)], KEY)
    scanner = DetectorScanner([], Sweeper(known=known, key=KEY))
    text = b"it was " + value
    (found,) = scanner.scan(text, "", SECRETS)
    assert text[found.start : found.end] == value
    assert scanner.scan_known([b"", text]) == [[], [found]]


def test_the_same_bytes_are_swept_once_whatever_they_are_called() -> None:
    sweeper = Counting()
    scanner = DetectorScanner([], sweeper)
    (swept,) = scanner.scan_known([b"text"])
    assert scanner.scan_all([(b"text", "py"), (b"text", "c")], SECRETS) == [swept, swept]
    assert scanner.scan_known([b"texT", b"text"]) == [scanner.scan(b"texT", "", SECRETS), swept]
    assert [text for text, _ in sweeper.asked] == [b"text", b"texT"]


def test_the_same_bytes_are_scanned_once_and_all_others_are_scanned() -> None:
    detector = Counting()
    scanner = DetectorScanner([detector], NOTHING)
    first = scanner.scan(b"text", "py", SECRETS | PERSONAL)
    assert scanner.scan(b"text", "py", SECRETS) == first
    assert detector.asked == [(b"text", "py")]
    scanner.scan(b"texT", "py", SECRETS)
    scanner.scan(b"text", "c", SECRETS)
    assert detector.asked == [(b"text", "py"), (b"texT", "py"), (b"text", "c")]


def test_bytes_that_this_process_had_scanned_are_not_scanned_again() -> None:
    detector = Counting()
    said = [replace(detector.find(b"text"), rule_id="said")]
    row = {"blob_id": "0" * 40, "suffix": "py", "status": "completed", "reason": ""}
    row |= {"findings": [asdict(f) for f in said], "allow_markers": 0, "undecoded": 0}
    facts = pa.Table.from_pylist([row], schema=facts_schema(Family.SECRETS))
    scanned = ScannedTexts()
    scanned.keep(detector, [hashlib.sha256(b"text").digest()], facts)
    scanner = DetectorScanner([detector], NOTHING, scanned)
    texts = [(b"texT", "py"), (b"text", "py"), (b"text", "c")]
    found = scanner.scan_all(texts, SECRETS)
    assert [f.rule_id for one in found for f in one] == ["all", "said", "all"]
    assert detector.asked == [texts[0], texts[2]]


def test_more_categories_than_were_asked_are_looked_for() -> None:
    secrets, personal = Counting(), Counting(family=Family.PII)
    scanner = DetectorScanner([secrets, personal], NOTHING)
    assert len(scanner.scan(b"text", "", SECRETS)) == 1
    assert len(scanner.scan(b"text", "", SECRETS | PERSONAL)) == 2
    assert personal.asked


_WANTED = st.sampled_from([SECRETS, PERSONAL, SECRETS | PERSONAL])


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.sampled_from(["", "py"]), _WANTED)))
def test_no_answer_lacks_what_a_fresh_scan_would_find(
    steps: list[tuple[bytes, str, frozenset[str]]],
) -> None:
    detectors = [Counting(), Counting(family=Family.PII)]
    scanner = DetectorScanner(detectors, NOTHING)
    for text, suffix, wanted in steps:
        fresh = DetectorScanner(detectors, NOTHING).scan(text, suffix, wanted)
        assert all(finding in scanner.scan(text, suffix, wanted) for finding in fresh)


@dataclass
class CountingMany(Counting):
    """Takes many texts at once."""

    calls: int = 0

    def scan_all(self, texts: Sequence[ScanText]) -> Sequence[Mapping[str, object]]:
        self.calls += 1
        return [self.scan(text) for text in texts]


_TEXTS = st.lists(st.tuples(st.sampled_from([b"a", b"b" * 9, b"c" * 20]), st.sampled_from("xy")))


@given(_TEXTS, _TEXTS)
def test_many_texts_are_answered_as_one_by_one(
    known: list[tuple[bytes, str]], texts: list[tuple[bytes, str]]
) -> None:
    detectors = [CountingMany(), Counting(family=Family.PII)]
    scanner = DetectorScanner(detectors, NOTHING)
    scanner.scan_all(known, PERSONAL)
    wanted = SECRETS | PERSONAL
    found = scanner.scan_all(texts, wanted)
    assert found == [DetectorScanner(detectors, NOTHING).scan(*text, wanted) for text in texts]


def test_a_detector_takes_a_stretch_at_once() -> None:
    detector = CountingMany()
    texts = [(b"%d" % n, "") for n in range(40)]
    assert len(DetectorScanner([detector], NOTHING).scan_all(texts, SECRETS)) == len(texts)
    assert detector.calls == 1


def test_what_no_detector_reports_is_found_nowhere() -> None:
    assert DetectorScanner([Counting()], NOTHING).scan_all([(b"a", "")], PERSONAL) == [[]]
