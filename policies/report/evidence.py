"""What was found in one file and in its path: the evidence beside the facts that rules read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ingest.domain.finding import Family
from policies.columns import FINDING_FAMILIES

PATH: Final = "path"
"""`Evidence.family` of what stands in the path: families are not told apart there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One finding, or one statement about the license."""

    family: str
    type: str
    """Category of a finding; kind of a license statement (tag, text, manifest, notice, …)."""
    rule: str
    """Rule of the detector; empty for a license statement."""
    line: int
    """1-based; 0 in a path."""
    confidence: str
    """Of a finding; of a license text its score."""
    shown: str
    """Masked preview of a finding; the license that is stated."""
    fingerprint: str
    """Empty for a license statement."""
    is_false: bool
    """People declared it none; it is neither counted nor redacted."""
    views: tuple[str, ...]
    """Decodings that lead to the value, outermost first."""


def list_evidence(
    row: Mapping[str, object],
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    remaining: Mapping[Family, pa.Table],
    remaining_trees: pa.Table,
) -> list[Evidence]:
    """Return what was found in an occurrence, by family and line.

    Args:
        row: of the occurrence, with `repo_id`, `path`, `blob_id` and `suffix`.
        facts: facts by family, what people declared false among them.
        trees: `TREE_FACTS`, as these.
        remaining: facts without what people declared false.
        remaining_trees: as these.
    """
    found: list[Evidence] = []
    for family in FINDING_FAMILIES:
        kept = {_identity(f) for f in _in_blob(row, remaining, family, "findings")}
        told = _in_blob(row, facts, family, "findings")
        found += _findings(told, family.value, kept)
    kept = {_identity(f) for f in _in_path(row, remaining_trees)}
    found += _findings(_in_path(row, trees), PATH, kept)
    found += map(_license, _in_blob(row, facts, Family.LICENSING, "evidence"))
    return found


def _in_blob(
    row: Mapping[str, object], facts: Mapping[Family, pa.Table], family: Family, column: str
) -> list[dict[str, Any]]:
    if family not in facts:
        return []
    table = facts[family]
    match = pc.and_(
        pc.equal(table["blob_id"], str(row["blob_id"])),
        pc.equal(table["suffix"], str(row["suffix"])),
    )
    lists = table.filter(match)[column].to_pylist()
    return [item for items in lists for item in items or []]


def _in_path(row: Mapping[str, object], trees: pa.Table) -> list[dict[str, Any]]:
    match = pc.and_(
        pc.equal(trees["repo_id"], str(row["repo_id"])),
        pc.equal(trees["path"], pa.scalar(row["path"], pa.binary())),
    )
    lists = trees.filter(match)["path_findings"].to_pylist()
    return [item for items in lists for item in items or []]


def _identity(finding: Mapping[str, Any]) -> tuple[object, ...]:
    return finding["fingerprint"], finding["category"], finding["start"]


def _findings(
    found: Sequence[Mapping[str, Any]], family: str, kept: Collection[tuple[object, ...]]
) -> Iterator[Evidence]:
    for finding in sorted(found, key=lambda f: (f["line"], f["start"], f["rule_id"])):
        yield Evidence(
            family=family,
            type=finding["category"],
            rule=finding["rule_id"],
            line=0 if family == PATH else finding["line"],
            confidence=finding["confidence"],
            shown=finding["preview"],
            fingerprint=finding["fingerprint"],
            is_false=_identity(finding) not in kept,
            views=tuple(finding["views"] or ()),
        )


def _license(statement: Mapping[str, Any]) -> Evidence:
    return Evidence(
        family=Family.LICENSING.value,
        type=statement["kind"],
        rule="",
        line=statement["line"],
        confidence=f"{statement['score']:.2f}",
        shown=statement["spdx"],
        fingerprint="",
        is_false=False,
        views=(),
    )
