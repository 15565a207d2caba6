"""Where rules have changed, everything is scanned by today's rules before it is decided on.

Facts are kept under the digest of the rules that found them. A term that was added, the first
repository of a new host or a new version of Shardgate makes other rules, under which nothing is
known: to decide then would call every file unscanned. So what lacks facts is scanned again first,
from the snapshots that stand, and the last decisions are shown until all of it is there. What could
not be scanned by then stays without facts, and missing facts fail closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from ingest.domain.finding import BLOB_FAMILIES
from ingest.domain.repository import Repository
from ingest.errors import MustWait
from store.catalog import (
    ClaimedJob,
    JobSpec,
    Refreshing,
    parked_scopes,
    read_refreshing,
    scanning_scopes,
    start_refresh,
)
from workers.context import Context, utc_now
from workers.corpus import CorpusKeys, corpus_keys, digest_of, units_lacking, units_of
from workers.queues import route
from workers.waking import wake

MEANWHILE: Final = "meanwhile"
"""Subject of a recall that does not wait for decisions, and after which nothing is built."""
_LOOK_AGAIN_SECONDS: Final = 2.0


def await_refresh(context: Context, job: ClaimedJob, keys: CorpusKeys) -> None:
    """Begin to scan again what lacks facts, and let a decision wait until that is through.

    What is out is judged all the same: that asks for no decision over the present corpus.

    Raises:
        MustWait: it is under way.
    """
    if read_refreshing(context.catalog, besides=job.run_id) is None:
        tried = parked_scopes(context.catalog, job.run_id)
        begin_refresh(context, keys, besides=tried)
    found = read_refreshing(context.catalog, besides=job.run_id)
    if found is None:
        return
    spec = JobSpec.of(run_id=job.run_id, stage="recall", scope="", subject=MEANWHILE)
    wake(context.settings, route(context, context.jobs.add([spec])))
    raise MustWait(told_of(found), seconds=_LOOK_AGAIN_SECONDS, code="rules-changed")


def told_of(found: Refreshing) -> str:
    """Return how far it is, in words for a person."""
    return f"Rules changed; {found.done} of {found.total} repositories are scanned again."


def begin_refresh(context: Context, keys: CorpusKeys, *, besides: Collection[str] = ()) -> None:
    """Begin to scan again every repository that lacks facts and was not begun so; wake workers."""
    repositories = {r.id: r for r in context.catalog.list_repositories()}
    wanted = {
        repo_id: _subject(context, repositories[repo_id], key)
        for repo_id, key in _lacking(context, keys, besides)
    }
    if wanted:
        started = start_refresh(context.catalog, wanted, utc_now())
        wake(context.settings, route(context, started))


class RuleWatch:
    """Sees in the reconciler that rules changed, where nobody asks for a decision."""

    def __init__(self, context: Context) -> None:
        """Take the adapters; nothing is looked at yet."""
        self._context = context
        self._sources: tuple[object, ...] | None = None

    def follow(self) -> None:
        """Begin what is to be scanned again, once after each change, and after an upgrade.

        A process that starts looks no further where rules of today have found facts: that they are
        there of every repository is asked before anything is decided.
        """
        sources = self._context.sources
        if sources == self._sources:
            return
        is_first, self._sources = self._sources is None, sources
        fresh = self._context.anew()
        if not fresh.catalog.corpus() or (is_first and _has_facts(fresh)):
            return
        begin_refresh(fresh, corpus_keys(fresh))


def _has_facts(context: Context) -> bool:
    digests = context.ruleset_digests
    return all(context.lake.count_batches(family, digests[family]) for family in BLOB_FAMILIES)


def _lacking(
    context: Context, keys: CorpusKeys, besides: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield (repository, snapshot) of what lacks facts of today's rules and nobody scans."""
    scanning: set[str] | None = None
    for repo_id, key in keys.snapshots.items():
        lacking = units_lacking(context, key)
        is_known = not any(lacking.values()) and context.lake.exists("trees", keys.trees[repo_id])
        if is_known or repo_id in besides:
            continue
        if scanning is None:
            scanning = scanning_scopes(context.catalog)
        # A visit that is under way scans what is new in it, which was never decided on.
        if repo_id not in scanning or _had_facts(context, repo_id, key, lacking):
            yield repo_id, key


def _had_facts(context: Context, repo_id: str, key: str, lacking: Mapping[str, int]) -> bool:
    """Tell whether a repository that is being visited lost what was known of it."""
    visit = context.catalog.latest_snapshot(repo_id)
    if visit is None or visit.generation == 1:
        return False
    units = units_of(context.lake.read("snapshots", key)).num_rows
    return units > 0 and units in lacking.values()


def _subject(context: Context, repository: Repository, snapshot_key: str) -> str:
    """Return a digest of what is scanned by which rules; what is known by then is no part of it."""
    rules = (context.provenance_digest, context.ruleset_digests)
    return digest_of("refresh", repository.id, snapshot_key, repository.license, *rules)
