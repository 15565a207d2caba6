"""How a review is bound to a rule: its version, who clears it, for how long, and what nobody can.

What nobody can clear: a grant (nothing to clear), a redaction (a finding is declared false
instead), a rule that says ``waivable: false``, and the absence of any grant.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Final

from ingest.errors import InputError
from policies.columns import CONFIDENTIAL, PERSONAL_DATA, SECRETS
from policies.decision import Lane
from policies.model import (
    DEFAULT_MAX_WAIVER_DAYS,
    ENGINE_REASONS,
    Effect,
    Policy,
    Rule,
    RuleDocument,
)
from policies.review.model import Review, ReviewKind

DEFAULT_WAIVER_DAYS: Final = 90
_WORDS: Final = {"title", "because", "remedy", "tests"}
_UNMASKABLE: Final = {"path_finding_count", "path_finding_categories", "model_person_count"}
"""A path is shipped as it is, and what only a model took for a name is never rewritten."""


class ReviewRefused(InputError):
    """A review cannot be asked for, or not be decided on, as it stands."""


def rule_version(policy: Policy, name: str) -> str:
    """Return SHA-256 hex over all of a rule but its words; a waiver dies when it changes.

    Raises:
        ReviewRefused: neither the policy nor the engine knows the rule.
    """
    rule = policy.find_rule(name)
    if rule is not None:
        return version_of(rule.document)
    if name in ENGINE_REASONS:
        return hashlib.sha256(f"engine\0{name}".encode()).hexdigest()
    raise ReviewRefused(
        f"The policy has no rule {name}.", hint="docs/policy.md lists the rules of the default one."
    )


def version_of(document: RuleDocument) -> str:
    """Return the version of a rule as written."""
    kept = document.model_dump(mode="json", exclude=_WORDS)
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def clearing_lane(policy: Policy, name: str) -> Lane:
    """Return the lane that clears a rule, or a reason of the engine.

    Raises:
        ReviewRefused: nobody can clear it, or it is unknown.
    """
    rule = policy.find_rule(name)
    if rule is None:
        rule_version(policy, name)
        lane = ENGINE_REASONS[name].lane
        if lane is None:
            raise _unclearable(name, "it says that something is missing, not that something is bad")
        return lane
    if rule.effect in (Effect.GRANT, Effect.REDACT):
        raise _unclearable(name, f"its effect is {rule.effect}: it holds nothing")
    if not rule.document.waivable:
        raise _unclearable(name, "the policy says that it is not waivable")
    return rule.document.lane or rule.document.waiver_lane or Lane.LEGAL


def lane_that_clears(policy: Policy, name: str) -> Lane | None:
    """Return the lane that clears a rule or a reason of the engine; none where nobody can."""
    try:
        return clearing_lane(policy, name)
    except ReviewRefused:
        return None


def lane_of_category(category: str) -> Lane:
    """Return the lane that declares findings of a category false."""
    if category in {c.value for c in SECRETS}:
        return Lane.SECURITY
    is_personal = category in {c.value for c in PERSONAL_DATA} or category == "CUSTOMER"
    return Lane.PRIVACY if is_personal else Lane.LEGAL


def max_waiver(policy: Policy, name: str) -> timedelta:
    """Return for how long a rule may be waived at most."""
    rule = policy.find_rule(name)
    days = rule.document.max_waiver_days if rule is not None else DEFAULT_MAX_WAIVER_DAYS
    return timedelta(days=days)


def check_binding(review: Review, policy: Policy) -> None:
    """Check that a review still fits the policy in force.

    Raises:
        ReviewRefused: its rule is gone, has changed or cannot be cleared, its lane is another
            one, or it lasts longer than the rule allows.
    """
    target = review.target
    if review.kind is ReviewKind.FALSE_POSITIVE:
        _check_lane(review, lane_of_category(target.category))
    if not review.kind.clears_a_rule:
        return
    name = target.rule_id
    if target.rule_version != rule_version(policy, name):
        raise ReviewRefused(
            f"The rule {name} has changed since.", hint="Ask again, for the rule as it is now."
        )
    _check_lane(review, clearing_lane(policy, name))
    rule = policy.find_rule(name)
    if rule is None and (target.pattern or target.repo_id or not target.blob_ids):
        raise ReviewRefused(
            f"{name} is about a content, wherever it stands.", hint="Name the file, not a pattern."
        )
    left = _left_in_text(policy, rule) if review.kind is ReviewKind.WAIVE and rule else ()
    if left:
        raise ReviewRefused(
            f"Without {name} the text would still show {', '.join(left)}, and the exit scan holds "
            "every release that does.",
            hint="Ask for it to be redacted, or declare the finding a false_positive.",
        )
    if review.kind is ReviewKind.REDACT and not can_mask(rule):
        raise ReviewRefused(
            f"Taking values out does not answer {name}.",
            hint="Only what a rule finds in the text can be taken out; ask for a waiver instead.",
        )
    longest = max_waiver(policy, name)
    if review.expires_at is not None and review.expires_at - review.requested_at > longest:
        raise ReviewRefused(
            f"{name} may be waived for {longest.days} days at most.", hint="Choose an earlier day."
        )


def _left_in_text(policy: Policy, rule: Rule) -> tuple[str, ...]:
    """Return what a rule holds, no rule redacts, and no release of code may show."""
    redacted = {c for other in policy.rules for c in other.document.categories}
    left = {*rule.categories} & {*SECRETS, *CONFIDENTIAL} - redacted
    return tuple(sorted(category.value for category in left))


def can_mask(rule: Rule | None) -> bool:
    """Tell whether all that makes a rule fire is gone once its findings are taken out."""
    return (
        rule is not None
        and bool(rule.categories)
        and _UNMASKABLE.isdisjoint(rule.condition.columns)
    )


def _check_lane(review: Review, lane: Lane) -> None:
    if review.lane is not lane:
        raise ReviewRefused(f"This is for the lane {lane} to decide, not for {review.lane}.")


def _unclearable(name: str, why: str) -> ReviewRefused:
    return ReviewRefused(f"{name} cannot be waived: {why}.")
