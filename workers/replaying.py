"""Two policies over the corpus as it is: what would move by one, and what one has moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ingest.errors import ConfigurationError
from policies.database import open_dossier
from policies.decision import RANKS, Outcome, Tier
from policies.document import load_policy
from policies.model import Policy
from policies.replay import Replay
from store.catalog import PolicyBook, ReleaseRecord
from workers.context import Context, utc_now
from workers.corpus import CorpusKeys
from workers.released import signatures


@contextmanager
def replay_corpus(
    context: Context, keys: CorpusKeys, policies: tuple[Policy, Policy]
) -> Iterator[Replay]:
    """Replay two policies over the dossier of a corpus, under the reviews in force.

    Raises:
        ArtefactCorrupt: a stored table is damaged.
    """
    with open_dossier(context.lake.path("dossiers", keys.dossier)) as connection:
        yield Replay(connection, policies, content=signatures(context), reviews=keys.reviews)


def lost_by_policy(
    context: Context, keys: CorpusKeys, tier: Tier, parent: ReleaseRecord, decided_by: str
) -> Mapping[str, int]:
    """Count the files that left a tier by a policy which somebody has put in force.

    Both policies look at today's facts, so what a detector, a fact or a review has changed is
    counted under neither.

    Args:
        context: adapters.
        keys: the corpus that is decided on.
        tier: of the release.
        parent: the release that is out.
        decided_by: digest of the policy that decided `parent`.

    Returns:
        Repository id to files; empty where nobody applied the policy in force since `parent` was
        published, or the policy that decided it is not kept or loads no longer.

    Raises:
        ArtefactCorrupt: a stored table is damaged.
    """
    book = PolicyBook(context.catalog, clock=utc_now)
    since, digest = parent.published_at or parent.created_at, context.policy.digest
    is_applied = any(a.at >= since and a.digest == digest for a in book.applications())
    record = book.find_policy(decided_by)
    if not is_applied or record is None or decided_by == digest:
        return {}
    try:
        before = load_policy(record.text)
    except ConfigurationError:
        return {}
    chosen, lost = Outcome(tier.value), Counter[str]()
    with replay_corpus(context, keys, (before, context.policy)) as replay:
        for drift in replay.drifts():
            if drift.repo_id and drift.before is chosen and RANKS[drift.after] < RANKS[chosen]:
                lost[drift.repo_id] += drift.files
    return lost
