"""What a set of fired rules amounts to: the one place where rules become an outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from policies.decision import Outcome
from policies.masks import WORD_BITS
from policies.model import (
    EXCLUDED_BY_REVIEW,
    KEPT_BY_REVIEW,
    NO_GRANT,
    SKIPPED_PREFIX,
    WITHDRAWN,
    Effect,
    Policy,
    RedactTiers,
    Rule,
)
from policies.review.active import Bearing
from policies.review.model import Review, ReviewKind
from policies.review.withdrawal import Withdrawal, WithdrawalScope

_RESTRICTIONS: Final = {
    ReviewKind.KEEP_INTERNAL: (Effect.INTERNAL_ONLY, KEPT_BY_REVIEW),
    ReviewKind.EXCLUDE: (Effect.EXCLUDE, EXCLUDED_BY_REVIEW),
}
_WITHDRAWALS: Final = {
    WithdrawalScope.ALL: (Effect.EXCLUDE, WITHDRAWN),
    WithdrawalScope.RELEASABLE: (Effect.INTERNAL_ONLY, WITHDRAWN),
}


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
    waived_reasons: tuple[str, ...] = ()
    """Rules that fired and that people waived."""
    waiver_ids: tuple[str, ...] = ()
    """Reviews and withdrawals that took part."""

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether a withdrawal bears on it."""
        return WITHDRAWN in self.reasons


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


def judge_reviewed(
    fired: Iterable[Rule], bearing: Sequence[Bearing], *, known: Collection[str]
) -> Verdict:
    """Return the verdict of the rules that fired, after what people decided.

    A waiver takes away what is known of the file, never what is not: of the rules that it names,
    those in `known`, whose conditions are true and not NULL. Nothing takes a withdrawal away.
    """
    rules = tuple(fired)
    reviews = [said for said in bearing if isinstance(said, Review)]
    clearing = [
        (review, rule)
        for review in reviews
        for rule in rules
        if review.kind.clears_a_rule and review.target.rule_id == rule.id and rule.id in known
    ]
    waived = {rule.id for _, rule in clearing}
    masked = {
        category.value
        for review, rule in clearing
        if review.kind is ReviewKind.REDACT
        for category in rule.categories
    }
    restricting = {r.id: _RESTRICTIONS[r.kind] for r in reviews if r.kind.restricts}
    restricting |= {w.id: _WITHDRAWALS[w.scope] for w in bearing if isinstance(w, Withdrawal)}
    verdict = judge(rule for rule in rules if rule.id not in waived)
    effects = {rule.effect for rule in rules if rule.id not in waived}
    effects |= {effect for effect, _ in restricting.values()}
    said = {reason for _, reason in restricting.values()}
    return replace(
        verdict,
        outcome=_outcome(effects),
        reasons=tuple(sorted({*verdict.reasons, *said})),
        redact_internal=tuple(sorted({*verdict.redact_internal, *masked})),
        redact_releasable=tuple(sorted({*verdict.redact_releasable, *masked})),
        waived_reasons=tuple(sorted(waived)),
        waiver_ids=tuple(sorted({r.id for r, _ in clearing} | set(restricting))),
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


def judge_masks(
    policy: Policy,
    skip: object,
    fired: Iterable[object],
    known: Iterable[object] = (),
    bearing: Sequence[Bearing] = (),
) -> Verdict:
    """Return the verdict that the mask columns of a row stand for.

    Args:
        policy: whose rules the bits are, see `policies.masks`.
        skip: why the occurrence is not scanned; empty for text.
        fired: words of the rules that fired.
        known: words of the waived rules whose conditions are known to hold.
        bearing: reviews and withdrawals that bear on the row.
    """
    if skip:
        return judge_skipped(str(skip))
    rules = _rules_of(policy, fired)
    if not bearing:
        return judge(rules)
    return judge_reviewed(rules, bearing, known={rule.id for rule in _rules_of(policy, known)})


def _rules_of(policy: Policy, words: Iterable[object]) -> tuple[Rule, ...]:
    bits = [int(str(word)) for word in words]
    return tuple(
        rule
        for index, rule in enumerate(policy.rules)
        if bits[index // WORD_BITS] >> (index % WORD_BITS) & 1
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
