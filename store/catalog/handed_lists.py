"""Lists of what is handed over: grants, tokens, pulls, paged in SQL as all lists are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from release.domain.grant import Grant
from store.asking import Position, Query, Slice
from store.catalog.catalog import Catalog
from store.catalog.grants import grant_of
from store.catalog.lists import Listing, page_and_count
from store.catalog.pulls import PullRecord, pull_of
from store.catalog.tables import TokenRow
from store.catalog.tables_pull import GrantRow, PullRow
from store.catalog.tokens import Token, token_of

T = TypeVar("T")
_Row = type[GrantRow] | type[TokenRow] | type[PullRow]


class HandedLists:
    """Pages of these lists; each method is one transaction, and states are those of a moment.

    Queries have their order said; every method raises ValueError for a position of another list.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Take the catalog."""
        self._database = catalog.database

    def grants(
        self, query: Query, after: Position | None, now: datetime
    ) -> tuple[Slice[Grant], int | None]:
        """Return a page of grants and how many there are."""
        return self._list(GrantRow, _grants(now), query, (after, grant_of))

    def tokens(
        self, query: Query, after: Position | None, now: datetime
    ) -> tuple[Slice[Token], int | None]:
        """Return a page of tokens, without their values, and how many there are."""
        return self._list(TokenRow, _tokens(now), query, (after, token_of))

    def pulls(self, query: Query, after: Position | None) -> tuple[Slice[PullRecord], int | None]:
        """Return a page of pulls and how many there are."""
        return self._list(PullRow, PULLS, query, (after, pull_of))

    def _list(
        self,
        row: _Row,
        listing: Listing,
        query: Query,
        how: tuple[Position | None, Callable[[Any], T]],
    ) -> tuple[Slice[T], int | None]:
        after, record = how

        def read(session: Session) -> tuple[Slice[T], int | None]:
            found, count = page_and_count(session, select(row), listing, query, after)
            rows = [record(one[0]) for one in found.rows]
            return replace(found, rows=rows), count

        return self._database.read(read)


def _state(row: type[GrantRow | TokenRow], now: datetime) -> Any:  # noqa: ANN401 - of SQL
    """As `Grant.state_at` and `Token.state_at` say it."""
    return case(
        (row.revoked_at.is_not(None), "revoked"),
        (row.expires_at <= now, "expired"),
        else_="active",
    )


def _grants(now: datetime) -> Listing:
    row = GrantRow
    return Listing(
        columns={
            "consumer": row.consumer,
            "tier": row.tier,
            "purpose": row.purpose,
            "state": _state(row, now),
            "granted": row.granted_at,
        },
        key=row.id,
        text=(row.id, row.consumer, row.tier, row.purpose),
    )


def _tokens(now: datetime) -> Listing:
    row = TokenRow
    return Listing(
        columns={"consumer": row.consumer, "state": _state(row, now), "created": row.created_at},
        key=row.id,
        text=(row.id, row.consumer),
    )


_RUN: Final = func.coalesce(PullRow.run_id, "")
PULLS: Final = Listing(
    columns={
        "consumer": PullRow.consumer,
        "release": PullRow.release_id,
        "tier": PullRow.tier,
        "run": _RUN,
        "at": PullRow.at,
    },
    key=PullRow.seq,
    text=(PullRow.consumer, PullRow.release_id, PullRow.tier, _RUN),
)
