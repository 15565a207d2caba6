"""From the facts of a tree to what a scan says: places in stored bytes, a fate for every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ingest.domain.finding import Family, Finding, ScanStatus
from ingest.domain.text import NotText, StoredOffsets
from policies.report.scan_model import (
    HELD,
    LicenseEvidence,
    LicenseVerdict,
    ScanFinding,
    ScanReport,
    Unscanned,
)
from workers.scan import FINDING_FAMILIES, SEALED, ScannedTree, Scanner
from workers.scan_folder import CHANGED, UNREADABLE
from workers.scan_source import ScanSource
from workers.scan_undecoded import UNDECODED, undecoded_of

if TYPE_CHECKING:
    from policies.model import Policy

UNIT = tuple[str, str]
WHOLE_FILE: Final = frozenset({CHANGED, UNREADABLE, *SEALED})
"""Reasons of a failed scan that say something of the file and nothing of the family."""
NOT_SCANNED: Final = "LICENSING_NOT_SCANNED"
_MAX_DETAIL: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One entry of the snapshot."""

    path: bytes
    unit: UNIT
    size: int
    encoding: str
    reason: str | None


@dataclass(slots=True)
class _Offsets:
    """Spans of normalised text as spans of stored bytes, one file after the other."""

    source: ScanSource
    _blob_id: str = ""
    _offsets: StoredOffsets | None = None

    def span(self, row: _Row, start: int, end: int) -> tuple[int, int]:
        """Return the stored bytes of a span; a file that went away keeps that of its text."""
        if row.encoding in {"utf-8", ""}:
            return start, end
        if self._blob_id != row.unit[0]:
            with self.source.open_blobs([row.unit[0]]) as blobs:
                stored = next(blobs)[1]
            self._offsets = (
                None if isinstance(stored, NotText) else StoredOffsets(stored, row.encoding)
            )
            self._blob_id = row.unit[0]
        return self._offsets.span(start, end) if self._offsets else (start, end)


@dataclass(slots=True)
class _Records:
    """What is gathered of one tree."""

    tree: ScannedTree
    scanner: Scanner
    offsets: _Offsets
    findings: list[ScanFinding] = field(default_factory=list)
    verdicts: list[LicenseVerdict] = field(default_factory=list)
    unscanned: list[Unscanned] = field(default_factory=list)
    scanned: int = 0
    bytes: int = 0


def report_of(scanner: Scanner, source: ScanSource, tree: ScannedTree) -> ScanReport:
    """Return the report on a tree: every entry has a verdict, findings or a reason, or all."""
    records = _Records(tree=tree, scanner=scanner, offsets=_Offsets(source))
    facts = {family: _by_unit(table) for family, table in tree.facts.items()}
    verdicts = tree.verdicts.to_pylist() if tree.verdicts is not None else []
    for index, row in enumerate(_rows(tree.snapshot)):
        _add_paths(records, row, index)
        if row.reason is not None and row.reason not in SEALED:
            records.unscanned.append(Unscanned(path=row.path, reason=row.reason))
            continue
        own = {family: units.get(row.unit, {}) for family, units in facts.items()}
        if _add_file(records, row, own) and verdicts:
            records.verdicts.append(_verdict(records, row, verdicts[index], own))
    left = source.left_out()
    policy = tree.policy
    return ScanReport(
        subject=source.name,
        families=tuple(family.value for family in scanner.families),
        files=tree.snapshot.num_rows + len(left),
        bytes=records.bytes,
        scanned=records.scanned,
        findings=tuple(sorted(records.findings, key=_place)),
        verdicts=tuple(records.verdicts),
        unscanned=tuple(sorted((*records.unscanned, *left), key=lambda u: (u.path, u.family))),
        policy_name=policy.document.name if policy else "",
        policy_digest=policy.digest if policy else "",
        blockers=_blockers(records.verdicts, policy) if policy else {},
        versions=scanner.versions,
        rules_digests=scanner.digests,
    )


def _blockers(verdicts: Sequence[LicenseVerdict], policy: Policy) -> dict[str, str]:
    from policies.effective import describe_reason  # noqa: PLC0415 - with licensing only

    names = {name for verdict in verdicts for name in verdict.reasons} - {NOT_SCANNED}
    reasons = [describe_reason(name, policy) for name in sorted(names)]
    known = {reason.id: reason.title for reason in reasons if reason.is_blocking}
    return known | {NOT_SCANNED: "Its license was not read"}


def _place(finding: ScanFinding) -> tuple[bytes, int, int, int, str]:
    return (finding.path, not finding.in_path, finding.start, finding.end, finding.rule_id)


def _rows(snapshot: pa.Table) -> Iterator[_Row]:
    names = ("path", "blob_id", "suffix", "size", "encoding", "skip_reason")
    columns = (snapshot[name].to_pylist() for name in names)
    for path, blob_id, suffix, size, encoding, reason in zip(*columns, strict=True):
        yield _Row(path=path, unit=(blob_id, suffix), size=size, encoding=encoding, reason=reason)


