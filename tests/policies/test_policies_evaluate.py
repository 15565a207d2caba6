from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from ingest.errors import ArtefactCorrupt
from policies.database import open_database
from policies.decision import DECISIONS
from policies.document import load_default_policy, load_policy
from policies.evaluate import decide, digest_inputs, judge_rows
from tests.strategies.policies import (
    RESTRICTIVE_CHANGES,
    Row,
    as_dossier,
    dossier_rows,
    occurrence,
)

POLICY = load_default_policy()
NO_CONTENT = facts_schema(Family.CONTENT).empty_table()
RANK = {"releasable": 0, "internal-only": 1, "excluded": 2, "skipped": 3}


def decisions(*rows: Row) -> list[Row]:
    table = decide(as_dossier(list(rows)), POLICY, content=NO_CONTENT, input_digest="i")
    return list(table.to_pylist())


def test_decisions_have_the_schema_and_name_policy_and_inputs() -> None:
    table = decide(as_dossier([]), POLICY, content=NO_CONTENT, input_digest="i")
    assert table.schema.equals(DECISIONS)
    assert table.schema.metadata == {
        b"policy_digest": POLICY.digest.encode(),
        b"input_digest": b"i",
    }


def test_a_clean_own_file_is_releasable_under_the_registered_license() -> None:
    (row,) = decisions(occurrence("r", b"a", "1"))
    assert (row["outcome"], row["reasons"]) == ("releasable", ["OWN_ATTESTED"])
    assert row["license_expression"] == "LicenseRef-Company"
    assert (row["license_type"], row["license_source"]) == ("proprietary_own", "registration")
    assert (row["ownership"], row["pending_lanes"]) == ("own", [])


def test_a_skipped_file_has_its_skip_reason_only() -> None:
    (row,) = decisions(occurrence("r", b"a", "1", skip_reason="binary", secret_count=None))
    assert (row["outcome"], row["reasons"]) == ("skipped", ["SKIPPED_BINARY"])


def test_lanes_and_redactions_follow_the_rules_and_the_tier() -> None:
    given_facts = {"secret_count": 1, "confidential_count": 1}
    held, released = decisions(
        occurrence("r", b"a", "1", strong_secret_count=1, **given_facts),
        occurrence("r", b"b", "2", **given_facts),
    )
    assert (held["outcome"], held["pending_lanes"]) == ("internal-only", ["security"])
    assert "PASSWORD" in str(held["redact_categories"])
    assert "TICKET_ID" not in str(held["redact_categories"])
    assert "TICKET_ID" in str(released["redact_categories"])


def test_an_excluded_file_redacts_nothing() -> None:
    (row,) = decisions(occurrence("r", b"a", "1", is_minified=True, pii_count=1))
    assert (row["outcome"], row["redact_categories"]) == ("excluded", [])


@pytest.mark.parametrize("effect", ["exclude", "internal-only", "grant"])
def test_null_restricts_and_never_grants(effect: str) -> None:
    policy = load_policy(
        f"""
version: "1"
name: nulls
licenses:
  - {{id: NOTICE, because: it says so, when: own_license_category <> 'none', source: own}}
rules:
  - {{id: ALWAYS, title: one, because: two, when: size >= 0, effect: grant}}
  - {{id: TESTED, title: one, because: two, when: is_test, effect: {effect}}}
"""
    )
    ((outcome, reasons),) = judge_rows([occurrence("r", b"a", "1", is_test=None)], policy)
    expected = {"exclude": "excluded", "internal-only": "internal-only", "grant": "releasable"}
    assert outcome == expected[effect]
    assert ("TESTED" in reasons) == (effect != "grant")


def test_a_precedence_row_that_is_null_leaves_the_license_unknown() -> None:
    (row,) = decisions(
        occurrence("r", b"a", "1", scope_license_category="permissive", own_license_category=None)
    )
    assert (row["license_type"], row["outcome"]) == ("unknown", "internal-only")


def test_more_rules_than_bits_of_a_word_all_count() -> None:
    rules = "\n".join(
        f"  - {{id: RULE_{i:03}, title: one, because: two, when: size = {i}, effect: exclude}}"
        for i in range(130)
    )
    policy = load_policy(
        'version: "1"\nname: many\nlicenses:\n'
        "  - {id: NOTICE, because: it says so, when: own_license_category <> 'none', source: own}\n"
        "rules:\n  - {id: GRANTED, title: one, because: two, when: size >= 0, effect: grant}\n"
        + rules
    )
    rows = [occurrence("r", b"a", "1", size=size) for size in (0, 59, 60, 129, 130)]
    verdicts = judge_rows(rows, policy)
    assert [outcome for outcome, _ in verdicts] == ["excluded"] * 4 + ["releasable"]
    assert verdicts[3][1] == ["GRANTED", "RULE_129"]


def pairs_with(names: Iterable[str]) -> st.SearchStrategy[list[tuple[Row, str]]]:
    """Some rows, each with a name: a call costs the same for one row as for many."""
    pair = st.tuples(dossier_rows(), st.sampled_from(sorted(names)))
    return st.lists(pair, min_size=4, max_size=10)


def assert_never_looser(pairs: list[tuple[Row, Row]]) -> None:
    verdicts = judge_rows([row for pair in pairs for row in pair], POLICY)
    for (before, _), (after, _) in zip(verdicts[::2], verdicts[1::2], strict=True):
        assert RANK[after] >= RANK[before]


@settings(max_examples=12)
@given(pairs_with(RESTRICTIVE_CHANGES))
def test_a_restrictive_fact_never_loosens_an_outcome(drawn: list[tuple[Row, str]]) -> None:
    assert_never_looser([(row, RESTRICTIVE_CHANGES[change](row)) for row, change in drawn])


KEPT = {"own_license_expression", "scope_license_expression", "skip_reason", "repo_name"}
FACTS = set(occurrence("r", b"a", "1")) - KEPT


@settings(max_examples=15)
@given(pairs_with(FACTS))
def test_forgetting_a_fact_never_loosens_an_outcome(drawn: list[tuple[Row, str]]) -> None:
    assert_never_looser([(row, {**row, name: None}) for row, name in drawn])


@settings(max_examples=8)
@given(st.lists(dossier_rows(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(rows: list[Row], random: object) -> None:
    placed = [{**row, "path": b"%d" % i, "blob_id": f"{i % 3}" * 40} for i, row in enumerate(rows)]
    shuffled = list(placed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decisions(*placed) == decisions(*shuffled)


def test_a_repeated_path_and_a_lacking_column_are_refused() -> None:
    row = occurrence("r", b"a", "1")
    with pytest.raises(ArtefactCorrupt, match="path twice"):
        decisions(row, row)
    lacking = as_dossier([row]).drop_columns(["pii_count"])
    with pytest.raises(ArtefactCorrupt, match="pii_count"):
        decide(lacking, POLICY, content=NO_CONTENT, input_digest="i")


def test_input_keys_have_no_order() -> None:
    assert digest_inputs(["a", "b"]) == digest_inputs(["b", "a", "a"]) != digest_inputs(["a"])


def test_the_database_reaches_no_file_and_no_variable() -> None:
    outside = pa.table({"x": [1]})
    with open_database() as connection:
        for query in ("SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM outside"):
            with pytest.raises(duckdb.Error):
                connection.execute(query)
        with pytest.raises(duckdb.Error):
            connection.execute("SET enable_external_access = true")
    assert outside.num_rows == 1
