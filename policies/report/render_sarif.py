"""A violation report as SARIF 2.1.0 (OASIS), for code scanning pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import chain
from typing import Any, Final
from urllib.parse import quote

from policies.model import Effect
from policies.report.model import Group, Location, RuleText, ViolationReport

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final[dict[str, str]] = {
    Effect.EXCLUDE: "error",
    Effect.REDACT: "note",
    Effect.GRANT: "none",
}
"""`level` by effect; holds, internal-only rules and the engine's reasons are warnings."""


def to_sarif(report: ViolationReport) -> str:
    """Return one result per group, with its example locations and `occurrenceCount`.

    Every rule and every reason of the engine is declared, fired or not. What people said of a
    group stands in `suppressions`: a result is suppressed only where all of them are accepted
    (section 3.27.23), and what they cleared is a result too. Paths are percent-encoded bytes,
    relative to a base that is named by the repository's id.
    """
    index = {rule.id: position for position, rule in enumerate(report.rules)}
    run = {
        "tool": {"driver": sarif_driver([_rule(r) for r in report.rules])},
        "originalUriBaseIds": {
            repository.repo_id: {"description": {"text": repository.name or repository.repo_id}}
            for repository in report.repositories
        },
        "columnKind": "unicodeCodePoints",
        "properties": {"policyDigest": report.policy_digest, "inputDigest": report.input_digest},
        "results": [
            _result(group, index[group.rule_id]) for group in chain(report.groups, report.cleared)
        ],
    }
    return sarif_log(run)


def sarif_driver(rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the tool component of a run (section 3.19) with the rules that it declares."""
    return {"name": "shardgate", "version": version("shardgate"), "rules": list(rules)}


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
    parts = [group.repo_id, group.rule_id, group.kind, group.key, group.label]
    return {
        "ruleId": group.rule_id,
        "ruleIndex": rule_index,
        "level": _level(group.effect),
        "message": {"text": _message(group)},
        "occurrenceCount": group.cases,
        "partialFingerprints": {
            "shardgateGroup/v1": hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        },
        "locations": [_location(group.repo_id, place) for place in group.examples],
        "suppressions": [
            {
                "kind": "external",
                "status": said.status.value,
                "justification": said.justification,
                "properties": {"review": said.review_id, "kind": said.kind, "lane": said.lane},
            }
            for said in group.suppressions
        ],
        **({"properties": {"rotation": group.rotation}} if group.rotation else {}),
    }


def _message(group: Group) -> str:
    subject = f"{group.label} {group.preview}".strip()
    verb = "blocked until people cleared it" if group.state == "cleared" else "blocks"
    return f"{group.title}: {subject}; {verb} {group.blocked.files} files"


def _location(repo_id: str, place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote(place.path), "uriBaseId": repo_id}
    }
    if place.line:
        physical["region"] = {"startLine": place.line}
    return {"physicalLocation": physical}