def _by_unit(table: pa.Table) -> dict[UNIT, dict[str, Any]]:
    wanted = {"blob_id", "suffix", "status", "reason", "findings", "evidence", "undecoded"}
    rows = table.select([name for name in table.column_names if name in wanted]).to_pylist()
    return {(row["blob_id"], row["suffix"]): row for row in rows}


def _add_paths(records: _Records, row: _Row, index: int) -> None:
    """Add what the path itself gives away, or that nobody looked."""
    for family, found in records.tree.paths.found.items():
        for finding in found[index]:
            records.findings.append(_found(row.path, family, finding))
        if family in records.tree.paths.failed:
            status, detail = records.tree.paths.failed[family]
            records.unscanned.append(
                Unscanned(
                    path=row.path, reason=status, family=family.value, detail=detail, in_path=True
                )
            )


def _found(path: bytes, family: Family, finding: Finding) -> ScanFinding:
    return ScanFinding(
        path=path,
        line=1,
        start=finding.start,
        end=finding.end,
        family=family.value,
        rule_id=finding.rule_id,
        type=str(finding.category),
        confidence=str(finding.confidence),
        preview=finding.preview,
        fingerprint=finding.fingerprint,
        views=tuple(finding.views),
        in_path=True,
    )


def _add_file(records: _Records, row: _Row, own: Mapping[Family, Mapping[str, Any]]) -> bool:
    """Add findings and failures of a file; tell whether the file was looked at at all."""
    for family in FINDING_FAMILIES:
        for finding in own.get(family, {}).get("findings") or []:
            records.findings.append(_finding(records, row, family, finding))
    failures = {f: facts for f, facts in own.items() if not _is_completed(facts)}
    whole = [told for facts in failures.values() if (told := _of_file(row, facts))]
    if whole:
        reason, _, detail = max(whole, key=len).partition(", ")
        records.unscanned.append(Unscanned(path=row.path, reason=reason, detail=detail))
        return False
    records.scanned += 1
    records.bytes += row.size
    for family, facts in failures.items():
        records.unscanned.append(_unfinished(row.path, family, facts))
    for family in FINDING_FAMILIES:
        if told := undecoded_of(own.get(family, {})):
            records.unscanned.append(
                Unscanned(path=row.path, reason=UNDECODED, family=family.value, detail=told)
            )
    return True


def _of_file(row: _Row, facts: Mapping[str, Any]) -> str:
    """Return what a failed scan says of the whole file; empty where it concerns its family."""
    told = str(facts.get("reason") or "")
    if told.partition(", ")[0] in WHOLE_FILE:
        return told
    return row.reason or ""


def _is_completed(facts: Mapping[str, Any]) -> bool:
    return facts.get("status") == ScanStatus.COMPLETED.value


def _unfinished(path: bytes, family: Family, facts: Mapping[str, Any]) -> Unscanned:
    # What decides on licenses is one family to the person who asked for it.
    shown = Family.LICENSING if family is Family.CONTENT else family
    return Unscanned(
        path=path,
        reason=str(facts.get("status") or "missing"),
        family=shown.value,
        detail=str(facts.get("reason") or "")[:_MAX_DETAIL],
    )


def _finding(
    records: _Records, row: _Row, family: Family, finding: Mapping[str, Any]
) -> ScanFinding:
    start, end = records.offsets.span(row, finding["start"], finding["end"])
    return ScanFinding(
        path=row.path,
        line=finding["line"],
        start=start,
        end=end,
        family=family.value,
        rule_id=finding["rule_id"],
        type=finding["category"],
        confidence=finding["confidence"],
        preview=finding["preview"],
        fingerprint=finding["fingerprint"],
        views=tuple(finding.get("views") or ()),
    )


def _verdict(
    records: _Records,
    row: _Row,
    verdict: Mapping[str, Any],
    own: Mapping[Family, Mapping[str, Any]],
) -> LicenseVerdict:
    facts = own[Family.LICENSING]
    is_read = _is_completed(facts)
    evidence = [_evidence(records, row, item) for item in facts.get("evidence") or []]
    return LicenseVerdict(
        path=row.path,
        license_expression=_expression(verdict) if is_read else "",
        category=verdict["category"] if is_read else "unknown",
        eligibility=verdict["eligibility"] if is_read else HELD,
        evidence=tuple(sorted(evidence, key=lambda e: (e.start, e.end, e.kind))),
        reasons=tuple(verdict["reasons"] if is_read else (*verdict["reasons"], NOT_SCANNED)),
        provenance=verdict["provenance"] or "unknown",
        provenance_evidence=tuple(verdict["provenance_evidence"] or ()),
        license_source=verdict["license_source"] or "",
        counterpart=verdict["counterpart_path"] or b"",
    )


def _expression(verdict: Mapping[str, Any]) -> str:
    """Return the effective license; nothing where only what was assumed of the tree speaks."""
    return "" if verdict["category"] == "none" else verdict["license_expression"] or ""


def _evidence(records: _Records, row: _Row, item: Mapping[str, Any]) -> LicenseEvidence:
    start, end = records.offsets.span(row, item["start"], item["end"])
    return LicenseEvidence(
        kind=item["kind"],
        spdx=item["spdx"],
        line=item["line"],
        start=start,
        end=end,
        score=item["score"],
    )
