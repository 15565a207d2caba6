"""Two policies over the same stored facts, side by side: what each row would become.

Nothing is scanned again and no row leaves the database: rows of equal facts share a pair of masks,
so what a corpus of millions of rows comes to is a few thousand cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import duckdb
import pyarrow as pa

from policies.apart import KINDS, Apart
from policies.copies import restrict_copies
from policies.decision import RANKS, Lane, Outcome
from policies.model import COPY_RESTRICTED, COPY_WITHDRAWN, Policy
from policies.review import NO_REVIEWS, Reviews
from policies.review.marks import clearing_ids
from policies.verdict import Verdict


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


_KEPT: Final = ("repo_id", "language", "blob_id", "size")
_NEAR: Final = ("skip_reason", "is_license_text")
"""What near copies are compared by, beside their signatures."""
_CONTENT: Final = "hash(blob_id) AS content"
_TABLES: Final = ("contents", "nodes", "bands", "buckets", "frontier", "liftable", "lifted")
"""What `restrict_copies` leaves behind beside its result."""
_VIEWS: Final = ("touched", "compared", "judged")
_RESTRICTED: Final = frozenset({Outcome.INTERNAL_ONLY, Outcome.EXCLUDED})
_INTERNAL: Final = RANKS[Outcome.INTERNAL_ONLY]
_RELEASABLE: Final = RANKS[Outcome.RELEASABLE]
_HELD: Final = f"({', '.join(str(RANKS[outcome]) for outcome in sorted(_RESTRICTED))})"
# Contents of which one copy may be released and another may not, by one of the policies: numbers
# first, as in `policies.copies`.
_MIXED_SQL = """
    CREATE TEMP TABLE mixed AS
    SELECT blob_id, repo_id, {path} language, size, pair, differs, before_rank, after_rank,
        before_withdrawn FROM paired
    WHERE (is_open OR is_held) AND content IN (
        SELECT content FROM paired WHERE is_open AND content IN (
            SELECT content FROM paired WHERE is_held
            UNION ALL
            SELECT hash(blob_id) FROM withdrawn_blobs))
"""
# Both sides in one pass over the ids; which copy it was is of no interest here. What is withdrawn
# is so on both sides, and a waiver of copies does not reach it.
_EQUALS_SQL = f"""
    CREATE TEMP TABLE equals AS
    SELECT p.blob_id, bool_or(before_withdrawn OR w.blob_id IS NOT NULL) AS is_withdrawn,
        bool_or(before_rank = {_RELEASABLE}) AND NOT list_contains($1::VARCHAR[], p.blob_id)
            AND (is_withdrawn OR (bool_or(before_rank IN {_HELD})
                AND NOT list_contains($3::VARCHAR[], p.blob_id))) AS is_before,
        bool_or(after_rank = {_RELEASABLE}) AND NOT list_contains($2::VARCHAR[], p.blob_id)
            AND (is_withdrawn OR (bool_or(after_rank IN {_HELD})
                AND NOT list_contains($4::VARCHAR[], p.blob_id))) AS is_after
    FROM mixed p LEFT JOIN withdrawn_blobs w ON (w.blob_id = p.blob_id)
    GROUP BY p.blob_id HAVING is_before OR is_after
"""  # noqa: S608 - constants
# With near copies any content may be held.
_ANY_SQL = "CREATE TEMP VIEW mixed AS FROM paired"
# The rows that copies hold, by either policy.
_COPIED_SQL = f"""
    CREATE TEMP TABLE copied AS
    SELECT m.* EXCLUDE (blob_id), b.reason AS before_reason, a.reason AS after_reason
    FROM (FROM mixed WHERE {_RELEASABLE} IN (before_rank, after_rank)) m
    LEFT JOIN before_restrictions b
        ON (b.blob_id = m.blob_id AND m.before_rank = {_RELEASABLE})
    LEFT JOIN after_restrictions a
        ON (a.blob_id = m.blob_id AND m.after_rank = {_RELEASABLE})
    WHERE b.reason IS NOT NULL OR a.reason IS NOT NULL
