"""Rows told apart by what policies ask of them, and the verdict on each kind of row.

A corpus of millions of rows has few kinds, so what a kind amounts to is worked out in plain Python
(`policies.verdict`) once, and joined back to the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import duckdb

from policies.masks import Masks, mask_names
from policies.model import Policy
from policies.review import Bearing, Reviews
from policies.review.marks import mark_rows, read_marks
from policies.verdict import Verdict, judge_masks

KINDS: Final = "kinds"
"""The table with a row per kind: `number` from 0 on, the keys, and what was to be summed."""

_SKIPS_SQL: Final = """
    SELECT DISTINCT skip_reason FROM dossier WHERE skip_reason IS NOT NULL ORDER BY skip_reason
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one policy makes of a kind of row, before copies are compared."""

    verdict: Verdict
    ownership: str
    license_type: str
    license_source: str


class Apart:
    """A table with a row per row of ``dossier``, and `KINDS`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        policies: Sequence[Policy],
        reviews: Reviews,
        rows: tuple[str, Sequence[str]],
        sums: Sequence[str] = (),
    ) -> None:
        """Make both tables.

        Args:
            connection: has a table or view ``dossier`` with the columns of `DOSSIER`.
            policies: those that are to judge.
            reviews: reviews and withdrawals in force; each counts under policies that it fits.
            rows: name of the table of rows, and the columns of the dossier that it has beside keys.
            sums: what to sum up for each kind, as expressions with names.
        """
        self._connection = connection
        self._policies = [(policy, reviews.judging(policy)) for policy in policies]
        self._bearing = tuple(dict.fromkeys(said for _, bound in self._policies for said in bound))
        if self._bearing:
            # Without reviews nothing more is told apart, and nothing more is joined.
            mark_rows(connection, self._bearing, reviews.withdrawn)
        self._masks = Masks(policies, self._bearing)
        self._skips = [reason for (reason,) in connection.execute(_SKIPS_SQL).fetchall()]
        table, columns = rows
        query = self._masks.rows(columns, self._skips)
        connection.execute(f"CREATE TEMP TABLE {table} AS {query}")
        keys = ", ".join(self.keys)
        summed = "".join(f", {one}" for one in sums)
        connection.execute(
            f"CREATE TEMP TABLE {KINDS} AS "  # noqa: S608 - names of ours
            f"SELECT row_number() OVER (ORDER BY {keys}) - 1 AS number, {keys}{summed} "
            f"FROM {table} GROUP BY {keys}"
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns of numbers that tell kinds apart."""
        return self._masks.keys

    def judge(self) -> Iterator[list[Judged]]:
        """Yield what each of the policies makes of the kinds, by their numbers."""
        marks: dict[int, tuple[Bearing, ...]] = {0: ()}
        if self._bearing:
            marks |= read_marks(self._connection, self._bearing)
        for position, (policy, bound) in enumerate(self._policies):
            found: dict[tuple[Any, ...], Judged] = {}
            kinds = []
            for skip, *told in self._answered(self._masks.judged(position, KINDS)):
                mark, *columns = told if self._bearing else (0, *told)
                key = (skip, mark, *columns)
                if key not in found:
                    said = [one for one in marks[mark] if one in bound]
                    found[key] = _judged(
                        policy, self._skips[skip - 1] if skip else "", columns, said
                    )
                kinds.append(found[key])
            yield kinds

    def _answered(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over `KINDS` whose columns follow from the keys alone."""
        kinds = self._connection.execute(
            f"SELECT {', '.join(self.keys)} FROM {KINDS} ORDER BY number"  # noqa: S608 - ours
        ).fetchall()
        known = _remembered(query)
        try:
            return [known[kind] for kind in kinds]
        except KeyError:
            told = self._connection.execute(query).fetchall()
        if len(known) > _MAX_REMEMBERED:
            known.clear()
        known.update(zip(kinds, told, strict=True))
        return told


_MAX_REMEMBERED: Final = 1 << 16


@lru_cache(maxsize=8)
def _remembered(query: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return what a query has told of kinds so far, by their keys.

    To plan it takes longer than all else over a small corpus, and a process that decides,
    builds and recalls asks the same of the same kinds again and again.
    """
    del query
    return {}


def _judged(policy: Policy, skip: str, columns: Sequence[Any], said: Sequence[Bearing]) -> Judged:
    words = len(mask_names(policy))
    *masks, ownership, license_type, license_source = columns
    return Judged(
        verdict=judge_masks(policy, skip, masks[:words], masks[words:], said),
        ownership=ownership,
        license_type=license_type,
        license_source=license_source,
    )
