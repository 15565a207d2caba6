"""The checks of the release gate that need catalog, clock, lake and detectors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

import structlog

from ingest.errors import TransientError
from policies.decision import Tier
from policies.model import Effect, Policy
from policies.review import ReviewState
from release.build.gate import (
    Draft,
    check_canaries,
    check_consents,
    check_unchanged,
    count_by_repository,
)
from release.build.losses import LossGuard, Parent, check_losses, tally
from release.build.redactor import RedactionMode
from release.domain import EXCLUSIONS, Manifest
from release.domain.manifest import GateCheck
from store.catalog import (
    ClaimedJob,
    LeaseLost,
    ReleaseBook,
    ReleaseRecord,
    ReleaseState,
    ReviewBook,
)
from workers.canary.run import canary_results
from workers.context import Context, utc_now
from workers.corpus import CorpusKeys, corpus_keys, digest_of, known_of_company
from workers.released import manifest_of
from workers.replaying import lost_by_policy

ACCEPT_LOSS = "accept_loss"
"""Parameter of a run: repositories of which a step may take more than the wipe-out guard lets."""


@dataclass(kw_only=True)
class ReleaseGate:
    """The gate of one build: `inspect` when the draft is written, `look_again` at the very end."""

    context: Context
    job: ClaimedJob
    tier: Tier
    keys: CorpusKeys
    """What the release was decided on."""
    known_values: str
    """Digest of the secrets that the exit scan knew."""
    mode: RedactionMode
    accepted: frozenset[str]
    """Repositories whose loss a person has accepted."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Repository to its rows in the draft that was inspected."""
    parent: str = ""
    """Release that the draft was compared with; empty where there was none."""

    def inspect(self, draft: Draft) -> Sequence[GateCheck]:
        """Check a draft.

        Raises:
            ReleaseRefused: a check objects.
        """
        self.rows = draft.emitted_by_repository()
        return [
            self._canaries(self.context),
            self._losses(draft),
            *self._consents(self.context),
            check_unchanged(self._digests(self.context, self.keys), self._now(self.context)),
        ]

    def look_again(self) -> None:
        """Look at the moment of publishing at what may have changed since the draft was checked.

        Raises:
            ReleaseRefused: a consent ended, or corpus, policy, reviews or terms changed.
            TransientError: more secrets are known, or another release went out meanwhile.
            LeaseLost: the job is somebody else's by now.
        """
        fresh = self.context.anew()
        self._consents(fresh)
        check_unchanged(self._digests(self.context, self.keys), self._now(fresh))
        if known_of_company(self.context).digest != self.known_values:
            raise TransientError("Other secrets are known now than when the release was begun.")
        newest = newest_release(self.context, self.tier)
        if (newest.id if newest else "") != self.parent:
            raise TransientError("Another release was published meanwhile.")
        if not self.context.jobs.heartbeat(self.job, self.context.settings.lease_seconds, 1, 1):
            raise LeaseLost(f"The lease of {self.job.id} is lost; nothing was published.")

    def _canaries(self, context: Context) -> GateCheck:
        result = canary_results(context, self.mode)[self.tier]
        for late in result.late:
            structlog.get_logger().warning(
                "canary stopped by the exit scan only", canary=late.name, layer=late.layer
            )
        return check_canaries(result)

    def _losses(self, draft: Draft) -> GateCheck:
        newest = newest_release(self.context, self.tier)
        self.parent = newest.id if newest else ""
        before = read_parent(self.context, newest) if newest else None
        settings = self.context.settings
        guard = LossGuard(
            max_share=settings.max_loss,
            min_rows=settings.max_loss_min_rows,
            accepted=self.accepted,
            explained=explained_repositories(self.context, newest, before.tallies)
            if newest and before
            else frozenset(),
            by_policy=partial(self._by_policy, newest),
            is_blocking=self.context.policy.is_blocking,
            names={r.id: r.name for r in self.context.catalog.list_repositories()},
        )
        return check_losses(draft, before, guard)

    def _by_policy(self, newest: ReleaseRecord | None) -> Mapping[str, int]:
        if newest is None:
            return {}
        decided_by = manifest_of(self.context, newest).policy_digest
        return lost_by_policy(self.context, self.keys, self.tier, newest, decided_by)

    def _consents(self, context: Context) -> Sequence[GateCheck]:
        """Look at the consents in the catalog; inside the company none is needed."""
        if self.tier is not Tier.RELEASABLE:
            return ()
        margin = context.settings.consent_margin_days
        return (check_consents(self.rows, consents_of(context), context.today(), margin),)

    def _digests(self, context: Context, keys: CorpusKeys) -> dict[str, str]:
        """Return what a release is decided on, under names that tell people what changed."""
        return {
            "the repositories or facts about them": digest_of(keys.snapshots, keys.trees),
            "the policy": context.policy.digest,
            "what people decided": keys.reviews.digest,
            "rights and consents": digest_of(keys.rights.to_pylist()),
            "the company's terms": context.company.digest(context.keys.hmac),
            "the decisions": keys.decisions,
        }

    def _now(self, context: Context) -> dict[str, str]:
        return self._digests(context, corpus_keys(context))


