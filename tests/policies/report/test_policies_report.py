from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from importlib.metadata import version

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.artefacts import TREE_FACTS, facts_schema
from ingest.domain.finding import Family
from policies.document import load_default_policy
from policies.evaluate import decide
from policies.impact import BYTES_PER_TOKEN
from policies.model import ENGINE_REASONS
from policies.report import (
    ViolationReport,
    display_path,
    group_violations,
    to_csv,
    to_html,
    to_json,
    to_sarif,
)
from tests.strategies.policies import Row, as_dossier, occurrence

POLICY = load_default_policy()
HOSTILE = b'<script>alert(1)</script>"\xff\xe2\x80\xae=\n.py'


def finding(fingerprint: str, category: str, preview: str = "****", line: int = 3) -> Row:
    return {
        "fingerprint": fingerprint,
        "detector_id": "d",
        "rule_id": "r",
        "category": category,
        "start": line,
        "end": line + 1,
        "line": line,
        "confidence": "high",
        "hmac": "h",
        "preview": preview,
        "evidence": "",
    }


def report_of(
    rows: list[Row],
    secrets: dict[str, list[Row]] | None = None,
    paths: list[Row] | None = None,
) -> ViolationReport:
    facts_rows = [
        {"blob_id": b * 40, "suffix": "py", "status": "completed", "reason": "", "findings": f}
        for b, f in (secrets or {}).items()
    ]
    facts = {Family.SECRETS: pa.Table.from_pylist(facts_rows, schema=facts_schema(Family.SECRETS))}
    dossier = as_dossier(rows)
    content = facts_schema(Family.CONTENT).empty_table()
    return group_violations(
        decide(dossier, POLICY, content=content, input_digest="inputs"),
        dossier,
        facts=facts,
        trees=tree_facts(rows, paths or []),
        policy=POLICY,
    )


def tree_facts(rows: list[Row], told: list[Row]) -> pa.Table:
    """Tree facts of every row: those that are told, else that its path is clean."""
    places = {(row["repo_id"], row["path"]) for row in told}
    clean = [
        {name: row[name] for name in ("repo_id", "path")}
        | {"status": "completed", "reason": "", "path_findings": []}
        for row in rows
        if (row["repo_id"], row["path"]) not in places
    ]
    return pa.Table.from_pylist([*told, *clean], schema=TREE_FACTS)


def hostile_report() -> ViolationReport:
    rows = [
        occurrence(
            "r1",
            HOSTILE,
            "1",
            secret_count=2,
            strong_secret_count=2,
            repo_name="=<img src=x onerror=alert(1)>",
            repo_license_expression="</code><b>x",
        ),
        occurrence("r1", b"src/b.py", "1", secret_count=2, strong_secret_count=2),
        occurrence("r1", b"src/c.py", "2", consent_valid=False, size=70),
        occurrence("r2", b"d.bin", "3", skip_reason="binary", size=5),
        occurrence("r2", b"e.py", "4", is_minified=True),
    ]
    hits = [
        finding("f1", "PRIVATE_KEY", preview="<b>*"),
        finding("f1", "PRIVATE_KEY", preview="<b>*", line=9),
    ]
    return report_of(rows, {"1": hits})


def test_every_occurrence_is_counted_once_and_the_outcomes_add_up() -> None:
    report = hostile_report()
    assert sum(r.seen.files for r in report.repositories) == 5
    assert sum(a.files for a in report.totals.values()) == 5
    second = report.repositories[1]
    assert {o.value: a.files for o, a in second.by_outcome.items()} == {
        "releasable": 0,
        "internal-only": 0,
        "excluded": 1,
        "skipped": 1,
    }


def test_equal_findings_are_one_group_with_what_it_blocks() -> None:
    group = next(g for g in hostile_report().groups if g.rule_id == "LEAKED_CREDENTIAL")
    assert (group.kind, group.key, group.label) == ("finding", "f1", "PRIVATE_KEY")
    assert (group.cases, group.touched.files, group.blocked.files) == (4, 2, 2)
    assert group.blocked.bytes == 4000
    assert group.blocked.tokens == round(4000 / BYTES_PER_TOKEN)
    assert [(place.path, place.line) for place in group.examples] == [
        (HOSTILE, 3),
        (b"src/b.py", 3),
    ]


