"""False positives leave the facts; orphans are told from reviews that still bite."""

from __future__ import annotations

from dataclasses import asdict

import pyarrow as pa
import pytest

from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import Category, Confidence, Family, Finding
from ingest.domain.secret import Secret
from policies.dossier import RIGHTS, assemble_dossier
from policies.evaluate import decide
from policies.review import Cleared, Review, ReviewKind, Target, clear_findings
from policies.review.orphans import OrphanReason, find_orphans
from tests.policies.test_policies_copies import content
from tests.strategies.ingest import KEY
from tests.strategies.policies import as_dossier, occurrence
from tests.strategies.reviews import POLICY, active, review, waiver

ONE, TWO = "1" * 40, "2" * 40


def finding(value: bytes, rule: str = "r") -> Finding:
    return Finding.of(
        Secret(value),
        key=KEY,
        detector_id="d",
        rule_id=rule,
        category=Category.PASSWORD,
        start=0,
        end=len(value),
        line=1,
        confidence=Confidence.HIGH,
    )


A, OTHER, SAME_VALUE = finding(b"value a"), finding(b"value b"), finding(b"value a", "other")


def false_positive(found: Finding, name: str = "rvw_f", **where: object) -> Review:
    target = Target(fingerprint=found.fingerprint, category=found.category, **where)  # type: ignore[arg-type]
    return review(name, ReviewKind.FALSE_POSITIVE, target)


def facts(**findings: list[Finding]) -> pa.Table:
    rows = [
        {
            "blob_id": name[1] * 40,
            "suffix": "py",
            "status": "completed",
            "reason": "",
            "findings": [asdict(f) for f in found],
        }
        for name, found in findings.items()
    ]
    return pa.Table.from_pylist(rows, schema=facts_schema(Family.PII))


def occurrences(*places: tuple[str, str]) -> pa.Table:
    rows = [
        {
            "repo_id": repo,
            "commit_id": "c" * 40,
            "branch": "main",
            "committer_date": None,
            "path": b"%d" % n,
            "mode": 0o100644,
            "blob_id": blob,
            "size": 1,
            "suffix": "py",
            "encoding": "utf-8",
            "skip_reason": None,
        }
        for n, (repo, blob) in enumerate(places)
    ]
    names = set(SNAPSHOT.names)
    fields = [SNAPSHOT.field(n).with_nullable(True) for n in SNAPSHOT.names]
    kept = [{k: v for k, v in row.items() if k in names} for row in rows]
    return pa.Table.from_pylist(kept, schema=pa.schema(fields))