def inspect_again(context: Context, folder: Path, manifest: Manifest) -> tuple[GateCheck, ...]:
    """Check a finished release that some rows of another have left, as a build is checked.

    What is not looked at here holds by how it was made: its rows were judged one by one by all
    that holds today (`policies.standing`), and to lose rows is what it is for. A consent has to
    hold today; the margin is one of new releases.

    Raises:
        ReleaseRefused: a check objects.
        TransientError: a canary could not be scanned.
    """
    mode = RedactionMode(manifest.tools.get("redaction", RedactionMode.PLACEHOLDER.value))
    checks = [check_canaries(canary_results(context, mode)[manifest.tier])]
    if manifest.tier is Tier.RELEASABLE:
        rows = count_by_repository(folder, manifest.shards)
        checks.append(check_consents(rows, consents_of(context), context.today(), 0))
    return tuple(checks)


def consents_of(context: Context) -> dict[str, date | None]:
    """Return the last day of each repository's consent; none where it was not given."""
    return {
        r.id: r.consent_until if r.release_consent else None
        for r in context.catalog.list_repositories()
    }


def grants_of(policy: Policy) -> frozenset[str]:
    """Return the rules of a policy that grant release."""
    return frozenset(rule.id for rule in policy.rules if rule.effect is Effect.GRANT)


def newest_release(context: Context, tier: Tier) -> ReleaseRecord | None:
    """Return the newest release of a tier that is out and still in its place."""
    root = context.settings.shards_dir(tier.value)
    return next(
        (
            release
            for release in ReleaseBook(context.catalog, clock=utc_now).list_releases(tier)
            if release.state is ReleaseState.PUBLISHED and (root / release.path).is_dir()
        ),
        None,
    )


def read_parent(context: Context, release: ReleaseRecord) -> Parent:
    """Return what a published release holds of each repository."""
    folder = context.settings.shards_dir(release.tier.value) / release.path
    manifest = manifest_of(context, release)
    exclusions = EXCLUSIONS.empty_table()
    if context.lake.exists("exclusions", release.id):
        exclusions = context.lake.read("exclusions", release.id)
    tallies = tally(count_by_repository(folder, manifest.shards), exclusions)
    return Parent(release_id=release.id, tallies=tallies)


def explained_repositories(
    context: Context, parent: ReleaseRecord, held: Collection[str]
) -> frozenset[str]:
    """Return repositories whose decisions a person has changed since a release was published.

    `held` are the repositories of that release.

    What counts: the repository is registered no more; its consent was withdrawn or has reached
    the day that its owner named; a waiver for paths of the repository was withdrawn or reached its
    end. What does not: another version of this program, its detectors or its default policy, a
    policy file that changed, and whatever the repository itself looks like now. What an applied
    policy takes is counted file by file (`workers.replaying.lost_by_policy`).
    """
    since = parent.published_at or parent.created_at
    registered = {r.id: r for r in context.catalog.list_repositories()}
    gone = set(held) - registered.keys()
    today = context.today()
    lapsed = {name for name, r in registered.items() if not r.has_valid_consent(today)}
    return frozenset(gone | lapsed | _with_ended_waivers(context, since))


def _with_ended_waivers(context: Context, since: datetime) -> set[str]:
    """Return the repositories in which something that people had agreed to has ended."""
    book, now = ReviewBook(context.catalog, context.policy), utc_now()
    found = set()
    for review in book.list_all():
        if not (review.approvals and review.kind.clears_a_rule and review.target.repo_id):
            continue
        if review.state is ReviewState.WITHDRAWN:
            ended: datetime | None = book.history(review.id)[-1].at
        else:
            ended = review.expires_at
        if ended is not None and since <= ended <= now:
            found.add(review.target.repo_id)
    return found
