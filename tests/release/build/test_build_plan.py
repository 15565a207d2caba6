from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from ingest.domain.finding import Category, Family
from ingest.errors import ArtefactCorrupt
from policies.decision import Tier
from release.build.inputs import ReleaseInputs
from release.build.plan import PLAN_ROWS, ReleasePlan, plan_release
from release.domain import EXCLUSIONS
from release.domain.rows import INTERNAL_ROWS, RELEASABLE_ROWS
from tests.strategies.release import Corpus, File, large_corpus, marker, mixed_corpus, repo_id_of


def _plan(*files: File, tier: Tier = Tier.RELEASABLE, **aliases: str) -> ReleasePlan:
    return plan_release(Corpus(files=files, aliases=aliases).inputs, tier)


def _rows(plan: ReleasePlan) -> list[dict[str, Any]]:
    return plan.rows.to_pylist()


def test_only_the_outcome_of_the_tier_reaches_the_rows() -> None:
    for tier in Tier:
        plan = plan_release(mixed_corpus().inputs, tier)
        planned = {(row["repo_id"], row["raw_path"]) for row in _rows(plan)}
        allowed = {(f.repo_id, f.path) for f in mixed_corpus().files if f.outcome == tier}
        assert planned
        assert planned <= allowed


def test_every_occurrence_is_a_row_or_an_exclusion_and_never_both() -> None:
    plan = plan_release(mixed_corpus().inputs, Tier.RELEASABLE)
    planned = [(row["repo_id"], row["raw_path"]) for row in _rows(plan)]
    dropped = [(row["repo_id"], row["path"]) for row in plan.exclusions.to_pylist()]
    assert sorted(planned + dropped) == sorted((f.repo_id, f.path) for f in mixed_corpus().files)
    assert plan.rows.schema.equals(PLAN_ROWS)
    assert plan.exclusions.schema.equals(EXCLUSIONS)
    assert planned == sorted(planned)
    assert dropped == sorted(dropped)


def test_copies_are_folded_into_the_smallest_place_and_point_to_it() -> None:
    same = b"same = 1\n"
    plan = _plan(*(File(repo="r", path=p, data=same) for p in (b"c.py", b"a.py", b"b.py")))
    (row,) = _rows(plan)
    assert (row["path"], row["exact_dup_count"]) == ("a.py", 2)
    folded = plan.exclusions.to_pylist()
    assert [(f["path"], f["fate"], f["counterpart"]) for f in folded] == [
        (b"b.py", "folded", row["id"]),
        (b"c.py", "folded", row["id"]),
    ]


def test_a_row_names_the_waivers_that_freed_it_in_the_internal_tier_only() -> None:
    file = File(repo="r", path=b"a.py", data=b"a\n", outcome="internal-only", waivers=("w2", "w1"))
    (row,) = _rows(_plan(file, tier=Tier.INTERNAL_ONLY))
    assert row["waiver_ids"] == ["w1", "w2"]
    assert "waiver_ids" in INTERNAL_ROWS.names
    assert "waiver_ids" not in RELEASABLE_ROWS.names


def test_copies_with_different_redactions_are_two_rows() -> None:
    data = b"by " + marker(Category.PERSON)
    own = File(repo="r", path=b"a.py", data=data, redact=frozenset({Category.PERSON}))
    plan = _plan(own, replace(own, path=b"b.py", redact=frozenset()))
    assert [len(row["spans"]) for row in _rows(plan)] == [1, 0]


