"""The counter: releases handed over file by file, to who shows a token."""

from __future__ import annotations

import threading

from policies.decision import Tier
from release.domain.grant import (
    Grant,
    PullRefused,
    Purpose,
    Refusal,
    Wish,
    choose_grant,
    unnamed_run,
)
from store.catalog import Changes, GrantBook, Token
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.published import PublishedRelease
from workers.pulling import Parcel, record_parcel

DESTINATION = "hub"
"""Label of pulls that left no copy in a folder that we know of."""
_MAX_KNOWN = 10_000


class Counter:
    """Hands releases over; safe to share between threads.

    Reading the first file of a release is the pull: its receipt lists every shard, as the server
    does not learn which of them a run ended up using.
    """

    def __init__(self, context: Context) -> None:
        """Take the context."""
        self._context = context
        self._grants = GrantBook(context.catalog, utc_now)
        self._handed: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()

    def admit(self, holder: Token, tier: Tier, changes: Changes | None = None) -> Grant:
        """Return the grant by which a token's holder may read a tier, now.

        Args:
            holder: who shows the token.
            tier: of what they want.
            changes: what has changed in the catalog, where the caller has asked already.

        Raises:
            PullRefused: there is none.
        """
        grants = self._context.keep(
            ("grants", holder.consumer), lambda: self._grants.list_all(holder.consumer), changes
        )
        chosen = choose_grant(grants, _wish(holder, tier), utc_now())
        if isinstance(chosen, Refusal):
            raise PullRefused(
                f"{holder.consumer} may not pull {tier} releases for {holder.purpose}: {chosen}."
            )
        return chosen

    def may_know_recalls(self, holder: Token, tier: Tier) -> bool:
        """Tell whether a token's holder is told what was recalled of a tier.

        A grant that has ended is enough: who could pull may still have the rows.
        """
        return any(grant.tier is tier for grant in self._grants.list_all(holder.consumer))

    def hand_over(
        self, holder: Token, grant: Grant, release: PublishedRelease, recalls: tuple[str, ...] = ()
    ) -> None:
        """Write the pull of a release down, once for each training run.

        Args:
            holder: who takes it.
            grant: by which they may.
            release: what they take.
            recalls: ids of recalls whose rows they leave out.

        Raises:
            PullRefused: the grant ended this moment, or the run is another one's.
            ReleaseRefused: the release is not published any more.
        """
        key = _run_id(holder, release), release.id, grant.id
        with self._lock:
            if key in self._handed:
                return
        # Written without the lock, which all readers of shards wait for: twice is once.
        self.receipt(holder, grant, release, recalls)
        with self._lock:
            if len(self._handed) >= _MAX_KNOWN:
                self._handed.clear()
            self._handed.add(key)

    def receipt(
        self, holder: Token, grant: Grant, release: PublishedRelease, recalls: tuple[str, ...] = ()
    ) -> bytes:
        """Return the signed receipt of a pull, writing it down if it was not; see `hand_over`.

        The grant is looked at in the transaction that keeps the receipt.
        """
        parcel = Parcel(
            manifest=release.manifest,
            manifest_digest=release.digest,
            wish=_wish(holder, release.tier),
            grant_id=grant.id,
            run_id=_run_id(holder, release),
            recalls=recalls,
            destination=DESTINATION,
        )
        _, envelope = record_parcel(self._context, parcel)
        seal_audit(self._context)
        return envelope


def _run_id(holder: Token, release: PublishedRelease) -> str:
    return holder.run_id or unnamed_run(_wish(holder, release.tier), release.id)


def _wish(holder: Token, tier: Tier) -> Wish:
    return Wish(consumer=holder.consumer, tier=tier, purpose=Purpose(holder.purpose))
