"""A change of policy: what it would do to the corpus and to what is out, and doing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from ingest.errors import ConfigurationError, InputError
from policies.database import open_dossier
from policies.document import check_examples, load_policy
from policies.impact import Impact, ReleaseLine, is_allowed, weigh
from policies.model import Policy
from policies.replay import Judged, Replay
from store.catalog import PolicyBook, ReleaseBook, ReleaseRecord, ReleaseState
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.corpus import corpus_keys, digest_of, reviews_in_force
from workers.decisions import decide_anew

_SIGNATURE = ["blob_id", "minhash", "bands"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPlan:
    """A new policy with what it would change, bound to the facts that were looked at."""

    policy: Policy
    text: str
    impact: Impact
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
    path = context.lake.path("dossiers", keys.dossier)
    if not path.exists():
        raise InputError(
            "There are no decisions over the present corpus.", hint="Run: shardgate sync"
        )
    names = {r.id: r.name for r in context.catalog.list_repositories()}
    signatures = _signatures(context)
    with open_dossier(path) as connection:
        policies = (context.policy, policy)
        replay = Replay(connection, policies, content=signatures, reviews=keys.reviews)
        impact = weigh(
            replay.cells(),
            replay.drifts(),
            (context.policy.digest, policy.digest),
            name_of=lambda repo_id: names.get(repo_id, repo_id),
        )
    releases = _published(context)
    lines = _release_lines(context, releases, policy, signatures)
    impact = replace(impact, releases=tuple(lines))
    digest = digest_of("plan", policy.digest, keys.decisions, [r.id for r in releases])
    return PolicyPlan(policy=policy, text=text, impact=impact, digest=digest)


def apply_policy(context: Context, plan: PolicyPlan, expected: str, actor: str) -> str:
    """Put a planned policy in force and decide anew; return the id of the run.

    Args:
        context: adapters.
        plan: as it is now.
        expected: digest of the plan that a person looked at.
        actor: who does it.

    Raises:
        InputError: facts, rights, releases or the policy in force moved since, or the policy
            stands in a file.
        ConfigurationError: an example of the policy fails.
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
    record = (plan.policy.digest, plan.policy.document.name, plan.text)
    PolicyBook(context.catalog, clock=utc_now).apply(record, plan=plan.digest, actor=actor)
    seal_audit(context)
    return decide_anew(context)


def _signatures(context: Context) -> pa.Table:
    """Return what near copies are told by, of every blob that was ever scanned."""
    digest = context.ruleset_digests[Family.CONTENT]
    if not context.lake.count_batches(Family.CONTENT, digest):
        return facts_schema(Family.CONTENT).empty_table().select(_SIGNATURE)
    return context.lake.read_facts(Family.CONTENT, digest, columns=_SIGNATURE)


def _published(context: Context) -> list[ReleaseRecord]:
    book = ReleaseBook(context.catalog, clock=utc_now)
    return [r for r in book.list_releases() if r.state is ReleaseState.PUBLISHED]


def _release_lines(
    context: Context, releases: Iterable[ReleaseRecord], policy: Policy, signatures: pa.Table
) -> Iterable[ReleaseLine]:
    """Replay the new policy over what each release was decided by; yield those it changes.

    Releases of one dossier and one policy share a replay. One whose dossier or policy is not kept
    cannot be replayed, which is said and never passed over.
    """
    book, reviews = PolicyBook(context.catalog, clock=utc_now), reviews_in_force(context)
    groups: defaultdict[tuple[str, str], list[ReleaseRecord]] = defaultdict(list)
    for release in releases:
        groups[release.params.get("dossier", ""), release.params.get("policy", "")].append(release)
    for (dossier, digest), members in sorted(groups.items()):
        record = book.find_policy(digest)
        if not dossier or record is None or not context.lake.exists("dossiers", dossier):
            yield from (_line(release, None) for release in members)
            continue
        with open_dossier(context.lake.path("dossiers", dossier)) as connection:
            before = load_policy(record.text)
            replay = Replay(
                connection,
                (before, policy),
                content=signatures,
                reviews=reviews,
                paths=True,
            )
            moved = {(repo, path): pair for repo, path, *pair in replay.rows()}
        for release in members:
            line = _line(release, _not_allowed(context, release, moved))
            if line.lost or line.redact:
                yield line


def _not_allowed(
    context: Context,
    release: ReleaseRecord,
    moved: Mapping[tuple[str, bytes], list[Judged]],
) -> tuple[int, int]:
    """Return how many rows of a release may not stay, and in how many more is redacted."""
    excluded = context.lake.read("exclusions", release.id, columns=["repo_id", "path"])
    absent = set(zip(*(excluded[name].to_pylist() for name in ("repo_id", "path")), strict=True))
    lost = redact = 0
    for key, (before, after) in moved.items():
        if key in absent or before.outcome != release.tier.value:
            continue
        if not is_allowed(after, release.tier.value):
            lost += 1
        elif not after.redactions <= before.redactions and after.outcome is before.outcome:
            redact += 1
    return lost, redact


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