@pytest.mark.parametrize(
    ("ownership", "category", "kept_count"),
    [
        ("third_party", Category.PERSON, 1),
        ("third_party", Category.EMAIL_ADDRESS, 1),
        ("third_party", Category.PASSWORD, 0),
        ("own", Category.PERSON, 0),
        ("mixed", Category.PERSON, 0),
    ],
)
def test_only_names_and_addresses_in_notices_of_others_stay(
    ownership: str, category: Category, kept_count: int
) -> None:
    inside, outside = marker(category, 1), marker(category, 2)
    data = b"# " + inside + b"\n# " + outside + b"\n"
    notice = (0, data.index(b"\n"))
    file = File(repo="r", path=b"a.py", data=data, ownership=ownership, notices=(notice,))
    (row,) = _rows(_plan(file))
    redacted = [data[s["start"] : s["end"]] for s in row["spans"]]
    assert redacted == ([outside] if kept_count else [inside, outside])
    assert len(row["kept_identities"]) == kept_count


def test_categories_that_the_decision_does_not_name_stay() -> None:
    data = marker(Category.TICKET_ID) + b" " + marker(Category.PASSWORD)
    file = File(repo="r", path=b"a.py", data=data, redact=frozenset({Category.PASSWORD}))
    (row,) = _rows(_plan(file))
    assert [span["category"] for span in row["spans"]] == ["PASSWORD"]
    assert (row["secret_count"], row["pii_count"]) == (1, 0)


def test_names_of_a_language_model_are_neither_redacted_nor_counted() -> None:
    file = File(repo="r", path=b"a.py", data=b"# " + marker(Category.PERSON))
    inputs = Corpus(files=(file,)).inputs
    rows = inputs.facts[Family.PII].to_pylist()
    for finding in rows[0]["findings"]:
        finding["evidence"] = "ner"
    table = pa.Table.from_pylist(rows, schema=inputs.facts[Family.PII].schema)
    plan = plan_release(replace(inputs, facts={**inputs.facts, Family.PII: table}), Tier.RELEASABLE)
    (row,) = _rows(plan)
    assert (row["spans"], row["pii_count"]) == ([], 0)


@pytest.mark.parametrize("family", [Family.SECRETS, Family.PII, Family.CONFIDENTIAL])
def test_a_releasable_file_with_an_incomplete_scan_is_held(family: Family) -> None:
    plan = _plan(File(repo="r", path=b"a.py", data=b"a", failed=frozenset({family})))
    assert plan.counts.held == 1
    assert plan.exclusions["rule"].to_pylist() == ["FACTS_INCOMPLETE"]


def test_an_internal_file_needs_the_scans_of_what_it_must_redact() -> None:
    file = File(
        repo="r",
        path=b"a.py",
        data=b"a",
        outcome="internal-only",
        redact=frozenset({Category.PASSWORD}),
        failed=frozenset({Family.PII}),
    )
    assert _plan(file, tier=Tier.INTERNAL_ONLY).counts.emitted == 1
    unscanned = replace(file, failed=frozenset({Family.SECRETS}))
    assert _plan(unscanned, tier=Tier.INTERNAL_ONLY).counts.held == 1


def test_a_releasable_decision_with_a_pending_lane_is_held() -> None:
    plan = _plan(File(repo="r", path=b"a.py", data=b"a", pending_lanes=("legal",)))
    assert (plan.counts.emitted, plan.counts.held) == (0, 1)


def test_missing_facts_of_a_family_count_as_not_scanned() -> None:
    inputs = Corpus(files=(File(repo="r", path=b"a.py", data=b"a"),)).inputs
    bare = replace(inputs, facts={})
    assert plan_release(bare, Tier.RELEASABLE).counts.held == 1


def test_the_counterpart_of_a_restricted_file_is_named_even_where_its_path_is_no_text() -> None:
    held = {"outcome": "internal-only", "pending_lanes": ("legal",)}
    plan = _plan(
        File(repo="r", path=b"a", data=b"a", counterpart=("q", b"x/\xff"), **held),
        File(repo="r", path=b"b", data=b"b", counterpart=("q", "x/é".encode()), **held),
    )
    shown = [row["counterpart"] for row in plan.exclusions.to_pylist()]
    assert shown == [repo_id_of("q") + r":x/\xFF", repo_id_of("q") + ":x/é"]


