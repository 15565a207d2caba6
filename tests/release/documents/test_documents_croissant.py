from __future__ import annotations

import json
import logging
from typing import Any

import pyarrow as pa
import pytest

from policies.decision import Tier
from release.domain.rows import rows_schema
from tests.release.documents.conftest import Pair


@pytest.fixture
def croissant(pair: Pair) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(pair.read("croissant.json"))
    return value


def test_it_conforms_to_1_1_and_has_what_the_specification_requires(
    croissant: dict[str, Any], pair: Pair
) -> None:
    assert "http://mlcommons.org/croissant/1.1" in croissant["conformsTo"]
    required = "@context @type name description license url creator datePublished distribution"
    assert all(croissant[name] for name in required.split())
    assert croissant["name"] == pair.second.manifest.release_id


def test_every_file_is_listed_with_its_digest(croissant: dict[str, Any], pair: Pair) -> None:
    listed = {f["@id"]: f["sha256"] for f in croissant["distribution"] if "sha256" in f}
    files = {f.path: f.sha256 for f in pair.second.manifest.files}
    # Neither this file nor the card, which is written after it, can hold its own digest.
    assert listed == {p: s for p, s in files.items() if p not in {"croissant.json", "README.md"}}


def test_fields_are_the_columns_of_the_tier_with_their_types(
    croissant: dict[str, Any], pair: Pair
) -> None:
    (records,) = croissant["recordSet"]
    schema = rows_schema(pair.second.manifest.tier)
    assert [f["name"] for f in records["field"]] == [f"rows/{c.name}" for c in schema]
    fields = {f["name"].removeprefix("rows/"): f for f in records["field"]}
    for column in schema:
        field = fields[column.name]
        assert field.get("isArray", False) == pa.types.is_list(column.type)
    assert fields["length_bytes"]["dataType"] == "sc:Integer"
    assert fields["is_test"]["dataType"] == "sc:Boolean"
    assert fields["committer_date"]["dataType"] == "sc:DateTime"
    assert [f["dataType"] for f in fields["redactions"]["subField"]] == [
        "sc:Text",
        "sc:Text",
        "sc:Integer",
        "sc:Integer",
    ]
    hidden = {"blob_id", "revision_id", "branch_name", "waiver_ids"}
    assert bool(hidden & set(fields)) == (pair.second.manifest.tier is Tier.INTERNAL_ONLY)


def test_conditions_of_use_say_who_may_train_and_that_internal_rows_stay(
    croissant: dict[str, Any], pair: Pair
) -> None:
    usage = croissant["usageInfo"]
    purposes = usage["odrl:permission"]["odrl:constraint"]["odrl:rightOperand"]
    is_releasable = pair.second.manifest.tier is Tier.RELEASABLE
    assert ("public-model" in purposes) == is_releasable
    assert ("odrl:prohibition" in usage) == (not is_releasable)


@pytest.mark.filterwarnings("ignore")  # of the library, about its own libraries
def test_mlcroissant_finds_nothing_to_say_and_reads_the_rows(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(pair.second.directory / "croissant.json")
    assert [r.getMessage() for r in caplog.records] == []
    rows = list(dataset.records("rows"))
    assert len(rows) == pair.second.manifest.counts.emitted
    assert {row["rows/tier"].decode() for row in rows} == {pair.second.manifest.tier.value}
    (redacted,) = [row for row in rows if row["rows/pii_count"]]
    assert [r["rows/redactions/placeholder"] for r in redacted["rows/redactions"]] == [
        b"<EMAIL>",
        b"<EMAIL>",
    ]
