"""What a set of fired rules amounts to: the one place where rules become an outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policies.decision import Outcome
from policies.model import NO_GRANT, SKIPPED_PREFIX, Effect, Policy, RedactTiers, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome with its reasons, before copies are compared."""

    outcome: Outcome
    reasons: tuple[str, ...]
    pending_lanes: tuple[str, ...]
    redact_internal: tuple[str, ...]
    """Categories to redact if the occurrence ends up internal-only."""
    redact_releasable: tuple[str, ...]
    """Categories to redact if it ends up releasable; never fewer."""


def judge(fired: Iterable[Rule]) -> Verdict:
    """Return the verdict of the rules that fired.

    Any exclusion excludes. Releasable needs at least one grant and neither a hold nor an
    internal-only rule. Everything else is internal-only, so no rule at all is internal-only.
    """
    rules = tuple(fired)
    effects = {rule.effect for rule in rules}
    outcome = _outcome(effects)
    reasons = {rule.id for rule in rules} | (set() if Effect.GRANT in effects else {NO_GRANT})
    lanes = {str(rule.document.lane) for rule in rules if rule.document.lane is not None}
    return Verdict(
        outcome=outcome,
        reasons=tuple(sorted(reasons)),
        pending_lanes=tuple(sorted(lanes)),
        redact_internal=_redactions(rules, {RedactTiers.BOTH}),
        redact_releasable=_redactions(rules, set(RedactTiers)),
    )


def judge_skipped(skip_reason: str) -> Verdict:
    """Return the verdict on an occurrence that is no text; no rule has a say in it."""
    return Verdict(
        outcome=Outcome.SKIPPED,
        reasons=(SKIPPED_PREFIX + skip_reason.upper(),),
        pending_lanes=(),
        redact_internal=(),
        redact_releasable=(),
    )


def judge_mask(policy: Policy, words: Iterable[int], word_bits: int) -> Verdict:
    """Return the verdict of a bit mask over the policy's rules, lowest bit first."""
    bits = list(words)
    return judge(
        rule
        for index, rule in enumerate(policy.rules)
        if bits[index // word_bits] >> (index % word_bits) & 1
    )


def _outcome(effects: set[Effect]) -> Outcome:
    if Effect.EXCLUDE in effects:
        return Outcome.EXCLUDED
    if effects & {Effect.HOLD, Effect.INTERNAL_ONLY} or Effect.GRANT not in effects:
        return Outcome.INTERNAL_ONLY
    return Outcome.RELEASABLE


def _redactions(rules: Iterable[Rule], tiers: set[RedactTiers]) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                category.value
                for rule in rules
                if rule.effect is Effect.REDACT and rule.document.tiers in tiers
                for category in rule.document.categories
            }
        )
    )
