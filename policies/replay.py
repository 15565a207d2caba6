"""Two policies over the same stored facts, side by side: what each row would become.

Nothing is scanned again and no row leaves the database: rows of equal facts share a pair of masks,
so what a corpus of millions of rows comes to is a few thousand cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import duckdb
import pyarrow as pa

from policies.copies import restrict_copies
from policies.decision import RANKS, Lane, Outcome
from policies.masks import mask_names, paired_query, pick_bits
from policies.model import COPY_RESTRICTED, COPY_WITHDRAWN, Policy
from policies.review import NO_REVIEWS, Bearing, Reviews
from policies.review.marks import clearing_ids, mark_rows, read_mark
from policies.verdict import Verdict, judge_masks


class Side(StrEnum):
    """Which of the two policies."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one policy makes of the rows of a cell, copies compared."""

    outcome: Outcome
    reasons: frozenset[str]
    lanes: frozenset[str]
    redactions: frozenset[str]
    """Categories to redact for the outcome's tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Rows of which both policies say the same each."""

    before: Judged
    after: Judged
    files: int
    bytes: int
    """Bytes as stored, of all files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Rows of one repository, or of one language, that move from one outcome to another."""

    repo_id: str | None
    """None where `language` is the heading."""
    language: str
    """Linguist name; empty where none is known, or where `repo_id` is the heading."""
    before: Outcome
    after: Outcome
    files: int
    bytes: int

    @property
    def is_looser(self) -> bool:
        """Tell whether more becomes possible with them."""
        return RANKS[self.after] > RANKS[self.before]


