from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText
from release.build.inputs import PERSONAL, SECRETS
from tests.strategies.ingest import KEY
from workers.context import Context
from workers.stages.build import DetectorScanner


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
        finding = Finding.of(
            Secret(text.data),
            key=KEY,
            detector_id="counting",
            rule_id="all",
            category=Category.PASSWORD,
            start=0,
            end=len(text.data),
            line=1,
            confidence=Confidence.LOW,
        )
        return {"findings": [finding]}


def test_the_same_bytes_are_scanned_once_and_all_others_are_scanned() -> None:
    detector = Counting()
    scanner = DetectorScanner([detector])
    first = scanner.scan(b"text", "py", SECRETS | PERSONAL)
    assert scanner.scan(b"text", "py", SECRETS) == first
    assert detector.asked == [(b"text", "py")]
    scanner.scan(b"texT", "py", SECRETS)
    scanner.scan(b"text", "c", SECRETS)
    assert detector.asked == [(b"text", "py"), (b"texT", "py"), (b"text", "c")]


def test_more_categories_than_were_asked_are_looked_for() -> None:
    secrets, personal = Counting(), Counting(family=Family.PII)
    scanner = DetectorScanner([secrets, personal])
    assert len(scanner.scan(b"text", "", SECRETS)) == 1
    assert len(scanner.scan(b"text", "", SECRETS | PERSONAL)) == 2
    assert personal.asked


_WANTED = st.sampled_from([SECRETS, PERSONAL, SECRETS | PERSONAL])


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.sampled_from(["", "py"]), _WANTED)))
def test_no_answer_lacks_what_a_fresh_scan_would_find(
    steps: list[tuple[bytes, str, frozenset[str]]],
) -> None:
    detectors = [Counting(), Counting(family=Family.PII)]
    scanner = DetectorScanner(detectors)
    for text, suffix, wanted in steps:
        fresh = DetectorScanner(detectors).scan(text, suffix, wanted)
        assert all(finding in scanner.scan(text, suffix, wanted) for finding in fresh)
