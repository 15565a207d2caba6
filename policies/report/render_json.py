"""A violation report as JSON, and as JSON Lines."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

from policies.decision import Outcome
from policies.impact import BYTES_PER_TOKEN
from policies.report.escape import display_path
from policies.report.model import Amount, Group, ViolationReport
from policies.report.said import said_record


def to_json(report: ViolationReport) -> str:
    """Return the report as JSON with sorted keys; paths as `display_path` shows them.

    ``tokens_estimated`` is bytes divided by ``bytes_per_token_assumed``.
    """
    document = {
        "policy": {"name": report.policy_name, "digest": report.policy_digest},
        "input_digest": report.input_digest,
        "bytes_per_token_assumed": BYTES_PER_TOKEN,
        "totals": _outcomes(report.totals),
        "repositories": [
            {
                "repo_id": repository.repo_id,
                "name": repository.name,
                "seen": _amount(repository.seen),
                "by_outcome": _outcomes(repository.by_outcome),
            }
            for repository in report.repositories
        ],
        "groups": [_group(group) for group in report.groups],
        "cleared": [_group(group) for group in report.cleared],
        "reviews": [said_record(said) for said in report.said],
        "rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "because": rule.because,
                "remedy": rule.remedy,
                "effect": rule.effect,
                "lane": rule.lane,
            }
            for rule in report.rules
        ],
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def to_jsonl(report: ViolationReport) -> str:
    """Return one group a line, with the fields that `to_json` gives it; cleared ones come last."""
    groups = chain(report.groups, report.cleared)
    return "".join(json.dumps(_group(group), sort_keys=True) + "\n" for group in groups)


def _outcomes(amounts: dict[Outcome, Amount]) -> dict[str, Any]:
    return {outcome.value: _amount(amount) for outcome, amount in amounts.items()}


def _amount(amount: Amount) -> dict[str, int]:
    return {
        "files": amount.files,
        "bytes": amount.bytes,
        "tokens_estimated": amount.tokens,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "repo_id": group.repo_id,
        "id": group.id,
        "state": group.state,
        "rule_id": group.rule_id,
        "effect": group.effect,
        "lane": group.lane,
        "kind": group.kind,
        "key": group.key,
        "label": group.label,
        "preview": group.preview,
        "rotation": group.rotation,
        "cases": group.cases,
        "touched": _amount(group.touched),
        "blocked": _amount(group.blocked),
        "examples": [
            {"path": display_path(place.path), "line": place.line} for place in group.examples
        ],
        "suppressions": [
            {
                "review": said.review_id,
                "kind": said.kind,
                "lane": said.lane,
                "status": said.status.value,
                "justification": said.justification,
            }
            for said in group.suppressions
        ],
    }