_KEPT: Final = ("repo_id", "language", "blob_id", "size", "skip_reason", "is_license_text")
_TABLES: Final = ("contents", "nodes", "bands", "buckets", "frontier", "liftable", "lifted")
"""What `restrict_copies` leaves behind beside its result."""
_SUMS: Final = ("files", "bytes")
_VIEWS: Final = ("touched", "compared", "judged")
_RESTRICTED: Final = "('internal-only', 'excluded')"
_INTERNAL: Final = RANKS[Outcome.INTERNAL_ONLY]
# Contents of which one copy may be released and another may not, by one of the policies: numbers
# first, as in `policies.copies`.
_MIXED_SQL = f"""
    CREATE TEMP TABLE mixed AS
    SELECT * FROM paired WHERE skip_reason IS NULL AND hash(blob_id) IN (
        SELECT hash(blob_id) FROM paired
        WHERE 'releasable' IN (before_outcome, after_outcome) AND hash(blob_id) IN (
            SELECT hash(blob_id) FROM paired
            WHERE before_outcome IN {_RESTRICTED} OR after_outcome IN {_RESTRICTED}
            UNION ALL
            SELECT hash(blob_id) FROM withdrawn_blobs))
"""  # noqa: S608 - constants
# Both sides in one pass over the ids; which copy it was is of no interest here. What is withdrawn
# is so on both sides, and a waiver of copies does not reach it.
_EQUALS_SQL = f"""
    CREATE TEMP TABLE equals AS
    SELECT p.blob_id, bool_or(before_withdrawn OR w.blob_id IS NOT NULL) AS is_withdrawn,
        bool_or(before_outcome = 'releasable') AND NOT list_contains($1::VARCHAR[], p.blob_id)
            AND (is_withdrawn OR (bool_or(before_outcome IN {_RESTRICTED})
                AND NOT list_contains($3::VARCHAR[], p.blob_id))) AS is_before,
        bool_or(after_outcome = 'releasable') AND NOT list_contains($2::VARCHAR[], p.blob_id)
            AND (is_withdrawn OR (bool_or(after_outcome IN {_RESTRICTED})
                AND NOT list_contains($4::VARCHAR[], p.blob_id))) AS is_after
    FROM mixed p LEFT JOIN withdrawn_blobs w ON (w.blob_id = p.blob_id)
    GROUP BY p.blob_id HAVING is_before OR is_after
"""  # noqa: S608 - constants
# With near copies any content may be held.
_ANY_SQL = "CREATE TEMP VIEW mixed AS FROM paired"
# The rows that copies hold, by either policy.
_COPIED_SQL = """
    CREATE TEMP TABLE copied AS
    SELECT m.* EXCLUDE (blob_id), b.reason AS before_reason, a.reason AS after_reason
    FROM (FROM mixed WHERE 'releasable' IN (before_outcome, after_outcome)) m
    LEFT JOIN before_restrictions b
        ON (b.blob_id = m.blob_id AND m.before_outcome = 'releasable')
    LEFT JOIN after_restrictions a
        ON (a.blob_id = m.blob_id AND m.after_outcome = 'releasable')
    WHERE b.reason IS NOT NULL OR a.reason IS NOT NULL
"""
# Few rows are held by copies. So all are summed up as if none was, and these are put right.
_CELLS_SQL = """
    SELECT pair, before_reason, after_reason, sum(files)::BIGINT AS files,
        sum(bytes)::BIGINT AS bytes
    FROM (
        SELECT pair, NULL::VARCHAR AS before_reason, NULL::VARCHAR AS after_reason, files, bytes
        FROM verdicts
        UNION ALL
        SELECT pair, NULL, NULL, -count(*), -sum(size) FROM copied GROUP BY pair
        UNION ALL
        SELECT pair, before_reason, after_reason, count(*), sum(size) FROM copied GROUP BY ALL
    ) GROUP BY pair, before_reason, after_reason HAVING sum(files) > 0 ORDER BY ALL
"""
_DRIFTS_SQL = f"""
    WITH ranked AS (
        SELECT repo_id, language, before_rank, after_rank, 1 AS files, size FROM paired
        WHERE differs
        UNION ALL
        SELECT repo_id, language, before_rank, after_rank, -1, -size FROM copied WHERE differs
        UNION ALL
        SELECT repo_id, language,
            CASE WHEN before_reason IS NULL THEN before_rank ELSE {_INTERNAL} END,
            CASE WHEN after_reason IS NULL THEN after_rank ELSE {_INTERNAL} END, 1, size
        FROM copied
    ), summed AS (
        SELECT repo_id, coalesce(language, '') AS language, before_rank, after_rank,
            sum(files) AS files, sum(size) AS bytes
        FROM ranked WHERE before_rank <> after_rank GROUP BY ALL
    )
    SELECT repo_id, coalesce(language, ''), before_rank, after_rank,
        sum(files)::BIGINT, sum(bytes)::BIGINT
    FROM summed WHERE files > 0
    GROUP BY GROUPING SETS (
        (repo_id, before_rank, after_rank), (language, before_rank, after_rank)
    ) ORDER BY ALL
"""  # noqa: S608 - constants
_ROWS_SQL = """
    SELECT m.repo_id, m.path, m.pair, c.before_reason, c.after_reason
    FROM paired m LEFT JOIN copied c ON (c.repo_id = m.repo_id AND c.path = m.path)
    WHERE m.differs OR c.before_reason IS DISTINCT FROM c.after_reason
    ORDER BY m.repo_id, m.path
"""