"""  # noqa: S608 - constants
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
        path = ("path",) if paths else ()
        self._evaluate([*_KEPT, *path, *(_NEAR if content.num_rows else (_CONTENT,))])
        if content.num_rows:
            for side, (policy, _) in self._sides.items():
                self._restrict(side, policy, content)
            connection.execute(_ANY_SQL)
        else:
            self._restrict_equals(path)
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
        """Make ``replayed`` (a row per occurrence) and ``verdicts`` (a row per kind of row)."""
        policies = [policy for policy, _ in self._sides.values()]
        sums = ("count(*) AS files", "sum(size)::BIGINT AS bytes")
        apart = Apart(self._connection, policies, self._reviews, ("replayed", kept), sums)
        kinds = zip(*apart.judge(), strict=True)
        pairs = [(before.verdict, after.verdict) for before, after in kinds]
        numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        self._verdicts = list(numbers)
        self._connection.register("pairs", self._table_of(pairs, numbers))
        self._connection.execute(
            f"CREATE TEMP TABLE verdicts AS SELECT * FROM {KINDS} JOIN pairs USING (number)"  # noqa: S608 - a constant
        )
        keys = ", ".join(apart.keys)
        self._connection.execute(
            f"CREATE TEMP VIEW paired AS SELECT m.* EXCLUDE ({keys}), "  # noqa: S608 - names of masks
            f"v.* EXCLUDE ({keys}, number, files, bytes) "
            f"FROM replayed m JOIN verdicts v USING ({keys})"
        )

    def _table_of(
        self,
        pairs: Sequence[tuple[Verdict, Verdict]],
        numbers: Mapping[tuple[Verdict, Verdict], int],
    ) -> pa.Table:
        columns = {
            "number": pa.array(range(len(pairs)), pa.int64()),
            "pair": pa.array([numbers[pair] for pair in pairs], pa.int32()),
            "differs": pa.array([b != a for b, a in pairs], pa.bool_()),
            "is_open": _flags(pairs, {Outcome.RELEASABLE}),
            "is_held": _flags(pairs, _RESTRICTED),
        }
        for index, side in enumerate(Side):
            verdicts = [pair[index] for pair in pairs]
            columns[f"{side}_outcome"] = pa.array([v.outcome.value for v in verdicts], pa.string())
            columns[f"{side}_withdrawn"] = pa.array([v.is_withdrawn for v in verdicts], pa.bool_())
            columns[f"{side}_rank"] = pa.array([RANKS[v.outcome] for v in verdicts], pa.int8())
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

    def _restrict_equals(self, path: Sequence[str]) -> None:
        """Make both sides' restrictions by equal contents, in one pass over the ids."""
        sides = self._sides.values()
        public = [list(policy.document.public_content) for policy, _ in sides]
        waived = [list(clearing_ids(COPY_RESTRICTED, bound)) for _, bound in sides]
        blobs = self._reviews.withdrawn["blob_id"].unique()
        self._connection.register("withdrawn_blobs", pa.table({"blob_id": blobs}))
        self._connection.execute(_MIXED_SQL.format(path="".join(f"{name}," for name in path)))
        self._connection.execute(_EQUALS_SQL, [*public, *waived])
        for side in self._sides:
            self._connection.execute(
                f"CREATE TEMP VIEW {side}_restrictions AS "  # noqa: S608 - constants
                f"SELECT blob_id, CASE WHEN is_withdrawn THEN '{COPY_WITHDRAWN}' "
                f"ELSE '{COPY_RESTRICTED}' END AS reason FROM equals WHERE is_{side}"
            )


def _flags(pairs: Sequence[tuple[Verdict, Verdict]], outcomes: Collection[Outcome]) -> pa.Array:
    """Tell of pairs whether one of the two has an outcome."""
    return pa.array([b.outcome in outcomes or a.outcome in outcomes for b, a in pairs], pa.bool_())


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