def test_a_redaction_blocks_nothing_and_other_rules_group_by_license() -> None:
    groups = {g.rule_id: g for g in hostile_report().groups}
    assert groups["REDACT_SECRET"].blocked.files == 0
    consent = groups["NO_CONSENT"]
    assert (consent.kind, consent.key, consent.blocked.bytes) == (
        "license",
        "LicenseRef-Company",
        70,
    )
    assert "OWN_ATTESTED" not in groups


def test_a_rule_that_fired_without_a_finding_still_has_a_group() -> None:
    report = report_of([occurrence("r", b"a", "1", strong_secret_count=None)])
    group = next(g for g in report.groups if g.rule_id == "LEAKED_CREDENTIAL")
    assert (group.kind, group.blocked.files) == ("license", 1)


def test_findings_in_paths_group_by_their_fingerprint() -> None:
    tree = {
        "repo_id": "r",
        "path": b"a",
        "status": "completed",
        "reason": "",
        "path_findings": [finding("p1", "CUSTOMER", line=1)],
    }
    report = report_of([occurrence("r", b"a", "1", path_finding_count=1)], paths=[tree])
    (group,) = [g for g in report.groups if g.rule_id == "PATH_FINDING"]
    assert (group.kind, group.key, group.label, group.cases) == ("path", "p1", "CUSTOMER", 1)


class _Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_holds_no_foreign_element_and_loads_nothing() -> None:
    page = to_html(hostile_report())
    tags = _Tags()
    tags.feed(page)
    names = {name for name, _ in tags.seen}
    assert names.isdisjoint({"script", "img", "b", "a", "link", "iframe", "object", "form"})
    attributes = {name for _, attrs in tags.seen for name in attrs}
    assert attributes.isdisjoint({"src", "href", "onerror", "onload"})
    assert "http://" not in page
    assert "https://" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "\\u{202e}" in page


def test_an_empty_report_renders() -> None:
    report = report_of([])
    assert "Violation report" in to_html(report)
    assert json.loads(to_json(report))["groups"] == []


def test_a_spreadsheet_sees_no_formula() -> None:
    rows = [
        occurrence("=r", b"=cmd()", "1", consent_valid=False, repo_license_expression="@SUM(1)"),
        occurrence("=r", b"\tx", "2", strong_secret_count=1, secret_count=1),
    ]
    text = to_csv(report_of(rows, {"2": [finding("-f", "PRIVATE_KEY", preview="+1**")]}))
    parsed = list(csv.reader(io.StringIO(text)))
    assert len(parsed) > 3
    assert {row[parsed[0].index("repository")] for row in parsed[1:]} == {"example"}
    assert [
        c for row in parsed for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))
    ] == []
    assert any("'=cmd()" in row for row in parsed)


def test_sarif_declares_every_rule_and_points_at_places() -> None:
    document = json.loads(to_sarif(hostile_report()))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert run["tool"]["driver"]["version"] == version("shardgate")
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    restrictive = [r.id for r in POLICY.rules if r.effect.value != "grant"]
    assert set(restrictive) <= set(rules)
    assert {r.id for r in POLICY.rules} | set(ENGINE_REASONS) <= set(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        assert list(result["partialFingerprints"]) == ["shardgateGroup/v1"]
        for location in result["locations"]:
            artifact = location["physicalLocation"]["artifactLocation"]
            assert artifact["uriBaseId"] in run["originalUriBaseIds"]
            assert artifact["uri"].isascii()
            assert "<" not in artifact["uri"]
    prints = [r["partialFingerprints"]["shardgateGroup/v1"] for r in run["results"]]
    assert len(set(prints)) == len(prints)


def test_json_has_the_counts_and_says_that_tokens_are_estimated() -> None:
    document = json.loads(to_json(hostile_report()))
    assert document["input_digest"] == "inputs"
    assert document["bytes_per_token_assumed"] == BYTES_PER_TOKEN
    assert document["totals"]["internal-only"] == {
        "files": 3,
        "bytes": 4070,
        "tokens_estimated": 1313,
    }


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_displayed_path_is_visible_and_names_one_path(left: bytes, right: bytes) -> None:
    assert display_path(left).isprintable()
    assert (display_path(left) == display_path(right)) == (left == right)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("src/ü.py".encode(), "src/ü.py"),
        (b"a\xff", "a\\xff"),
        (b"a\nb", "a\\u{a}b"),
        ("a\u202eb".encode(), "a\\u{202e}b"),
        (b"a\\b", "a\\\\b"),
    ],
)
def test_odd_characters_are_escaped(path: bytes, shown: str) -> None:
    assert display_path(path) == shown
