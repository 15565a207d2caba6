"""What people did since a release explains which of its losses, for the wipe-out guard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from ingest.errors import ConfigurationError
from policies.database import open_dossier
from policies.decision import RANKS, Outcome
from policies.document import load_policy
from policies.review import ReviewState
from store.catalog import PolicyBook, ReleaseRecord, ReviewBook
from workers.context import Context, utc_now
from workers.corpus import CorpusKeys
from workers.released import manifest_of
from workers.replaying import replay_corpus


def explained_repositories(context: Context, held: Collection[str]) -> frozenset[str]:
    """Return repositories that may leave a release whole; `held` are those that it has.

    What counts: the repository is registered no more; its consent was withdrawn or has reached
    the day that its owner named. What does not: another version of this program, its detectors or
    its default policy, a policy file that changed, and whatever the repository itself looks like
    now. What else people do is counted file by file (`explained_files`).
    """
    registered = {r.id: r for r in context.catalog.list_repositories()}
    gone = set(held) - registered.keys()
    today = context.today()
    lapsed = {name for name, r in registered.items() if not r.has_valid_consent(today)}
    return frozenset(gone | lapsed)


def explained_files(context: Context, keys: CorpusKeys, parent: ReleaseRecord) -> Mapping[str, int]:
    """Count the files that left the tier of a release by what people did since it was published.

    That is a policy that somebody has put in force, and reviews that freed files of the release
    and were withdrawn or have reached their end. No file is counted under both: the policies are
    compared under the reviews that hold today.

    Args:
        context: adapters.
        keys: the corpus that is decided on now.
        parent: the release.

    Returns:
        Repository id to files.

    Raises:
        ArtefactCorrupt: a stored table is damaged.
    """
    by_policy = _lost_by_policy(context, keys, parent)
    return Counter(by_policy) + Counter(_lost_by_reviews(context, parent))


def _lost_by_policy(context: Context, keys: CorpusKeys, parent: ReleaseRecord) -> Mapping[str, int]:
    """Count by today's facts and reviews, so that what these have changed is counted under neither.

    Empty where nobody applied the policy in force since then, or the one that decided is not kept
    or loads no longer.
    """
    book = PolicyBook(context.catalog, clock=utc_now)
    decided_by = manifest_of(context, parent).policy_digest
    since, digest = parent.published_at or parent.created_at, context.policy.digest
    is_applied = any(a.at >= since and a.digest == digest for a in book.applications())
    record = book.find_policy(decided_by)
    if not is_applied or record is None or decided_by == digest:
        return {}
    try:
        before = load_policy(record.text)
    except ConfigurationError:
        return {}
    chosen, lost = Outcome(parent.tier.value), Counter[str]()
    with replay_corpus(context, keys, (before, context.policy)) as replay:
        for drift in replay.drifts():
            if drift.repo_id and drift.before is chosen and RANKS[drift.after] < RANKS[chosen]:
                lost[drift.repo_id] += drift.files
    return lost


_FREED: Final = """
    SELECT repo_id, count(*) FROM decisions
    WHERE outcome = $1 AND list_has_any(waiver_ids, $2) GROUP BY repo_id
"""


def _lost_by_reviews(context: Context, parent: ReleaseRecord) -> Mapping[str, int]:
    """Count the files of a release that reviews had freed which hold no longer."""
    decisions = context.lake.path("decisions", str(parent.params.get("decisions", "none")))
    ended = _ended_reviews(context, parent.published_at or parent.created_at)
    if not ended or not decisions.exists():
        return {}
    with open_dossier(decisions, "decisions") as connection:
        return dict(connection.execute(_FREED, [parent.tier.value, ended]).fetchall())


def _ended_reviews(context: Context, since: datetime) -> list[str]:
    """Return the reviews that cleared a rule and were withdrawn, or reached their end, since."""
    book, now = ReviewBook(context.catalog, context.policy), utc_now()
    found = []
    for review in book.list_all():
        if not (review.approvals and review.kind.clears_a_rule):
            continue
        if review.state is ReviewState.WITHDRAWN:
            ended: datetime | None = book.history(review.id)[-1].at
        else:
            ended = review.expires_at
        if ended is not None and since <= ended <= now:
            found.append(review.id)
    return found
