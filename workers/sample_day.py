"""What a new installation shows with its samples: one decision that waits, one grant to pull by.

A single user agrees to nothing of their own and grants nothing to themselves. So the first decision
is asked for by an invented person, and the first grant is given by the installation; both are said
and audited as such. The grant ends before anything is built from a repository that is no sample.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ingest.domain.repository import Repository
from policies.decision import Tier
from policies.review import Review, ReviewKind, ReviewReason, Target, clearing_lane, rule_version
from release.domain.grant import Purpose, Wish
from store.catalog import GrantBook, ReviewBook, fresh_id
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.settings import Settings

INSTALLATION: Final = "shardgate.installation"
"""Who gives the grant for the samples; nobody logs in by this name."""
COLLEAGUE: Final = "robin.sample"
"""An invented person, who is no user."""
_RULE: Final = "LEAKED_CREDENTIAL"
_PLACE: Final = ("harbor-billing", "tests/fixtures/session.json")
_WHY: Final = "Sample: this session ended long ago. What stands for it is redacted all the same."
_GRANTED: Final = "For the samples; ends before anything of yours is built."
_DAYS: Final = timedelta(days=30)
_ID_CHARS: Final = 16


def is_sample(settings: Settings, url: str) -> bool:
    """Tell whether a repository is one that the installation made itself."""
    parts = urlsplit(url)
    folder = settings.root / "samples"
    return parts.scheme == "file" and Path(parts.path).is_relative_to(folder.resolve())


def begin_sample_day(context: Context, consumer: str) -> None:
    """Ask for one decision and grant `consumer` the releasable samples, where all are samples."""
    repositories = context.catalog.list_repositories()
    if not repositories or not all(is_sample(context.settings, r.url) for r in repositories):
        return
    book = ReviewBook(context.catalog, context.policy)
    about = next((r for r in repositories if r.name == _PLACE[0]), None)
    # A policy of one's own may lack the rule: then there is nothing to decide on.
    if about is not None and context.policy.find_rule(_RULE) is not None and not book.list_all():
        book.propose(_review(context, about))
    grants = GrantBook(context.catalog, clock=utc_now)
    if not grants.list_all():
        wish = Wish(consumer=consumer, tier=Tier.RELEASABLE, purpose=Purpose.EVALUATION)
        grants.add(grants.draft(wish, utc_now() + _DAYS, by=INSTALLATION, comment=_GRANTED))
    seal_audit(context)


def end_sample_day(context: Context) -> None:
    """End what the installation granted, once a repository is registered that is no sample."""
    grants = GrantBook(context.catalog, clock=utc_now)
    given = [g for g in grants.list_all() if g.granted_by == INSTALLATION and not g.revoked_at]
    if not given:
        return
    repositories = context.catalog.list_repositories()
    if all(is_sample(context.settings, repository.url) for repository in repositories):
        return
    for grant in given:
        grants.revoke(grant.id, by=INSTALLATION)
    seal_audit(context)


def _review(context: Context, repository: Repository) -> Review:
    now = utc_now()
    target = Target(
        rule_id=_RULE,
        rule_version=rule_version(context.policy, _RULE),
        repo_id=repository.id,
        pattern=_PLACE[1],
    )
    return Review(
        id=fresh_id("rvw")[:_ID_CHARS],
        kind=ReviewKind.WAIVE,
        target=target,
        lane=clearing_lane(context.policy, _RULE),
        reason=ReviewReason.CREDENTIAL_DEAD,
        comment=_WHY,
        requested_by=COLLEAGUE,
        requested_at=now,
        expires_at=now + _DAYS,
    )
