from __future__ import annotations

import pytest

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.document import load_default_policy
from policies.effective import Explanation, describe_reason, explain
from policies.evaluate import decide
from tests.strategies.policies import Row, as_dossier, occurrence

POLICY = load_default_policy()


def explained(*rows: Row) -> list[Explanation]:
    content = facts_schema(Family.CONTENT).empty_table()
    decided = decide(as_dossier(list(rows)), POLICY, content=content, input_digest="i").to_pylist()
    return [explain(d, row, POLICY) for d, row in zip(decided, rows, strict=True)]


def test_a_reason_shows_the_rule_and_the_values_that_it_read() -> None:
    (told,) = explained(occurrence("r", b"a", "1", strong_secret_count=2, secret_count=2))
    leaked = next(r for r in told.reasons if r.id == "LEAKED_CREDENTIAL")
    assert [(f.column, f.value) for f in leaked.facts] == [("strong_secret_count", "2")]
    assert (leaked.lane, leaked.condition) == ("security", "strong_secret_count > 0")
    assert told.summary == "Internal only: A credential by its form."
    assert [reason.id for reason in told.blockers] == ["LEAKED_CREDENTIAL"]


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    (told,) = explained(occurrence("r", b"a", "1", consent_valid=None))
    facts = {f.column: f.value for reason in told.reasons for f in reason.facts}
    assert facts["consent_valid"] == "not known"


def test_a_copy_names_its_counterpart() -> None:
    told, _ = explained(
        occurrence("r", b"a", "1"), occurrence("s", b"b", "1", has_foreign_holder=True)
    )
    assert told.counterpart == ("s", b"b", 1.0)
    assert [reason.id for reason in told.blockers] == ["COPY_RESTRICTED"]


def test_released_skipped_and_excluded_files_have_their_summary() -> None:
    summaries = [
        told.summary
        for told in explained(
            occurrence("r", b"a", "1"),
            occurrence("r", b"b", "2", skip_reason="binary"),
            occurrence("r", b"c", "3", is_minified=True),
        )
    ]
    assert summaries == [
        "Releasable: The company's own code.",
        "Not scanned and in no tier.",
        "In no tier: Minified code.",
    ]


def test_rows_of_two_occurrences_and_reasons_of_another_policy_are_refused() -> None:
    row = occurrence("r", b"a", "1")
    content = facts_schema(Family.CONTENT).empty_table()
    (decision,) = decide(as_dossier([row]), POLICY, content=content, input_digest="").to_pylist()
    with pytest.raises(ValueError, match="path"):
        explain(decision, {**row, "path": b"b"}, POLICY)
    with pytest.raises(ValueError, match="SOME_OTHER"):
        describe_reason("SOME_OTHER", POLICY)
