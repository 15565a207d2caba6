"""SQL of the one pass over a dossier: which license counts, and a bit for each rule that fired.

Rows are asked the questions of all policies first (`policies.questions`). What a policy makes of
the answers is worked out once for each combination of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from policies.model import Effect, Policy, Rule
from policies.questions import SOURCE_PREFIX, Questions
from policies.review import Bearing, Review
from policies.unanswered import tried

WORD_BITS: Final = 60
"""Rules per mask column; a BIGINT holds 63 bits and a sign."""
DERIVED: Final = ("ownership", "license_type", "license_source")
"""What is worked out beside the masks; the license expression follows from the source."""

_Put = Callable[[str], str]
_OWNERSHIP = """CASE
    WHEN is_vendor OR provenance = 'third_party' THEN 'third_party'
    WHEN provenance = 'mixed' OR (provenance = 'first_party' AND has_foreign_holder) THEN 'mixed'
    WHEN provenance = 'first_party' AND NOT is_vendor AND NOT has_foreign_holder THEN 'own'
    ELSE 'unknown' END"""
_TYPE_OF_CATEGORY = """CASE
    WHEN {column} = 'permissive' THEN 'permissive'
    WHEN {column} = 'weak_copyleft' THEN 'weak_copyleft'
    WHEN {column} = 'copyleft' THEN 'copyleft'
    WHEN {column} = 'proprietary' THEN 'third_party' ELSE 'unknown' END"""
# A path is compared where its repository is spoken of at all; all others are NULL, and no key.
_MARKED_DOSSIER: Final = """(
    SELECT d.*, coalesce(m.mark, 0) AS mark FROM (
        SELECT *, CASE WHEN repo_id IN (SELECT repo_id FROM marked) THEN path END AS marked_path
        FROM dossier
    ) d LEFT JOIN marked m ON (m.repo_id = d.repo_id AND m.path = d.marked_path)
)"""
"""The dossier with the reviews that bear on each row, see `policies.review.marks.mark_rows`."""


class Masks:
    """The queries of one evaluation, of one policy or of several over the same rows."""

    def __init__(self, policies: Iterable[Policy], bearing: Sequence[Bearing] = ()) -> None:
        """Find out what is to be asked.

        Args:
            policies: whose rules count.
            bearing: what people said and bears on any of it.
        """
        self._questions = Questions()
        self._told = ("skip", "mark") if bearing else ("skip",)
        self._queries = [self._judging(policy, bearing) for policy in policies]

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns of numbers in which rows differ that are told apart."""
        return (*self._told, *self._questions.words())

    def rows(self, columns: Sequence[str], skips: Sequence[str]) -> str:
        """Return the query over the table ``dossier`` of some of its columns, and of the `keys`.

        Args:
            columns: of the dossier.
            skips: every reason in it why a row is not scanned; `skip` is its position from 1 on,
                and 0 for a row that is.
        """
        reasons = " ".join(
            f"WHEN skip_reason = {quoted(s)} THEN {n}" for n, s in enumerate(skips, 1)
        )
        skip = f"CASE WHEN skip_reason IS NULL THEN 0 {reasons} END::INTEGER AS skip"
        words = [f"{sql} AS {name}" for name, sql in self._questions.words().items()]
        chosen = ", ".join([*columns, skip, *self._told[1:], *words])
        below = _MARKED_DOSSIER if "mark" in self._told else "dossier"
        return f"SELECT {chosen} FROM {below}"  # noqa: S608 - checked trees

    def judged(self, position: int, table: str) -> str:
        """Return the query of what a policy makes of distinct `keys`, in the order of `number`.

        Its columns are `skip`, `mark` where there are any, `mask_names`, with what people said
        those of ``known`` too, and `DERIVED`.

        Args:
            position: of the policy.
            table: has the `keys`, and `number`.
        """
        columns = ", ".join(["number", *self._told, *self._questions.answers()])
        steps = f"answered AS (SELECT {columns} FROM {table})"  # noqa: S608 - checked trees
        return f"WITH {steps}, {self._queries[position]} ORDER BY number"

    def _judging(self, policy: Policy, bearing: Sequence[Bearing]) -> str:
        put = self._questions.put
        steps = [
            _step("owned", f"*, {put(_OWNERSHIP)} AS ownership", "answered"),
            _step("licensed_row", f"*, {_precedence(policy, put)} AS license_row", "owned"),
            _step("licensed", f"*, {_license_columns(policy, put)}", "licensed_row"),
        ]
        masks = [*_fired(policy, put), *_known(policy, put, bearing)]
        columns = ", ".join([*self._told, *masks, *DERIVED])
        return f"{', '.join(steps)} SELECT {columns} FROM licensed"  # noqa: S608 - checked trees


