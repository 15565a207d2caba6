"""A scan as SARIF 2.1.0 (OASIS): findings and held files as results, the rest as notifications.

Regions are bytes of the file as stored (``byteOffset``, section 3.30.11) with the line where it
starts. Rules are those that spoke: which others exist is named by the ruleset digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from policies.report.escape import display_path
from policies.report.render_sarif import sarif_driver, sarif_log
from policies.report.scan_model import (
    HistorySecret,
    LicenseVerdict,
    ScanFinding,
    ScanReport,
    Unscanned,
)

_ROOT: Final = "ROOT"
_LICENSING: Final = "licensing"
_LEVELS: Final = {"secrets": "error", "confidential": "warning", "pii": "warning"}
_HELD_LEVEL: Final = "warning"


def scan_to_sarif(report: ScanReport) -> str:
    """Return a log with one run; every rule, notification and base that it uses is declared."""
    rules = _rules(report)
    notes = sorted({_note_id(item) for item in report.unscanned})
    results = [
        *(_finding(f, rules) for f in report.findings),
        *(_held(v, reason, rules) for v in report.held for reason in report.why_held(v)),
        *(_history(secret, rules) for secret in report.secrets),
    ]
    driver = sarif_driver(list(rules.values())) | {
        "notifications": [
            {"id": note, "shortDescription": {"text": f"Not scanned: {note.partition('/')[2]}"}}
            for note in notes
        ],
        "properties": {
            "engines": dict(report.versions),
            "rulesets": dict(report.rules_digests),
            "policy": {"name": report.policy_name, "digest": report.policy_digest},
        },
    }
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that was scanned."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    _notification(item, notes) for item in report.unscanned
                ],
            }
        ],
        "properties": {
            "files": report.files,
            "filesScanned": report.scanned,
            "filesUnscanned": report.unscanned_files,
        },
        "results": results,
    }
    return sarif_log(run)


def _rules(report: ScanReport) -> dict[str, dict[str, Any]]:
    """Return every rule that a result names, in a fixed order, by its id."""
    rules: dict[str, dict[str, Any]] = {}
    spoken: list[ScanFinding | HistorySecret] = [*report.findings, *report.secrets]
    for item in sorted(spoken, key=lambda i: (i.family, i.rule_id)):
        name = f"{item.family}/{item.rule_id}"
        rules.setdefault(name, _rule(name, item.type, _LEVELS[item.family]))
    for reason in sorted({r for verdict in report.held for r in report.why_held(verdict)}):
        name = f"{_LICENSING}/{reason}"
        rules[name] = _rule(name, report.blockers[reason], _HELD_LEVEL)
    return rules


def _rule(name: str, title: str, level: str) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": title or name},
        "defaultConfiguration": {"level": level},
    }


def _finding(finding: ScanFinding, rules: Mapping[str, Any]) -> dict[str, Any]:
    place = _location(finding.path)
    if not finding.in_path:
        place["physicalLocation"]["region"] = _region(finding.line, finding.start, finding.end)
    where = "in the path" if finding.in_path else "in the file"
    return {
        **_result(f"{finding.family}/{finding.rule_id}", rules),
        "message": {"text": f"{finding.type} {where}: {finding.preview}"},
        "locations": [place],
        "partialFingerprints": {"shardgateValue/v1": finding.fingerprint},
        "properties": {
            "type": finding.type,
            "confidence": finding.confidence,
            "views": list(finding.views),
            "inPath": finding.in_path,
        },
    }


def _held(verdict: LicenseVerdict, reason: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    parts = [verdict.path, reason.encode(), verdict.license_expression.encode()]
    place = _location(verdict.path)
    if verdict.evidence:
        first = verdict.evidence[0]
        place["physicalLocation"]["region"] = _region(first.line, first.start, first.end)
    license_name = verdict.license_expression or "no license"
    return {
        **_result(f"{_LICENSING}/{reason}", rules),
        "message": {"text": f"Held: {verdict.category} ({license_name}), {verdict.provenance}"},
        "locations": [place],
        "partialFingerprints": {
            "shardgateVerdict/v1": hashlib.sha256(b"\0".join(parts)).hexdigest()
        },
        "properties": {"category": verdict.category, "license": verdict.license_expression},
    }


def _history(secret: HistorySecret, rules: Mapping[str, Any]) -> dict[str, Any]:
    state = "still at HEAD" if secret.at_head else "no longer at HEAD"
    return {
        **_result(f"{secret.family}/{secret.rule_id}", rules),
        "message": {"text": f"{secret.type} in the history, {state}: {secret.preview}"},
        "locations": [_location(path) for path in secret.paths],
        "partialFingerprints": {"shardgateValue/v1": secret.fingerprint},
        "properties": {
            "type": secret.type,
            "confidence": secret.confidence,
            "firstCommit": secret.first.commit,
            "lastCommit": secret.last.commit,
            "atHead": secret.at_head,
            "rotation": secret.rotation,
        },
    }


def _result(name: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    level = rules[name]["defaultConfiguration"]["level"]
    return {"ruleId": name, "ruleIndex": list(rules).index(name), "level": level}


def _region(line: int, start: int, end: int) -> dict[str, int]:
    return {"startLine": max(line, 1), "byteOffset": start, "byteLength": max(end - start, 0)}


def _location(path: bytes) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": quote(path), "uriBaseId": _ROOT}}}


def _note_id(item: Unscanned) -> str:
    return f"unscanned/{item.reason}"


def _notification(item: Unscanned, notes: Iterable[str]) -> dict[str, Any]:
    what = f"the {item.family} family" if item.family else "the file"
    where = "path" if item.in_path else "content"
    return {
        "descriptor": {"id": _note_id(item), "index": list(notes).index(_note_id(item))},
        "level": "warning",
        "message": {
            "text": f"Not scanned by {what} ({where}): {display_path(item.path)}: {item.reason}"
        },
        "locations": [_location(item.path)],
    }
