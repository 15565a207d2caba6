"""A violation report as SARIF 2.1.0 (OASIS), for code scanning pages."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from urllib.parse import quote

from policies.model import Effect
from policies.report.model import Group, Location, RuleText, ViolationReport

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final[dict[str, str]] = {Effect.EXCLUDE: "error", Effect.REDACT: "note"}
"""`level` by effect; holds, internal-only rules and the engine's reasons are warnings."""


def to_sarif(report: ViolationReport) -> str:
    """Return one result per group, with its example locations and `occurrenceCount`.

    Every rule is declared, fired or not. Paths are percent-encoded bytes, relative to a base
    that is named by the repository's id.
    """
    rules = [rule for rule in report.rules if rule.effect != Effect.GRANT]
    index = {rule.id: position for position, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "shardgate", "rules": [_rule(rule) for rule in rules]}},
        "originalUriBaseIds": {
            repository.repo_id: {"description": {"text": repository.name or repository.repo_id}}
            for repository in report.repositories
        },
        "columnKind": "unicodeCodePoints",
        "properties": {"policyDigest": report.policy_digest, "inputDigest": report.input_digest},
        "results": [_result(group, index[group.rule_id]) for group in report.groups],
    }
    return sarif_log(run)


def sarif_log(run: dict[str, Any]) -> str:
    """Return a SARIF log of one run."""
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _rule(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.because},
        "help": {"text": rule.remedy or rule.because},
        "defaultConfiguration": {"level": _level(rule.effect)},
        "properties": {"effect": rule.effect, "lane": rule.lane},
    }


def _level(effect: str) -> str:
    return _LEVELS.get(effect, "warning")


def _result(group: Group, rule_index: int) -> dict[str, Any]:
    subject = f"{group.label} {group.preview}".strip()
    parts = [group.repo_id, group.rule_id, group.kind, group.key, group.label]
    return {
        "ruleId": group.rule_id,
        "ruleIndex": rule_index,
        "level": _level(group.effect),
        "message": {"text": f"{group.title}: {subject}; blocks {group.blocked.files} files"},
        "occurrenceCount": group.cases,
        "partialFingerprints": {
            "shardgateGroup/v1": hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        },
        "locations": [_location(group.repo_id, place) for place in group.examples],
        **({"properties": {"rotation": group.rotation}} if group.rotation else {}),
    }


def _location(repo_id: str, place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote(place.path), "uriBaseId": repo_id}
    }
    if place.line:
        physical["region"] = {"startLine": place.line}
    return {"physicalLocation": physical}