def mask_names(policy: Policy, prefix: str = "mask") -> list[str]:
    """Return the names of a policy's mask columns."""
    return [f"{prefix}_{i}" for i in range(-(-len(policy.rules) // WORD_BITS))]


def license_expression_sql(row: str, judged: str) -> str:
    """Return the effective license of a row, by the source that its verdict names."""
    columns = " ".join(
        f"WHEN '{source}' THEN {row}.{prefix}_license_expression"
        for source, prefix in SOURCE_PREFIX.items()
    )
    return f"CASE {judged}.license_source {columns} END"


def deciding_row_sql(policy: Policy) -> str:
    """Return the query over ``dossier`` of (path, position of the row of the precedence).

    -1: no row decides, the license is unknown.
    """
    row = _precedence(policy, lambda sql: tried(sql).sql(dialect="duckdb"))
    owned = f"SELECT *, {_OWNERSHIP} AS ownership FROM dossier"  # noqa: S608 - a constant
    return f"SELECT path, {row} FROM ({owned})"  # noqa: S608 - checked trees


def _step(name: str, columns: str, below: str) -> str:
    return f"{name} AS (SELECT {columns} FROM {below})"  # noqa: S608 - checked trees


def _fired(policy: Policy, put: _Put) -> list[str]:
    # What is NULL goes the way of ELSE: a restriction has fired, a grant has not.
    return _masks(mask_names(policy), [_fired_bit(rule, put) for rule in policy.rules])


def _fired_bit(rule: Rule, put: _Put) -> str:
    condition = put(rule.condition.sql)
    if rule.effect is Effect.GRANT:
        return f"CASE WHEN {condition} THEN 1 ELSE 0 END"
    return f"CASE WHEN NOT {condition} THEN 0 ELSE 1 END"


def _known(policy: Policy, put: _Put, bearing: Sequence[Bearing]) -> list[str]:
    """Return the columns with a bit for each rule that reviews name and that is true, not NULL."""
    if not bearing:
        return []
    named = {
        review.target.rule_id
        for review in bearing
        if isinstance(review, Review) and review.kind.clears_a_rule
    }
    bits = [
        f"CASE WHEN {put(rule.condition.sql)} THEN 1 ELSE 0 END" if rule.id in named else "0"
        for rule in policy.rules
    ]
    return _masks(mask_names(policy, "known"), bits)


def _masks(names: Sequence[str], bits: Sequence[str]) -> list[str]:
    """Return the columns that hold bits, lowest first."""
    words = [bits[i : i + WORD_BITS] for i in range(0, len(bits), WORD_BITS)]
    return [
        " | ".join(f"(({bit})::BIGINT << {n})" for n, bit in enumerate(word)) + f" AS {name}"
        for name, word in zip(names, words, strict=True)
    ]


def _precedence(policy: Policy, put: _Put) -> str:
    """Return the position of the first row that holds; -1 for none, or for one that is NULL."""
    conditions = [put(condition.sql) for _, condition in policy.licenses]
    branches = " ".join(
        f"WHEN {condition} IS NULL THEN -1 WHEN {condition} THEN {index}"
        for index, condition in enumerate(conditions)
    )
    return f"CASE {branches} ELSE -1 END"


def _license_columns(policy: Policy, put: _Put) -> str:
    types, sources = [], []
    for index, (row, _) in enumerate(policy.licenses):
        prefix = SOURCE_PREFIX.get(row.source)
        derived = _TYPE_OF_CATEGORY.format(column=f"{prefix}_license_category")
        types.append(f"WHEN {index} THEN {quoted(row.type) if row.type else put(derived)}")
        sources.append(f"WHEN {index} THEN {quoted(row.source)}")
    return (
        f"CASE license_row {' '.join(types)} ELSE 'unknown' END AS license_type, "
        f"CASE license_row {' '.join(sources)} ELSE 'none' END AS license_source"
    )


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
