"""A scan in words: hostile names cannot act, every format tells the same, order is fixed."""

from __future__ import annotations

import json
import os
import random
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from policies.report.render_scan_html import scan_to_html
from policies.report.render_scan_jsonl import path_text, to_jsonl
from policies.report.render_scan_sarif import scan_to_sarif
from policies.report.scan_model import (
    HistorySecret,
    LicenseEvidence,
    LicenseVerdict,
    Moment,
    ScanFinding,
    ScanReport,
    Unscanned,
)

HOSTILE = b'<script>alert(1)</script>"\xff\xe2\x80\xae=\n.py'


def finding(path: bytes = b"a.py", start: int = 3, **changes: object) -> ScanFinding:
    values = {
        "path": path,
        "line": 1,
        "start": start,
        "end": start + 4,
        "family": "secrets",
        "rule_id": "r1",
        "type": "PASSWORD",
        "confidence": "high",
        "preview": "****",
        "fingerprint": "f" * 32,
    }
    return ScanFinding(**(values | changes))  # type: ignore[arg-type]


def verdict(path: bytes = b"a.py", eligibility: str = "held") -> LicenseVerdict:
    evidence = LicenseEvidence(kind="tag", spdx="GPL-2.0-only", line=1, start=0, end=9, score=0.5)
    return LicenseVerdict(
        path=path,
        license_expression="GPL-2.0-only",
        category="copyleft",
        eligibility=eligibility,
        evidence=(evidence,),
        reasons=("LICENSE_COPYLEFT", "OWN_ATTESTED"),
        provenance="third_party",
    )


def secret() -> HistorySecret:
    return HistorySecret(
        family="secrets",
        rule_id="r1",
        type="PASSWORD",
        confidence="low",
        preview="****",
        fingerprint="e" * 32,
        fingerprints=("e" * 32,),
        rules=("r1",),
        first=Moment(commit="1" * 40, date="2030-01-01T00:00:00Z"),
        last=Moment(commit="2" * 40, date="2030-01-02T00:00:00Z"),
        removed=Moment(),
        at_head=True,
        at_refs=(),
        ref_count=0,
        paths=(HOSTILE,),
        blobs=1,
    )


def report(**changes: object) -> ScanReport:
    values = {
        "subject": os.fsdecode(HOSTILE),
        "families": ("secrets", "licensing"),
        "files": 3,
        "bytes": 10,
        "scanned": 2,
        "findings": (finding(), finding(HOSTILE, in_path=True, line=1)),
        "verdicts": (verdict(), verdict(HOSTILE)),
        "unscanned": (
            Unscanned(path=HOSTILE, reason="binary"),
            Unscanned(path=b"a.py", reason="timed_out", family="pii"),
        ),
        "blockers": {"LICENSE_COPYLEFT": "Copyleft license"},
        "policy_name": "default",
        "policy_digest": "d" * 64,
    }
    return ScanReport(**(values | changes))  # type: ignore[arg-type]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onclick"}


def test_a_hostile_name_does_nothing_in_a_page() -> None:
    for shown in (report(), report(is_history=True, secrets=(secret(),))):
        page = scan_to_html(shown)
        tags = Tags()
        tags.feed(page)
        assert "script" not in tags.seen
        assert "\u202e" not in page


def test_a_page_without_anything_says_so() -> None:
    empty = report(findings=(), verdicts=(), unscanned=(), families=("secrets",))
    page = scan_to_html(empty)
    assert "Nothing was found" in page
    assert "Everything that was seen was scanned" in page


def test_only_what_stands_against_release_is_a_result() -> None:
    (run,) = json.loads(scan_to_sarif(report()))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["secrets/r1", "licensing/LICENSE_COPYLEFT"]
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    in_path = next(r for r in run["results"] if r.get("properties", {}).get("inPath"))
    assert "region" not in in_path["locations"][0]["physicalLocation"]


def test_a_history_has_its_own_results() -> None:
    shown = report(findings=(), verdicts=(), is_history=True, secrets=(secret(),))
    (run,) = json.loads(scan_to_sarif(shown))["runs"]
    (result,) = run["results"]
    assert result["properties"]["firstCommit"] == "1" * 40
    (line,) = [json.loads(x) for x in to_jsonl(shown) if "status" not in x]
    assert (line["rotation"], line["removed_commit"], line["at_head"]) == ("unknown", None, True)


@given(st.binary(min_size=1, max_size=20))
def test_a_path_comes_back_from_its_text(path: bytes) -> None:
    line = json.loads(json.dumps({"path": path_text(path)}))
    assert line["path"].encode("utf-8", "surrogateescape") == path


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=3), st.integers(0, 9)), max_size=8))
def test_the_order_of_lines_is_that_of_paths_and_places(places: list[tuple[bytes, int]]) -> None:
    made = [finding(path, start) for path, start in places]
    shuffled = list(made)
    random.Random(1).shuffle(shuffled)
    first = list(to_jsonl(report(findings=tuple(made), verdicts=(), unscanned=())))
    assert first == list(to_jsonl(report(findings=tuple(shuffled), verdicts=(), unscanned=())))
    keys = [(os.fsencode(x["path"]), x["start"]) for x in map(json.loads, first)]
    assert keys == sorted(keys)
