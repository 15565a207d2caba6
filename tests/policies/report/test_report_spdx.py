"""Documents are read back and checked by the model that SPDX generates from its own shapes."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from spdx_python_model.bindings import v3_0_1 as spdx

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.decision import Tier
from policies.evaluate import decide
from policies.report import group_violations
from policies.report.render_spdx import to_spdx
from policies.report.render_spdx_dataset import DatasetFacts, DatasetShard, to_dataset_spdx
from tests.policies.report.test_policies_report import POLICY, finding, tree_facts
from tests.strategies.policies import Row, as_dossier, occurrence

PERSON = "Erika Musterfrau"
MOMENT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def licensing(*rows: Row) -> pa.Table:
    schema = facts_schema(Family.LICENSING)
    scan = {"suffix": "py", "status": "completed", "reason": ""}
    return pa.Table.from_pylist([scan | row for row in rows], schema=schema)


def stated(kind: str) -> Row:
    return {"kind": kind, "spdx": "MIT", "line": 1, "start": 0, "end": 1, "score": 1.0}


def document_of(rows: list[Row], facts: pa.Table, trees: pa.Table | None = None) -> str:
    dossier = as_dossier(rows)
    content = facts_schema(Family.CONTENT).empty_table()
    decisions = decide(dossier, POLICY, content=content, input_digest="inputs")
    paths = tree_facts(rows, []) if trees is None else trees
    report = group_violations(decisions, dossier, facts={}, trees=paths, policy=POLICY)
    return to_spdx(report, decisions, dossier, facts={Family.LICENSING: facts}, trees=paths)


def checked(text: str) -> list[dict[str, Any]]:
    """Every element, after the model has read the document and written it anew."""
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(text.encode()), objects)
    again = io.BytesIO()
    spdx.JSONLDSerializer().write(objects, again)
    graph: list[dict[str, Any]] = json.loads(text)["@graph"]
    # Nothing is left behind: what the model does not know, it does not write.
    assert len(json.loads(again.getvalue())["@graph"]) == len(graph)
    names = {e["spdxId"] for e in graph if "spdxId" in e}
    assert len(names) == len(graph) - 1
    for element in graph:
        told = [element.get("from"), *element.get("to", []), *element.get("rootElement", [])]
        assert {name for name in told if name and name.startswith("urn:")} <= names
    return graph


def kinds(graph: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [element for element in graph if element["type"] == kind]


def licenses_of(graph: list[dict[str, Any]], relation: str) -> dict[str, list[str]]:
    """File name to licenses."""
    names = {e["spdxId"]: e["name"] for e in kinds(graph, "software_File")}
    expressions = {
        e["spdxId"]: e["simplelicensing_licenseExpression"]
        for e in kinds(graph, "simplelicensing_LicenseExpression")
    }
    return {
        names[e["from"]]: [expressions.get(to, to) for to in e["to"]]
        for e in kinds(graph, "Relationship")
        if e["relationshipType"] == relation and e["from"] in names
    }


def test_each_file_has_what_it_states_and_what_was_concluded() -> None:
    own = {"own_license_expression": "MIT", "own_license_category": "permissive"}
    rows = [
        occurrence("r", b"mit.py", "1", suffix="py", **own),
        occurrence("r", b"own.py", "2", suffix="py"),
        occurrence("r", b"unread.py", "3", suffix="py", licensing_status="failed"),
        occurrence("s", b"x.bin", "4", skip_reason="binary", licensing_status="missing"),
    ]
    facts = licensing(
        {
            "blob_id": "1" * 40,
            "holders": ["Acme Inc.", PERSON, "dev@acme.example"],
            "evidence": [stated("tag"), stated("text"), stated("text")],
        },
        {"blob_id": "2" * 40, "holders": [], "evidence": []},
    )
    text = document_of(rows, facts)
    assert document_of(rows, facts) == text
    graph = checked(text)
    declared = licenses_of(graph, "hasDeclaredLicense")
    assert declared["mit.py"] == ["MIT"]
    assert declared["own.py"] == ["expandedlicensing_NoneLicense"]
    assert declared["unread.py"] == ["expandedlicensing_NoAssertionLicense"]
    concluded = licenses_of(graph, "hasConcludedLicense")
    assert concluded["own.py"] == ["LicenseRef-Company"]
    assert set(concluded) == set(declared) == {"mit.py", "own.py", "unread.py", "x.bin"}
    comments = [e["comment"] for e in kinds(graph, "Relationship") if "comment" in e]
    assert "evidence: 1 tag, 2 text" in comments
    texts = {f["name"]: f["software_copyrightText"] for f in kinds(graph, "software_File")}
    assert texts["mit.py"] == "Copyright Acme Inc.\n2 holders who are not named here"
    assert (texts["own.py"], texts["unread.py"]) == ("NONE", "NOASSERTION")
    assert PERSON not in text
    assert "@acme" not in text
    assert len(kinds(graph, "software_Package")) == 2


def test_a_path_that_gives_something_away_is_masked() -> None:
    path = b"customers/globex/a.py"
    row = occurrence("r", path, "1", suffix="py")
    found = finding("f", "CUSTOMER") | {"start": 10, "end": 16, "line": 1}
    place = {"repo_id": "r", "path": path, "status": "completed", "reason": ""}
    trees = tree_facts([], [place | {"path_findings": [found]}])
    text = document_of([row], licensing(), trees)
    assert "globex" not in text
    (file,) = kinds(checked(text), "software_File")
    assert file["name"] == "customers/<CUSTOMER>/a.py"


def test_nothing_is_a_document_too() -> None:
    assert kinds(checked(document_of([], licensing())), "software_File") == []


@pytest.mark.parametrize(
    ("tier", "level"), [(Tier.RELEASABLE, "green"), (Tier.INTERNAL_ONLY, "red")]
)
def test_a_release_is_a_dataset_with_its_shards(tier: Tier, level: str) -> None:
    facts = DatasetFacts(
        release_id="rel_1",
        tier=tier,
        built_at=MOMENT,
        released_at=None,
        organisation="Acme Inc.",
        shards=[DatasetShard(path="data/shard-00000.parquet", sha256="a" * 64, rows=3)],
        bytes=42,
        licenses={"MIT": 2, "NOASSERTION": 1},
        redaction="placeholder",
        policy_digest="d",
    )
    graph = checked(to_dataset_spdx(facts))
    (package,) = kinds(graph, "dataset_DatasetPackage")
    assert package["dataset_confidentialityLevel"] == level
    assert package["builtTime"] == package["releaseTime"] == "2030-01-02T03:04:05Z"
    assert package["dataset_datasetSize"] == 42
    assert package["dataset_hasSensitivePersonalInformation"] == "noAssertion"
    (owner,) = kinds(graph, "Organization")
    assert package["originatedBy"] == [owner["spdxId"]]
    (file,) = kinds(graph, "software_File")
    assert file["verifiedUsing"][0]["hashValue"] == "a" * 64
    concluded = [e["to"] for e in kinds(graph, "Relationship") if e["from"] == package["spdxId"]]
    assert ["expandedlicensing_NoAssertionLicense"] in concluded
    (document,) = kinds(graph, "SpdxDocument")
    assert "dataset" in document["profileConformance"]


def test_the_model_refuses_what_is_no_document() -> None:
    text = document_of([occurrence("r", b"a.py", "1")], licensing())
    with pytest.raises(Exception, match="hasDeclaredLicence"):
        checked(text.replace("hasDeclaredLicense", "hasDeclaredLicence"))
