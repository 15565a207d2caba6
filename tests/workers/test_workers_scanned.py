from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family, Finding, ScanStatus
from ingest.domain.text import ScanText
from tests.strategies.ingest import findings
from workers.scanned import ScannedTexts


@dataclass
class Named:
    """A detector by name only."""

    family: Family = Family.SECRETS
    ruleset_digest: str = "1" * 64
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        raise NotImplementedError


def digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def facts(
    *found: list[Finding], status: str = ScanStatus.COMPLETED, suffix: str = "py"
) -> pa.Table:
    rows = [
        {
            "blob_id": f"{number:040x}",
            "suffix": suffix,
            "status": status,
            "reason": "",
            "findings": [asdict(finding) for finding in one],
            "allow_markers": 0,
            "undecoded": 0,
        }
        for number, one in enumerate(found)
    ]
    return pa.Table.from_pylist(rows, schema=facts_schema(Family.SECRETS))


@given(st.lists(findings(), max_size=3), st.lists(findings(), max_size=3))
def test_what_was_said_of_bytes_is_said_again(first: list[Finding], second: list[Finding]) -> None:
    scanned = ScannedTexts()
    scanned.keep(Named(), [digest(b"a"), digest(b"b")], facts(first, second))
    assert scanned.find(Named(), digest(b"a"), "py") == first
    assert scanned.find(Named(), digest(b"b"), "py") == second


def test_other_bytes_other_names_and_other_rules_were_not_asked() -> None:
    scanned = ScannedTexts()
    scanned.keep(Named(), [digest(b"a")], facts([]))
    assert scanned.find(Named(), digest(b"b"), "py") is None
    assert scanned.find(Named(), digest(b"a"), "c") is None
    other = replace(Named(), ruleset_digest="2" * 64)
    assert scanned.find(other, digest(b"a"), "py") is None


def test_a_scan_that_was_not_completed_is_no_answer() -> None:
    scanned = ScannedTexts()
    for status in set(ScanStatus) - {ScanStatus.COMPLETED}:
        scanned.keep(Named(), [digest(b"a")], facts([], status=status))
    assert scanned.find(Named(), digest(b"a"), "py") is None


def test_families_that_the_exit_scan_does_not_ask_are_not_kept() -> None:
    scanned = ScannedTexts()
    for family in set(Family) - {Family.SECRETS, Family.CONFIDENTIAL}:
        scanned.keep(Named(family=family), [digest(b"a")], pa.table({"blob_id": ["0"]}))
    assert scanned.find(Named(), digest(b"a"), "py") is None


def test_room_is_bounded_and_the_latest_are_kept() -> None:
    scanned = ScannedTexts(capacity=2)
    for text in (b"a", b"b", b"c"):
        scanned.keep(Named(), [digest(text)], facts([]))
    kept = [scanned.find(Named(), digest(text), "py") for text in (b"a", b"b", b"c")]
    assert kept == [None, None, []]
