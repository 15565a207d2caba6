"""A change of policy: what it would do to the corpus and to what is out, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import pyarrow.compute as pc

from ingest.errors import ConfigurationError, InputError
from policies.compare import Change, compare
from policies.document import check_examples, load_policy
from policies.impact import Impact, ReleaseLine, weigh
from policies.lint import Level, Remark, lint
from policies.model import Policy
from policies.standing import PRESENT
from store.catalog import AuditLog, PolicyBook, ReleaseRecord
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, digest_of, reviews_in_force, rights_table
from workers.decisions import decide_anew
from workers.released import judge_releases, published
from workers.replaying import replay_corpus

_PLANNED: Final = "policy.plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPlan:
    """A new policy with what it would change, bound to the facts that were looked at."""

    policy: Policy
    text: str
    impact: Impact
    changes: tuple[Change, ...]
    """Against the policy in force."""
    errors: tuple[Remark, ...]
    """What lint finds that is worse than a doubt: the policy would let out what it must not."""
    digest: str
    """SHA-256 hex over the new policy, the decisions in force and the published releases."""


def plan_policy(context: Context, text: str) -> PolicyPlan:
    """Replay a new policy over the stored facts; nothing is scanned and nothing is written.

    Raises:
        ConfigurationError: the policy does not load.
        InputError: nothing was decided yet.
        ArtefactCorrupt: a stored table is damaged.
    """
    policy = load_policy(text)
    keys = corpus_keys(context)
    if not context.lake.exists("dossiers", keys.dossier):
        raise InputError(
            "There are no decisions over the present corpus.", hint="Run: shardgate sync"
        )
    names = context.repository_names()
    with replay_corpus(context, keys, (context.policy, policy)) as replay:
        impact = weigh(
            replay.cells(),
            replay.drifts(),
            (context.policy.digest, policy.digest),
            name_of=lambda repo_id: names.get(repo_id, repo_id),
        )
    releases = published(context)
    lines = _release_lines(context, releases, policy)
    impact = replace(impact, releases=tuple(lines))
    digest = digest_of("plan", policy.digest, keys.decisions, [r.id for r in releases])
    return PolicyPlan(
        policy=policy,
        text=text,
        impact=impact,
        changes=tuple(compare(context.policy.document, policy.document)),
        errors=tuple(remark for remark in lint(text) if remark.level is Level.ERROR),
        digest=digest,
    )


def note_plan(context: Context, plan: str, actor: str) -> None:
    """Write into the chain who looked at a plan, by its digest, first; who comes later does not."""
    if planner_of(context, plan) is None:
        AuditLog(context.catalog, clock=utc_now).append(actor, _PLANNED, plan)
        seal_audit(context)


def planner_of(context: Context, plan: str) -> str | None:
    """Return who looked at a plan, by its digest, first; None: nobody yet."""
    entry = AuditLog(context.catalog, clock=utc_now).last(_PLANNED, plan)
    return None if entry is None else entry.actor


def apply_policy(
    context: Context,
    plan: PolicyPlan,
    expected: str,
    actor: str,
    *,
    accept_errors: bool = False,
) -> str:
    """Put a planned policy in force and decide anew; return the id of the run.

    Args:
        context: adapters.
        plan: as it is now.
        expected: digest of the plan that a person looked at.
        actor: who does it.
        accept_errors: put it in force although it would let out what lint warns of; the audit
            chain says so. Examples that fail are never accepted.

    Raises:
        InputError: facts, rights, releases or the policy in force moved since, or the policy
            stands in a file.
        ConfigurationError: an example of the policy fails, or lint finds errors that nobody
            accepts.
    """
    if context.settings.policy_file:
        raise InputError(
            "The policy in force is a file, named by SHARDGATE_POLICY_FILE.",
            hint="Change that file; its next reader takes it up.",
        )
    if plan.digest != expected:
        raise InputError(
            "Facts, rights, releases or the policy moved since that plan was made.",
            hint="Look at the new one: shardgate policy impact",
        )
    failures = check_examples(plan.policy)
    if failures:
        raise ConfigurationError(
            f"{len(failures)} examples of the policy fail, the first in {failures[0].rule_id}.",
            hint="Run: shardgate policy test",
        )
    if plan.errors and not accept_errors:
        raise ConfigurationError(
            f"Lint finds {len(plan.errors)} errors; the first: {plan.errors[0].message}.",
            hint="Look at them: shardgate policy lint. Then mend the policy, or --accept-errors.",
        )
    record = (plan.policy.digest, plan.policy.document.name, plan.text)
    PolicyBook(context.catalog, clock=utc_now).apply(
        record, plan=plan.digest, actor=actor, accepted=len(plan.errors)
    )
    seal_audit(context)
    return decide_anew(context)


def _release_lines(
    context: Context, releases: Iterable[ReleaseRecord], policy: Policy
) -> Iterator[ReleaseLine]:
    """Judge releases by a new policy; yield those that have rows it does not allow.

    One that cannot be judged, because what it was decided by is not kept, is said and never passed
    over.
    """
    said = (policy, reviews_in_force(context), rights_table(context))
    for held in judge_releases(context, releases, said, PRESENT.empty_table()):
        if held.rows is None:
            yield _line(held.release, None)
        elif held.rows.num_rows:
            lost = int(pc.sum(held.rows["is_lost"]).as_py())
            yield _line(held.release, (lost, held.rows.num_rows - lost))


def _line(release: ReleaseRecord, counts: tuple[int, int] | None) -> ReleaseLine:
    rows = int(release.totals.get("rows", 0))
    lost, redact = counts or (rows, 0)
    return ReleaseLine(
        release_id=release.id,
        tier=release.tier.value,
        rows=rows,
        lost=lost,
        redact=redact,
        is_replayed=counts is not None,
    )
