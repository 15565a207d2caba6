"""Something withdrawn and something recalled, of which nothing else in a home is touched."""

from __future__ import annotations

import secrets

from policies.decision import Tier
from policies.review import Selector, WithdrawalReason, WithdrawalScope
from store.catalog import RecallBook, RecalledRelease, RecallRecord, ReleaseBook
from workers.context import Context, utc_now
from workers.withdrawals import Order, checked_order, draft_withdrawal, name_contents, withdraw


def withdraw_nothing(context: Context, *, by: str = "ada") -> str:
    """Withdraw paths that are nowhere; return the id."""
    order = Order(
        selector=Selector.PATH,
        value="no/such/place/**",
        repo_id=context.catalog.list_repositories()[0].id,
        scope=WithdrawalScope.ALL,
        reason=WithdrawalReason.RIGHTS_CLAIM,
        comment="A claim came in.",
        by=by,
    )
    said = draft_withdrawal(checked_order(context, order))
    withdraw(context, said, name_contents(context, said))
    return said.id


def recall_of_its_own(context: Context) -> RecallRecord:
    """Record a recall of all rows of a release that is listed and lies nowhere.

    It names no row, so it has no file that whoever looks at recalls would miss.
    """
    book, releases = (kind(context.catalog, utc_now) for kind in (RecallBook, ReleaseBook))
    # What is recalled is so for every other test too.
    release = f"rel_{secrets.token_hex(10)}"
    releases.begin_release(release, Tier.INTERNAL_ONLY, {})
    releases.publish(release, "0" * 64, release, {})
    taken = RecallRecord(
        id=f"rcl_{secrets.token_hex(10)}",
        tier=Tier.INTERNAL_ONLY,
        reasons=("RIGHTS_CLAIM",),
        requests=("wdr_1",),
        releases=(RecalledRelease(release_id=release, rows=0, replaced_by=""),),
        issued_at=utc_now(),
    )
    book.record(taken, actor="worker")
    return taken