class Replay:
    """Both verdicts on every row of the table ``dossier`` of a connection.

    The connection may read the dossier from wherever its owner lets it; only those columns are
    read that a rule speaks of. Its temporary tables are used and left behind.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        policies: tuple[Policy, Policy],
        *,
        content: pa.Table,
        reviews: Reviews = NO_REVIEWS,
        paths: bool = False,
    ) -> None:
        """Evaluate.

        Args:
            connection: has a table or view ``dossier`` with the columns of `DOSSIER`.
            policies: the one that is compared with, and the one that is asked about.
            content: as in `policies.evaluate.decide`. Without rows only equal contents count as
                copies.
            reviews: those in force; each counts under the policies that it is bound to.
            paths: whether `rows` will be asked for.

        Raises:
            ArtefactCorrupt: a signature of `content` is malformed.
        """
        self._connection = connection
        self._verdicts: list[tuple[Verdict, Verdict]] = []
        self._judged: dict[tuple[int, str | None, str | None], tuple[Judged, Judged]] = {}
        self._sides = {
            side: (policy, reviews.judging(policy))
            for side, policy in zip(Side, policies, strict=True)
        }
        self._reviews = reviews
        self._evaluate([*_KEPT, "path"] if paths else _KEPT)
        if content.num_rows:
            for side, (policy, _) in self._sides.items():
                self._restrict(side, policy, content)
            connection.execute(_ANY_SQL)
        else:
            self._restrict_equals()
        connection.execute(_COPIED_SQL)

    def cells(self) -> Iterator[Cell]:
        """Yield what the whole corpus comes to."""
        for pair, copied, copied_after, files, size in self._fetch(_CELLS_SQL):
            before, after = self._judge(pair, copied, copied_after)
            yield Cell(before=before, after=after, files=files, bytes=size)

    def drifts(self) -> Iterator[Drift]:
        """Yield what moves, by repository and by language: each file stands under both."""
        outcomes = list(Outcome)
        for repo_id, language, before, after, files, size in self._fetch(_DRIFTS_SQL):
            yield Drift(
                repo_id=repo_id,
                language=language,
                before=outcomes[before],
                after=outcomes[after],
                files=files,
                bytes=size,
            )

    def rows(self) -> Iterator[tuple[str, bytes, Judged, Judged]]:
        """Yield (repo_id, path, before, after) of what the policies do not say the same of."""
        for repo_id, path, pair, copied, copied_after in self._fetch(_ROWS_SQL):
            before, after = self._judge(pair, copied, copied_after)
            if before != after:
                yield repo_id, path, before, after

    def _fetch(self, sql: str) -> Iterator[tuple[Any, ...]]:
        query = self._connection.execute(sql)
        while rows := query.fetchmany(10_000):
            yield from rows

    def _judge(
        self, pair: int, copied: str | None, copied_after: str | None
    ) -> tuple[Judged, Judged]:
        key = pair, copied, copied_after
        if key not in self._judged:
            before, after = self._verdicts[pair]
            self._judged[key] = after_copies(before, copied), after_copies(after, copied_after)
        return self._judged[key]

    def _evaluate(self, kept: Sequence[str]) -> None:
        """Make ``replayed`` (a row per occurrence) and ``pairs`` (a row per pair of verdicts)."""
        (before, first), (after, second) = self._sides.values()
        bearing = tuple(dict.fromkeys((*first, *second)))
        if bearing:
            mark_rows(self._connection, bearing, self._reviews.withdrawn)
        query = paired_query(before, after, kept, bearing)
        self._connection.execute(f"CREATE TEMP TABLE replayed AS {query.sql}")
        keys = [*query.keys]
        if bearing:
            known = [
                mask_names(policy, f"{side}_known") for side, (policy, _) in self._sides.items()
            ]
            keys += [*itertools.chain(*known), "applied"]
        names = ", ".join(keys)
        found = self._connection.execute(
            f"SELECT coalesce(skip_reason, '') AS skip, {names}, count(*), sum(size)::BIGINT "  # noqa: S608 - names of masks
            f"FROM replayed GROUP BY skip, {names} ORDER BY ALL"
        ).fetchall()
        rows = [dict(zip(["skip", *keys, *_SUMS], row, strict=True)) for row in found]
        for row in rows:
            words = [row[name] for name in query.keys]
            first_said, then_said = (
                self._verdict(side, row, pick_bits(words, bits), bearing)
                for side, bits in zip(Side, query.bits, strict=True)
            )
            self._verdicts.append((first_said, then_said))
        self._connection.register("verdicts", self._table_of(rows))
        on = " AND ".join(f"m.{key} = v.{key}" for key in keys)
        self._connection.execute(
            f"CREATE TEMP VIEW paired AS SELECT m.* EXCLUDE ({names}), "  # noqa: S608 - names of masks
            f"v.* EXCLUDE (skip, {', '.join(_SUMS)}, {names}) "
            f"FROM replayed m JOIN verdicts v ON coalesce(m.skip_reason, '') = v.skip AND {on}"
        )

    def _verdict(
        self, side: Side, row: Mapping[str, Any], fired: Sequence[int], bearing: Sequence[Bearing]
    ) -> Verdict:
        policy, bound = self._sides[side]
        if not bearing:
            return judge_masks(policy, row["skip"], fired)
        known = [row[name] for name in mask_names(policy, f"{side}_known")]
        said = [item for item in read_mark(row["applied"], bearing) if item in bound]
        return judge_masks(policy, row["skip"], fired, known, said)

    def _table_of(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        outcomes = {
            "before": [before.outcome for before, _ in self._verdicts],
            "after": [after.outcome for _, after in self._verdicts],
        }
        columns = {
            "pair": pa.array(range(len(rows)), pa.int32()),
            "differs": pa.array([b != a for b, a in self._verdicts], pa.bool_()),
        }
        for index, (side, values) in enumerate(outcomes.items()):
            columns[f"{side}_outcome"] = pa.array([o.value for o in values], pa.string())
            columns[f"{side}_withdrawn"] = pa.array(
                [pair[index].is_withdrawn for pair in self._verdicts], pa.bool_()
            )
            columns[f"{side}_rank"] = pa.array([RANKS[o] for o in values], pa.int8())
        for key in rows[0] if rows else ():
            kind = pa.string() if key in ("skip", "applied") else pa.int64()
            columns[key] = pa.array([row[key] for row in rows], kind)
        return pa.table(columns)

    def _restrict(self, side: Side, policy: Policy, content: pa.Table) -> None:
        """Make the side's restrictions by all copies, near ones too."""
        self._connection.execute(
            "CREATE TEMP VIEW judged AS SELECT repo_id, ''::BLOB AS path, blob_id, skip_reason, "  # noqa: S608 - a constant
            f"is_license_text, {side}_outcome AS verdict_outcome, "
            f"{side}_withdrawn AS verdict_withdrawn FROM paired"
        )
        restrict_copies(self._connection, content, policy, self._reviews)
        self._connection.execute(f"ALTER TABLE restrictions RENAME TO {side}_restrictions")
        for view in _VIEWS:
            self._connection.execute(f"DROP VIEW {view}")
        for table in _TABLES:
            self._connection.execute(f"DROP TABLE {table}")

    def _restrict_equals(self) -> None:
        """Make both sides' restrictions by equal contents, in one pass over the ids."""
        sides = self._sides.values()
        public = [list(policy.document.public_content) for policy, _ in sides]
        waived = [list(clearing_ids(COPY_RESTRICTED, bound)) for _, bound in sides]
        blobs = self._reviews.withdrawn["blob_id"].unique()
        self._connection.register("withdrawn_blobs", pa.table({"blob_id": blobs}))
        self._connection.execute(_MIXED_SQL)
        self._connection.execute(_EQUALS_SQL, [*public, *waived])
        for side in self._sides:
            self._connection.execute(
                f"CREATE TEMP VIEW {side}_restrictions AS "  # noqa: S608 - constants
                f"SELECT blob_id, CASE WHEN is_withdrawn THEN '{COPY_WITHDRAWN}' "
                f"ELSE '{COPY_RESTRICTED}' END AS reason FROM equals WHERE is_{side}"
            )


def after_copies(verdict: Verdict, reason: str | None) -> Judged:
    """Return a verdict once copies are compared; `reason` is what the engine adds, if anything."""
    copied = reason is not None and verdict.outcome is Outcome.RELEASABLE
    outcome = Outcome.INTERNAL_ONLY if copied else verdict.outcome
    added = {reason} if reason is not None and copied else set()
    # Nobody clears a copy of what was withdrawn.
    lanes = {Lane.LEGAL.value} if copied and reason != COPY_WITHDRAWN else set()
    return Judged(
        outcome=outcome,
        reasons=frozenset({*verdict.reasons, *added}),
        lanes=frozenset({*verdict.pending_lanes, *lanes}),
        redactions=frozenset(_redactions(verdict, outcome)),
    )


def _redactions(verdict: Verdict, outcome: Outcome) -> tuple[str, ...]:
    if outcome is Outcome.RELEASABLE:
        return verdict.redact_releasable
    return verdict.redact_internal if outcome is Outcome.INTERNAL_ONLY else ()