def trees(*found: tuple[str, Finding]) -> pa.Table:
    fields = [TREE_FACTS.field(n).with_nullable(True) for n in TREE_FACTS.names]
    rows = [
        {"repo_id": repo, "path": b"%d" % n, "status": "completed", "path_findings": [asdict(f)]}
        for n, (repo, f) in enumerate(found)
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def clear(table: pa.Table, snapshots: pa.Table, *reviews: Review) -> Cleared:
    return clear_findings({Family.PII: table}, trees(), snapshots, active(*reviews))


def left(cleared: Cleared) -> list[tuple[str, list[str]]]:
    rows = cleared.facts[Family.PII].to_pylist()
    return [(row["blob_id"][0], [f["fingerprint"] for f in row["findings"]]) for row in rows]


def test_without_false_positives_the_very_same_tables_come_back() -> None:
    table, where = facts(b1=[A]), occurrences(("r", ONE))
    given, paths = {Family.PII: table}, trees(("r", A))
    cleared = clear_findings(given, paths, where, active(waiver("MINIFIED", "1")))
    assert cleared.facts is given
    assert cleared.trees is paths
    assert cleared.accepted == frozenset()


def test_a_false_positive_is_gone_in_every_place_and_rows_keep_their_order() -> None:
    table = facts(b2=[OTHER, A], b1=[A], b3=[])
    cleared = clear(table, occurrences(("r", ONE), ("s", TWO)), false_positive(A))
    assert left(cleared) == [("2", [OTHER.fingerprint]), ("1", []), ("3", [])]
    assert cleared.facts[Family.PII].schema.equals(table.schema)
    assert cleared.accepted == {A.hmac}


def test_one_of_a_repository_counts_where_only_that_has_the_content() -> None:
    where = occurrences(("r", ONE), ("r", TWO), ("s", TWO))
    table = facts(b1=[A], b2=[A])
    here = false_positive(A, repo_id="r")
    cleared = clear(table, where, here)
    assert left(cleared) == [("1", []), ("2", [A.fingerprint])]
    assert cleared.accepted == frozenset()
    both = clear(table, where, here, false_positive(A, "rvw_g", repo_id="s"))
    assert left(both) == [("1", []), ("2", [])]


def test_one_of_a_content_counts_for_that_content() -> None:
    table = facts(b1=[A], b2=[A])
    cleared = clear(table, occurrences(("r", ONE), ("r", TWO)), false_positive(A, blob_ids=(ONE,)))
    assert left(cleared) == [("1", []), ("2", [A.fingerprint])]


def test_a_value_that_another_rule_still_finds_is_not_accepted() -> None:
    cleared = clear(facts(b1=[A, SAME_VALUE]), occurrences(("r", ONE)), false_positive(A))
    assert A.hmac == SAME_VALUE.hmac
    assert left(cleared) == [("1", [SAME_VALUE.fingerprint])]
    assert cleared.accepted == frozenset()


def test_a_finding_of_another_category_is_another_finding() -> None:
    target = Target(fingerprint=A.fingerprint, category="EMAIL_ADDRESS")
    asked = review("rvw_f", ReviewKind.FALSE_POSITIVE, target)
    assert left(clear(facts(b1=[A]), occurrences(("r", ONE)), asked)) == [("1", [A.fingerprint])]


def test_a_finding_in_a_path_is_cleared_where_the_path_stands() -> None:
    paths = trees(("r", A), ("s", A))
    none = {Family.PII: facts()}
    cleared = clear_findings(none, paths, occurrences(), active(false_positive(A, repo_id="r")))
    assert [len(row["path_findings"]) for row in cleared.trees.to_pylist()] == [0, 1]


@pytest.mark.parametrize("reviews", [(), (false_positive(A),)])
def test_what_is_declared_none_is_not_counted(reviews: tuple[Review, ...]) -> None:
    where = occurrences(("r", ONE))
    cleared = clear(facts(b1=[A, OTHER]), where, *reviews)
    dossier = assemble_dossier(where, cleared.facts, TREE_FACTS.empty_table(), RIGHTS.empty_table())
    assert dossier["pii_count"].to_pylist() == [1 if reviews else 2]


def test_an_orphan_is_told_with_its_reason_and_what_bites_is_none() -> None:
    rows = [
        occurrence("r", b"a", "1", is_minified=True),
        occurrence("r", b"b", "2"),
    ]
    changed = Target(rule_id="GENERATED", rule_version="0" * 64, blob_ids=(ONE,))
    reviews = active(
        waiver("MINIFIED", "1", "rvw_bites"),
        waiver("MINIFIED", "2", "rvw_silent"),
        waiver("MINIFIED", "3", "rvw_gone"),
        waiver("MINIFIED", "", "rvw_nowhere", repo_id="r", pattern="x/**"),
        review("rvw_changed", ReviewKind.WAIVE, changed),
        false_positive(A, "rvw_found"),
        false_positive(OTHER, "rvw_lost"),
    )
    decisions = decide(
        as_dossier(rows), POLICY, content=content(), input_digest="i", reviews=reviews
    )
    found = find_orphans(reviews.items, decisions, POLICY, fingerprints={A.fingerprint})
    assert {r.id: reason for r, reason in found} == {
        "rvw_changed": OrphanReason.RULE_CHANGED,
        "rvw_gone": OrphanReason.CONTENT_GONE,
        "rvw_lost": OrphanReason.FINDING_GONE,
        "rvw_nowhere": OrphanReason.NOTHING_MATCHES,
        "rvw_silent": OrphanReason.RULE_SILENT,
    }
