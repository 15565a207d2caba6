"""The statement against the rules of in-toto's spec v1, and against itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.grant import Purpose
from release.domain.receipt import Receipt
from release.domain.statement import Standing, Statement, make_statement
from tests.strategies.grants import NOW, consumption, grant, receipt, release_id_of, sha

TYPE_URI = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9/_.-]+/v\d+")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def made(*receipts: Receipt, state: str = "published") -> Statement:
    return make_statement(consumption(*receipts, state=state), NOW)


def test_a_statement_has_the_form_that_the_spec_asks_for() -> None:
    raw = json.loads(made(receipt(1), receipt(2, count=3)).to_json())
    assert raw.keys() == {"_type", "subject", "predicateType", "predicate"}
    assert raw["_type"] == "https://in-toto.io/Statement/v1"
    assert TYPE_URI.fullmatch(raw["predicateType"])
    assert len(raw["subject"]) == 5
    for subject in raw["subject"]:
        assert subject.keys() <= {"name", "uri", "digest", "annotations"}
        assert re.fullmatch(r"[0-9a-f]{64}", subject["digest"]["sha256"])
    names = [subject["name"] for subject in raw["subject"]]
    assert len(set(names)) == len(names)
    moments = [value for name, value in _leaves(raw) if name.endswith("On")]
    assert moments
    assert all(TIMESTAMP.fullmatch(str(moment)) for moment in moments)
    fields = {name for name, _ in _leaves(raw["predicate"])}
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]*", name) for name in fields)


def _leaves(value: Any, name: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, member in value.items() for leaf in _leaves(member, key)]
    if isinstance(value, list):
        return [leaf for member in value for leaf in _leaves(member, name)]
    return [(name, value)]


def test_a_statement_names_run_purpose_releases_policies_grants_and_receipts() -> None:
    run = made(receipt(1), receipt(2)).predicate
    assert (run.run_id, run.consumer, run.purpose) == ("run-7", "trainers", Purpose.PUBLIC_MODEL)
    assert [r.id for r in run.releases] == [release_id_of(1), release_id_of(2)]
    assert [(p.name, p.digest.sha256) for p in run.policies] == [("default", sha("policy"))]
    assert [(g.granted_by, g.expires_on) for g in run.grants] == [("ada", "2030-01-02T12:00:00Z")]
    assert [r.digest.sha256 for r in run.receipts] == [sha("0"), sha("1")]
    assert run.recalled == ()


def test_a_statement_says_what_was_taken_back_since() -> None:
    run = made(receipt(1), state="recalled").predicate
    assert [r.id for r in run.recalled] == [release_id_of(1)]


def test_a_statement_names_the_policy_that_took_rows_out_as_well() -> None:
    """Its shards carry the one that decided; who asks by which it may be used wants both."""
    (known,) = (receipt(),)
    other = sha("stricter policy")
    consumed = consumption(known)
    standings = {known.release_id: Standing(state="published", restricted_by=other)}
    policies = {**consumed.policies, other: "stricter"}
    told = make_statement(replace(consumed, standings=standings, policies=policies), NOW).predicate
    assert {p.digest.sha256: p.name for p in told.policies} == policies
    (used,) = told.releases
    assert used.restricted_by is not None
    assert used.restricted_by.sha256 == other
    assert make_statement(consumed, NOW).predicate.releases[0].restricted_by is None


def test_a_statement_survives_its_own_document_and_ignores_what_it_does_not_know() -> None:
    statement = made(receipt(1), receipt(2))
    assert Statement.from_json(statement.to_json()) == statement
    raw = json.loads(statement.to_json())
    raw["predicate"]["laterField"] = raw["later"] = 1
    assert Statement.from_json(json.dumps(raw).encode()) == statement


def test_two_receipts_of_one_release_name_its_shards_once() -> None:
    again = receipt(1, at="2030-01-01T13:00:00Z")
    statement = made(receipt(1), again)
    assert len(statement.subject) == 2
    assert len(statement.predicate.receipts) == 2


def test_the_receipts_of_several_runs_make_no_statement() -> None:
    with pytest.raises(ValueError, match="several runs"):
        made(receipt(1), receipt(2, run_id="run-8"))
    with pytest.raises(ValueError, match=r"."):
        made(receipt(1, count=0))


def _without_subject(raw: dict[str, Any]) -> None:
    raw["subject"] = []


def _lost_shard(raw: dict[str, Any]) -> None:
    raw["subject"].pop()


def _further_shard(raw: dict[str, Any]) -> None:
    twin = raw["subject"][0] | {"name": release_id_of(1) + "/data/shard-00009.parquet"}
    raw["subject"].append(twin)


def _twice(raw: dict[str, Any]) -> None:
    raw["subject"][1]["name"] = raw["subject"][0]["name"]


def _no_digest(raw: dict[str, Any]) -> None:
    raw["subject"][0]["digest"] = {}


def _old_type(raw: dict[str, Any]) -> None:
    raw["_type"] = "https://in-toto.io/Statement/v0.1"


def _other_predicate(raw: dict[str, Any]) -> None:
    raw["predicateType"] = "https://slsa.dev/provenance/v1"


def _no_receipt(raw: dict[str, Any]) -> None:
    raw["predicate"]["receipts"] = []


def _no_grant(raw: dict[str, Any]) -> None:
    raw["predicate"]["grants"] = []


def _forbidden(raw: dict[str, Any]) -> None:
    raw["predicate"]["releases"][0]["tier"] = Tier.INTERNAL_ONLY.value
    raw["predicate"]["grants"][0]["tier"] = Tier.INTERNAL_ONLY.value


def _other_policy(raw: dict[str, Any]) -> None:
    raw["predicate"]["policies"][0]["digest"]["sha256"] = sha("other")


def _no_rows(raw: dict[str, Any]) -> None:
    raw["subject"][0]["annotations"]["rows"] = 0


@pytest.mark.parametrize(
    "damage",
    [
        _without_subject,
        _lost_shard,
        _further_shard,
        _twice,
        _no_digest,
        _old_type,
        _other_predicate,
        _no_receipt,
        _no_grant,
        _forbidden,
        _other_policy,
        _no_rows,
    ],
)
def test_a_document_that_is_no_statement_or_contradicts_itself_is_refused(
    damage: Callable[[dict[str, Any]], None],
) -> None:
    raw = json.loads(made(receipt(1)).to_json())
    damage(raw)
    with pytest.raises(ReleaseRefused):
        Statement.from_json(json.dumps(raw).encode())


def test_a_grant_for_another_purpose_carries_no_statement() -> None:
    known = consumption(receipt(1))
    other = type(known)(
        receipts=known.receipts,
        grants=[grant(purpose=Purpose.EVALUATION)],
        policies=known.policies,
        standings=known.standings,
    )
    with pytest.raises(ValueError, match="not granted"):
        make_statement(other, NOW)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"_type":'])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(ReleaseRefused):
        Statement.from_json(data)
