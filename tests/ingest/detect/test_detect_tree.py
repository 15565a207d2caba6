from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.tree import scan_paths
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from ingest.domain.text import ScanText
from tests.strategies.ingest import KEY, paths

WORD = b"bluebird"


@dataclass
class WordDetector:
    """Finds one word."""

    family: Family = Family.CONFIDENTIAL
    ruleset_digest: str = "0" * 64
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        return {
            "findings": [
                Finding.of(
                    Secret(match[0]),
                    key=KEY,
                    detector_id="word",
                    rule_id="word",
                    category=Category.CODENAME,
                    start=match.start(),
                    end=match.end(),
                    line=text.line_of(match.start()),
                    confidence=Confidence.HIGH,
                )
                for match in re.finditer(WORD, text.data)
            ]
        }


@given(st.lists(paths | st.just(b"src/" + WORD + b"/a.py"), max_size=30))
def test_each_path_has_exactly_its_own_findings(some: list[bytes]) -> None:
    found = scan_paths(some, [WordDetector()])
    assert len(found) == len(some)
    for path, findings in zip(some, found, strict=True):
        assert len(findings) == path.count(WORD)
        assert all(path[f.start : f.end] == WORD and f.line == 1 for f in findings)


def test_paths_beyond_one_chunk_are_scanned_too() -> None:
    some = [b"d" * 200 + b"/%d" % n for n in range(2000)] + [WORD]
    assert [bool(findings) for findings in scan_paths(some, [WordDetector()])] == [False] * 2000 + [
        True
    ]


def test_a_path_with_a_line_end_stays_one_path() -> None:
    found = scan_paths([b"a\nb", WORD + b"\n", b"c"], [WordDetector()])
    assert [len(findings) for findings in found] == [0, 1, 0]
