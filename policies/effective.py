"""The one effective verdict on an occurrence, told in words: for ``why``, pages and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policies.columns import DERIVED_COLUMNS, DOSSIER_COLUMNS
from policies.decision import Outcome
from policies.model import (
    BLOCKING,
    ENGINE_REASONS,
    EXCLUDED_BY_REVIEW,
    SKIPPED_PREFIX,
    WITHDRAWN,
    Effect,
    Policy,
    Rule,
)

_MEANINGS = {column.name: column.meaning for column in (*DOSSIER_COLUMNS, *DERIVED_COLUMNS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A column that a rule read, with the value it found."""

    column: str
    value: str
    """As text; ``not known`` for NULL."""
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a decision."""

    id: str
    title: str
    because: str
    effect: str
    """An `Effect`, or ``engine`` for a reason that no rule gives."""
    lane: str
    """Who can clear it; empty where nobody can."""
    remedy: str
    condition: str
    """The rule's condition in SQL; empty for the engine's reasons."""
    facts: tuple[Fact, ...]

    @property
    def is_blocking(self) -> bool:
        """Tell whether release needs this reason gone."""
        return self.effect == "engine" or self.effect in BLOCKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision with everything that led to it."""

    outcome: str
    summary: str
    reasons: tuple[Reason, ...]
    waived: tuple[str, ...]
    """Reasons that people waived; without them the file would be held for these too."""
    waiver_ids: tuple[str, ...]
    """Reviews that took part."""
    waived_rules: tuple[Reason, ...]
    """The reasons in `waived`, with the facts that they still read."""
    pending_lanes: tuple[str, ...]
    redact_categories: tuple[str, ...]
    license: str
    """Effective license: expression, type and source."""
    counterpart: tuple[str, bytes, float] | None
    """(repository, path, similarity) of the copy that restricts this one."""
    policy_name: str
    policy_digest: str

    @property
    def blockers(self) -> tuple[Reason, ...]:
        """Reasons that stand against release: all of them must go."""
        return tuple(reason for reason in self.reasons if reason.is_blocking)


def explain(
    decision: Mapping[str, object], dossier_row: Mapping[str, object], policy: Policy
) -> Explanation:
    """Explain a row of `DECISIONS` by the dossier row that it was made from.

    Both rows are dictionaries as ``to_pylist`` gives them.

    Raises:
        ValueError: the rows belong to different occurrences, or a reason is of another policy.
    """
    for name in ("repo_id", "path", "blob_id"):
        if decision[name] != dossier_row[name]:
            raise ValueError(f"the decision and the dossier row differ in {name}")
    facts = {**dossier_row, **{c.name: decision[c.name] for c in DERIVED_COLUMNS}}
    reasons = tuple(_reason(str(name), facts, policy) for name in _texts(decision["reasons"]))
    outcome = Outcome(str(decision["outcome"]))
    return Explanation(
        outcome=outcome.value,
        summary=_summary(outcome, reasons),
        reasons=reasons,
        waived=_texts(decision["waived_reasons"]),
        waiver_ids=_texts(decision["waiver_ids"]),
        waived_rules=tuple(
            _reason(name, facts, policy) for name in _texts(decision["waived_reasons"])
        ),
        pending_lanes=_texts(decision["pending_lanes"]),
        redact_categories=_texts(decision["redact_categories"]),
        license=_license(decision),
        counterpart=_counterpart(decision),
        policy_name=policy.document.name,
        policy_digest=policy.digest,
    )


def describe_reason(name: str, policy: Policy) -> Reason:
    """Describe a reason code without the facts of an occurrence.

    Raises:
        ValueError: neither the policy nor the engine knows the code.
    """
    return _reason(name, {}, policy)


def _reason(name: str, facts: Mapping[str, object], policy: Policy) -> Reason:
    rule = policy.find_rule(name)
    if rule is not None:
        return _rule_reason(rule, facts)
    if name.startswith(SKIPPED_PREFIX):
        title, because, lane = "Skipped", "Only text is scanned, and only scanned text ships.", ""
    elif name in ENGINE_REASONS:
        engine = ENGINE_REASONS[name]
        title, because, lane = engine.title, engine.because, engine.lane or ""
    else:
        raise ValueError(f"the policy has no rule {name}")
    return Reason(
        id=name,
        title=title,
        because=because,
        effect="engine",
        lane=lane,
        remedy="",
        condition="",
        facts=(),
    )


def _rule_reason(rule: Rule, facts: Mapping[str, object]) -> Reason:
    return Reason(
        id=rule.id,
        title=rule.document.title,
        because=rule.document.because,
        effect=rule.effect.value,
        lane=rule.document.lane or "",
        remedy=rule.document.remedy,
        condition=rule.condition.sql,
        facts=tuple(
            Fact(column=name, value=_show(facts[name]), meaning=_MEANINGS[name])
            for name in rule.condition.columns
            if name in facts
        ),
    )


def _summary(outcome: Outcome, reasons: tuple[Reason, ...]) -> str:
    if outcome is Outcome.SKIPPED:
        return "Not scanned and in no tier."
    if outcome is Outcome.RELEASABLE:
        grants = [reason.title for reason in reasons if reason.effect == Effect.GRANT]
        return f"Releasable: {'; '.join(grants)}."
    if outcome is Outcome.EXCLUDED:
        stops = [
            reason.title
            for reason in reasons
            if reason.effect == Effect.EXCLUDE or reason.id in (EXCLUDED_BY_REVIEW, WITHDRAWN)
        ]
        return f"In no tier: {'; '.join(stops)}."
    stops = [reason.title for reason in reasons if reason.is_blocking]
    return f"Internal only: {'; '.join(stops)}."


def _show(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()


def _license(decision: Mapping[str, object]) -> str:
    expression = decision["license_expression"] or "no expression"
    return f"{expression} ({decision['license_type']}, from {decision['license_source']})"


def _counterpart(decision: Mapping[str, object]) -> tuple[str, bytes, float] | None:
    repo_id, path = decision["counterpart_repo_id"], decision["counterpart_path"]
    score = decision["counterpart_score"]
    if isinstance(repo_id, str) and isinstance(path, bytes) and isinstance(score, float):
        return repo_id, path, score
    return None
