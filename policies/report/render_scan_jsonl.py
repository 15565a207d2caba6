r"""A scan as JSON Lines: one finding, license verdict, secret or unscanned file a line.

Paths are JSON text; a byte that is not UTF-8 is the lone surrogate ``\udcNN`` (PEP 383), so
``os.fsencode(line["path"])`` gives the path's bytes back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from policies.report.scan_model import (
    HistorySecret,
    LicenseVerdict,
    ScanFinding,
    ScanReport,
    Unscanned,
)


def to_jsonl(report: ScanReport) -> Iterator[str]:
    """Yield the lines of a report with their line ends, by path, then place.

    Of one path the findings come first, then the verdict, then what was not scanned.
    """
    keyed: list[tuple[tuple[bytes, int, int, int, str], dict[str, Any]]] = []
    for finding in report.findings:
        order = (finding.path, 0, finding.start, finding.end, finding.rule_id)
        keyed.append((order, _finding(finding)))
    keyed += [((v.path, 1, 0, 0, ""), _verdict(v)) for v in report.verdicts]
    for item in report.unscanned:
        keyed.append(((item.path, 2, 0, 0, item.family + item.blob_id), _unscanned(item)))
    for secret in report.secrets:
        first = min(secret.paths, default=b"")
        keyed.append(((first, 0, 0, 0, secret.fingerprint), history_record(secret)))
    for _, record in sorted(keyed, key=lambda pair: pair[0]):
        yield json.dumps(record, separators=(",", ":")) + "\n"


def path_text(path: bytes) -> str:
    """Return a path as text whose undecodable bytes are lone surrogates."""
    return path.decode("utf-8", "surrogateescape")


def _finding(finding: ScanFinding) -> dict[str, Any]:
    record: dict[str, Any] = {
        "path": path_text(finding.path),
        "line": finding.line,
        "start": finding.start,
        "end": finding.end,
        "family": finding.family,
        "rule_id": finding.rule_id,
        "type": finding.type,
        "confidence": finding.confidence,
        "preview": finding.preview,
        "fingerprint": finding.fingerprint,
        "views": list(finding.views),
    }
    return record | {"in_path": True} if finding.in_path else record


def _verdict(verdict: LicenseVerdict) -> dict[str, Any]:
    record: dict[str, Any] = {
        "path": path_text(verdict.path),
        "family": "licensing",
        "license_expression": verdict.license_expression or None,
        "category": verdict.category,
        "eligibility": verdict.eligibility,
        "evidence": [
            {
                "kind": e.kind,
                "spdx": e.spdx,
                "line": e.line,
                "start": e.start,
                "end": e.end,
                "score": round(e.score, 4),
            }
            for e in verdict.evidence
        ],
        "reasons": list(verdict.reasons),
        "provenance": verdict.provenance,
        "provenance_evidence": list(verdict.provenance_evidence),
        "license_source": verdict.license_source or "none",
    }
    return record | {"copy_of": path_text(verdict.counterpart)} if verdict.counterpart else record


def _unscanned(item: Unscanned) -> dict[str, Any]:
    record: dict[str, Any] = {
        "path": path_text(item.path),
        "status": "unscanned",
        "reason": item.reason,
        "family": item.family or None,
    }
    more = {"detail": item.detail, "in_path": item.in_path, "blob": item.blob_id}
    return record | {name: value for name, value in more.items() if value}


def history_record(secret: HistorySecret) -> dict[str, Any]:
    """Return a secret of a history as a JSON object; dates are RFC 3339 in UTC."""
    return {
        "family": secret.family,
        "rule_id": secret.rule_id,
        "type": secret.type,
        "confidence": secret.confidence,
        "preview": secret.preview,
        "fingerprint": secret.fingerprint,
        "fingerprints": list(secret.fingerprints),
        "rules": list(secret.rules),
        "first_commit": secret.first.commit or None,
        "first_date": secret.first.date or None,
        "last_commit": secret.last.commit or None,
        "last_date": secret.last.date or None,
        "removed_commit": secret.removed.commit or None,
        "removed_date": secret.removed.date or None,
        "at_head": secret.at_head,
        "at_refs": list(secret.at_refs),
        "refs": secret.ref_count,
        "paths": [path_text(path) for path in secret.paths],
        "blobs": secret.blobs,
        "rotation": secret.rotation,
        "rotated_by": secret.rotated_by or None,
        "rotated_at": secret.rotated_at or None,
    }
