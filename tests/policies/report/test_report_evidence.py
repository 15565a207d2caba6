from __future__ import annotations

import pyarrow as pa

from ingest.domain.artefacts import TREE_FACTS, facts_schema
from ingest.domain.finding import Family
from policies.report.evidence import PATH, list_evidence
from policies.report.said import Said, Status, Step, describe_target, said_record
from policies.review import ReviewKind, Target
from tests.policies.report.test_policies_report import POLICY, finding, tree_facts
from tests.strategies.policies import Row, occurrence
from tests.strategies.reviews import NOW, review, waiver

ROW = occurrence("r", b"a/x.py", "1", suffix="py")
SCAN = {"blob_id": "1" * 40, "suffix": "py", "status": "completed", "reason": ""}


def facts(found: list[Row]) -> dict[Family, pa.Table]:
    secrets = pa.Table.from_pylist(
        [SCAN | {"findings": found}], schema=facts_schema(Family.SECRETS)
    )
    stated = {"kind": "tag", "spdx": "MIT", "line": 2, "start": 0, "end": 3, "score": 1.0}
    licensing = pa.Table.from_pylist(
        [SCAN | {"evidence": [stated]}], schema=facts_schema(Family.LICENSING)
    )
    empty = {f: facts_schema(f).empty_table() for f in (Family.PII, Family.CONFIDENTIAL)}
    return {Family.SECRETS: secrets, Family.LICENSING: licensing, **empty}


def test_findings_license_statements_and_the_path_are_told_with_what_is_false() -> None:
    both = [finding("f2", "PASSWORD", line=9), finding("f1", "PRIVATE_KEY", preview="----****")]
    told = {"repo_id": "r", "path": b"a/x.py", "status": "completed", "reason": ""}
    path = told | {"path_findings": [finding("p", "CUSTOMER", line=1)]}
    evidence = list_evidence(
        ROW,
        facts=facts(both),
        trees=pa.Table.from_pylist([path], schema=TREE_FACTS),
        remaining=facts(both[:1]),
        remaining_trees=tree_facts([], [told | {"path_findings": []}]),
    )
    assert [(e.family, e.type, e.line, e.shown, e.is_false) for e in evidence] == [
        ("secrets", "PRIVATE_KEY", 3, "----****", True),
        ("secrets", "PASSWORD", 9, "****", False),
        (PATH, "CUSTOMER", 0, "****", True),
        ("licensing", "tag", 2, "MIT", False),
    ]


def test_another_file_has_no_evidence() -> None:
    other = occurrence("r", b"b.py", "2")
    nothing = tree_facts([other], [])
    found = facts([finding("f", "PASSWORD")])
    assert (
        list_evidence(other, facts=found, trees=nothing, remaining=found, remaining_trees=nothing)
        == []
    )


def test_a_review_tells_who_decided_what_when() -> None:
    steps = [
        Step(version=1, action="propose", actor="ada", at=NOW, comment="ours"),
        Step(version=2, action="approve", actor="bob", at=NOW, comment="yes"),
    ]
    said = Said.of(waiver("GENERATED", "1"), steps, POLICY, NOW)
    assert (said.status, said.decided_by, said.decided_at) == (Status.ACCEPTED, ("bob",), NOW)
    assert said.justification == "other: looked at it"
    record = said_record(said)
    assert [s["actor"] for s in record["steps"]] == ["ada", "bob"]
    assert record["state"] == "active"
    assert Said.of(waiver("GENERATED", "1"), [], POLICY, NOW).decided_at is None


def test_a_target_is_described_in_a_few_words() -> None:
    finding_of = Target(fingerprint="a" * 32, category="PERSON")
    assert describe_target(review("rvw", ReviewKind.FALSE_POSITIVE, finding_of)) == (
        "finding aaaaaaaaaaaa (PERSON), everywhere"
    )
    assert describe_target(waiver("GENERATED", "12")) == "GENERATED, 2 contents, everywhere"
    by_path = waiver("GENERATED", repo_id="r", pattern="a/")
    assert describe_target(by_path) == "GENERATED, paths a/, in r"


def test_a_pattern_leaves_masked_unless_clean_paths_begin_so() -> None:
    by_path = waiver("GENERATED", repo_id="r", pattern="customers/acme/")
    masked = Said.of(by_path, [], POLICY, NOW)
    assert masked.target == "GENERATED, paths <PATTERN>/<PATTERN>/, in r"
    assert said_record(masked)["target"]["pattern"] == "<PATTERN>/<PATTERN>/"
    told = Said.of(by_path, [], POLICY, NOW, clean={"customers/README.md"})
    assert told.target == "GENERATED, paths customers/<PATTERN>/, in r"
