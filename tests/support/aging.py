"""Time passes for a review, and for it alone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from store.catalog import ReviewBook
from store.catalog.audit import append_entry, entry_of
from store.catalog.tables import AuditRow, ReviewRow
from workers.audit import seal_audit
from workers.context import Context, utc_now


def let_end(context: Context, review_id: str) -> None:
    """Have a review that ended a second ago, as if it had been asked for a day before.

    The chain says so too: it is written anew, for an edited review stops every decision.
    """
    now = utc_now()
    moments = {
        "requested_at": now - timedelta(days=1),
        "expires_at": now - timedelta(seconds=1),
    }
    book = ReviewBook(context.catalog, context.policy)
    (found,) = [review for review in book.list_all() if review.id == review_id]
    ended = replace(found, **moments)
    said = {"asked": ended.digest, "expires_at": ended.asked()["expires_at"]}

    def written_anew(session: Session) -> None:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.seq))
        entries = [entry_of(row) for row in rows]
        session.execute(update(ReviewRow).where(ReviewRow.id == review_id).values(**moments))
        session.execute(delete(AuditRow))
        for entry in entries:
            detail = dict(entry.detail) | (said if entry.subject == review_id else {})
            append_entry(session, entry.at, (entry.actor, entry.action, entry.subject), detail)

    context.catalog.database.write(written_anew)
    shutil.rmtree(context.settings.audit_dir)
    seal_audit(context)
