"""The checks of the release gate that need catalog, clock, lake and detectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import structlog

from ingest.errors import TransientError
from policies.decision import Tier
from policies.model import Effect, Policy
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
)
from workers.canary.run import canary_results
from workers.context import Context, utc_now
from workers.corpus import CorpusKeys, corpus_keys, digest_of, known_of_company
from workers.explained import explained_files, explained_repositories
from workers.released import manifest_of

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
            explained=explained_repositories(self.context, before.tallies)
            if before
            else frozenset(),
            by_people=partial(explained_files, self.context, self.keys, newest) if newest else dict,
            is_blocking=self.context.policy.is_blocking,
            names=self.context.repository_names(),
        )
        return check_losses(draft, before, guard)

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
