"""The list of operations: runs of the pipeline and errands, as one list in SQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import case, literal, select
from sqlalchemy.orm import Session

from store.asking import Position, Query, Slice
from store.catalog.catalog import Catalog, run_of
from store.catalog.errands import Errand, errand_of
from store.catalog.listings import RUNS
from store.catalog.lists import Listing, count_of, merged, slice_of
from store.catalog.records import Run
from store.catalog.tables import RunRow
from store.catalog.tables_hosts import ErrandRow

_OPEN: Final = ("asked", "running")
ERRANDS: Final = Listing(
    columns={
        "id": ErrandRow.id,
        "kind": ErrandRow.kind,
        "state": case((ErrandRow.state.in_(_OPEN), "running"), else_=ErrandRow.state),
        "parked": literal("no"),
        "started": ErrandRow.asked_at,
    },
    key=ErrandRow.id,
    text=(ErrandRow.id,),
)
"""Fields as those of `store.catalog.listings.RUNS`."""


def list_operations(
    catalog: Catalog, query: Query, after: Position | None
) -> tuple[Slice[Run | Errand], int | None]:
    """Return a page of runs and errands, and how many there are; sorted by when they were begun.

    Raises:
        ValueError: `after` is no position of this list.
    """

    def read(session: Session) -> tuple[Slice[Run | Errand], int | None]:
        sources = ((select(RunRow), RUNS), (select(ErrandRow), ERRANDS))
        parts = [slice_of(session, rows, listing, query, after) for rows, listing in sources]
        counts = [count_of(session, listing, query, rows) for rows, listing in sources]
        found = merged(parts, query)
        rows = [
            run_of(row[0]) if isinstance(row[0], RunRow) else errand_of(row[0])
            for row in found.rows
        ]
        total = None if None in counts else sum(count or 0 for count in counts)
        return Slice(rows=rows, end=found.end, start=found.start), total

    return catalog.database.read(read)
