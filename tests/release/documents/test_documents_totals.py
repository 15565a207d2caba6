from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from policies.decision import Tier
from policies.document import load_default_policy
from policies.model import ENGINE_REASONS
from release.documents.classes import CLASSES, OTHER, RELEASED, causes, class_of
from release.recall import ReReleaseSpec, re_release
from tests.release.documents.conftest import Pair
from tests.strategies.recall import MOMENT, drop_of, tools_of


def test_totals_add_up_to_the_manifest(pair: Pair) -> None:
    totals = json.loads(pair.read("totals.json"))
    manifest = pair.second.manifest
    assert totals["counts"] == asdict(manifest.counts)
    for group in ("languages", "licenses", "license_types", "repositories"):
        assert sum(line["rows"] for line in totals[group]) == manifest.counts.emitted
        assert sum(line["bytes"] for line in totals[group]) == totals["bytes"]
    for group in ("languages", "licenses"):
        listed = {x["name"]: {"rows": x["rows"], "bytes": x["bytes"]} for x in totals[group]}
        assert listed == getattr(manifest, group)
    assert {x["name"]: x["rows"] for x in totals["reasons"]} == {
        "LIC_PERMISSIVE": 5,
        "OWN_ATTESTED": 1,
    }


def test_redactions_are_counted_by_kind_with_their_placeholders(pair: Pair) -> None:
    (line,) = json.loads(pair.read("totals.json"))["redactions"]
    assert line == {
        "kind": "EMAIL_ADDRESS",
        "count": 2,
        "rows": 1,
        "placeholders": ["<EMAIL>"],
    }


def test_the_releasable_tier_names_classes_and_the_internal_one_rules(pair: Pair) -> None:
    left = {x["reason"]: x["files"] for x in json.loads(pair.read("totals.json"))["left_out"]}
    if pair.second.manifest.tier is Tier.RELEASABLE:
        assert left == {"license": 1, OTHER: 1, "not readable as text": 1}
    else:
        assert left == {RELEASED: 1, "SKIPPED": 1}


def test_every_reason_against_a_release_that_we_ship_has_a_class() -> None:
    rules = load_default_policy().document.rules
    kept_out = {rule.id for rule in rules if rule.effect not in {"grant", "redact"}}
    assert kept_out
    for code in (*kept_out, *ENGINE_REASONS):
        assert class_of(code) in set(CLASSES) - {OTHER}, code
    for rule in rules:
        if rule.id not in kept_out:
            assert causes([rule.id, "NO_CONSENT"], "held", Tier.RELEASABLE) == {"rights or consent"}
    assert class_of("A_RULE_OF_A_CUSTOMER") == OTHER


def test_what_speaks_for_a_file_keeps_it_out_of_nothing() -> None:
    codes = ["OWN_ATTESTED", "REDACT_SECRET", "OWNER_UNKNOWN"]
    assert causes(codes, "held", Tier.INTERNAL_ONLY) == {"OWNER_UNKNOWN"}
    assert causes(codes, "other_tier", Tier.INTERNAL_ONLY) == {RELEASED}
    assert causes(["DETECTOR"], "withdrawn", Tier.RELEASABLE) == {"withdrawn"}
    assert causes(["OWN_ATTESTED"], "held", Tier.RELEASABLE) == {OTHER}


def test_a_release_that_takes_rows_back_keeps_its_parents_reasons(pair: Pair) -> None:
    parent = pair.second
    dropped = drop_of(parent, language="Python")
    new = re_release(parent, dropped, ReReleaseSpec(created_at=MOMENT), tools_of(parent))
    then = json.loads(pair.read("totals.json"))
    now = json.loads((new.directory / "totals.json").read_bytes())
    left = {x["reason"]: x["files"] for x in now["left_out"]}
    kept = {x["reason"]: x["files"] for x in then["left_out"]}
    assert now["counts"]["withdrawn"] >= dropped.num_rows
    assert sum(left.values()) == sum(kept.values()) + dropped.num_rows
    assert left.keys() > kept.keys()
    assert now["rules"] == then["rules"]


@pytest.mark.parametrize("code", ["SKIPPED", "SKIPPED_BINARY", "SKIPPED_TOO_LARGE"])
def test_what_was_skipped_is_no_text(code: str) -> None:
    assert class_of(code) == "not readable as text"