def _without_first(table: pa.Table) -> pa.Table:
    return table.slice(1)


def _twice(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table, table])


@pytest.mark.parametrize("name", ["snapshots", "rights"])
@pytest.mark.parametrize("change", [_without_first, _twice])
def test_inputs_that_do_not_fit_together_are_refused(name: str, change: Any) -> None:
    inputs: ReleaseInputs = Corpus(files=(File(repo="r", path=b"a.py", data=b"a"),)).inputs
    broken = replace(inputs, **{name: change(getattr(inputs, name))})
    with pytest.raises(ArtefactCorrupt):
        plan_release(broken, Tier.RELEASABLE)


def test_the_alias_of_a_repository_is_shown_in_the_releasable_tier_only() -> None:
    file = File(repo="r", path=b"a.py", data=b"a")
    assert _plan(file, r="shown").rows["repo_name"].to_pylist() == ["shown"]
    inner = replace(file, outcome="internal-only")
    plan = _plan(inner, tier=Tier.INTERNAL_ONLY, r="shown")
    assert plan.rows["repo_name"].to_pylist() == ["r"]


def test_releasable_rows_name_organisations_and_no_persons_as_holders() -> None:
    holders = ("Mary Example", "Example GmbH", "The Sample Authors", "m@example.invalid Inc")
    file = File(repo="r", path=b"a.py", data=b"a", holders=holders)
    (row,) = _rows(_plan(file))
    assert row["copyright_holders"] == ["Example GmbH", "The Sample Authors"]
    inner = replace(file, outcome="internal-only")
    (row,) = _rows(_plan(inner, tier=Tier.INTERNAL_ONLY))
    assert row["copyright_holders"] == sorted(holders)


def test_a_value_in_a_path_is_redacted_there() -> None:
    path = b"customers/" + marker(Category.CUSTOMER) + b"/a.tar.GZ"
    (row,) = _rows(_plan(File(repo="r", path=path, data=b"a")))
    assert (row["path"], row["extension"]) == ("customers/<CUSTOMER>/a.tar.GZ", "gz")


def test_a_row_id_confirms_no_guess_of_a_redacted_value_without_the_key() -> None:
    first = File(repo="r", path=b"a.py", data=b"p = " + marker(Category.PASSWORD, 1))
    inputs = Corpus(files=(first,)).inputs
    other_key = inputs.facts[Family.SECRETS].to_pylist()
    other_key[0]["findings"][0]["hmac"] = "0" * 32
    table = pa.Table.from_pylist(other_key, schema=inputs.facts[Family.SECRETS].schema)
    rekeyed = replace(inputs, facts={**inputs.facts, Family.SECRETS: table})
    ids = [plan_release(i, Tier.RELEASABLE).rows["id"][0].as_py() for i in (inputs, rekeyed)]
    assert ids[0] != ids[1]


def test_the_order_of_the_input_rows_does_not_matter() -> None:
    inputs = mixed_corpus().inputs
    turned = replace(
        inputs,
        decisions=inputs.decisions.take(list(range(inputs.decisions.num_rows))[::-1]),
        trees=inputs.trees.take(list(range(inputs.trees.num_rows))[::-1]),
    )
    plans = [plan_release(i, Tier.RELEASABLE) for i in (inputs, turned)]
    assert plans[0].rows.equals(plans[1].rows)
    assert plans[0].exclusions.equals(plans[1].exclusions)


def test_ten_thousand_files_are_planned_in_seconds() -> None:
    inputs = large_corpus(10_000).inputs
    start = time.perf_counter()
    plan = plan_release(inputs, Tier.RELEASABLE)
    assert time.perf_counter() - start < 10
    assert plan.counts.seen == 10_000
    assert set(plan.rows["repo_id"].to_pylist()) == {repo_id_of(f"repo-{n}") for n in range(3)}
