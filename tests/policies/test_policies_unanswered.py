"""What a row has no answer to is answered strictly, and stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from ingest.errors import ConfigurationError
from policies.columns import DOSSIER, DOSSIER_COLUMNS
from policies.database import open_database, open_dossier
from policies.document import check_examples, load_default_policy, load_policy
from policies.evaluate import decide, deciding_rows, judge_rows
from policies.language import PRECEDENCE_COLUMNS, check_condition, open_probe
from policies.lint import lint
from policies.model import Policy
from policies.replay import Replay
from policies.unanswered import tried
from tests.strategies.policies import Row, as_dossier, occurrence

NO_CONTENT = facts_schema(Family.CONTENT).empty_table()
MOST = {pa.int32(): 2**31 - 1, pa.int64(): 2**63 - 1, pa.float32(): 3.4e38}
UNANSWERED: Final = {
    "max_line_length * num_lines > 50000000": {"max_line_length": 60_000, "num_lines": 50_000},
    "size * 9000000000000000 > 5": {"size": 2000},
    "(- num_lines) % 7 = 1": {"num_lines": -(2**31)},
    "num_lines - max_line_length < 7": {"num_lines": -(2**31), "max_line_length": 1},
    "size % num_lines = 0": {"num_lines": 0},
    "size / num_lines > 40": {"num_lines": 0},
    "size / num_lines > 40 AND size * size > 2": {"num_lines": 0, "size": 2**40},
    "size > 1.0000000000000000000000000000001": {"size": 2**40},
    "size IN (1, 1.00000000000000000000000000000000001)": {"size": 2**40},
    "size * size BETWEEN 5 AND 9": {"size": 2**40},
    "size * size > 5 AND size * size < 9": {"size": 2**40},
    "coalesce(size * size > 5, true)": {"size": 2**40},
    "coalesce(size * size, 7) > 5": {"size": 2**40},
    "(size * size > 5) IS NULL": {"size": 2**40},
    "(ownership = 'own') = (size * size > 5)": {"size": 2**40},
    "path_text = path": {"path_text": "a\\x"},
}
STRICT: Final = ("EXCLUDE_0", "NO_GRANT")


def policy_of(*conditions: str, effects: Sequence[str] = ("grant", "exclude")) -> Policy:
    """Return a policy of rules and of rows of the precedence, one for each condition."""
    rules = [
        f"  - {{id: {effect.upper()}_{n}, title: one, because: two, when: '{quoted(c)}', "
        f"effect: {effect}}}\n"
        for n, c in enumerate(conditions)
        for effect in effects
    ]
    rows = [
        f"  - {{id: ROW_{n}, because: it says so, when: '{quoted(c)}', source: own}}\n"
        for n, c in enumerate(conditions)
        if "license_" not in c
    ]
    return load_policy(
        'version: "1"\nname: extreme\nlicenses:\n' + "".join(rows) + "rules:\n" + "".join(rules)
    )


def quoted(condition: str) -> str:
    return condition.replace("'", "''")


def replayed(rows: Sequence[Row], policy: Policy, path: Path | None = None) -> int:
    """Return how many files a change to a policy, and back, comes to."""
    pairs = ((load_default_policy(), policy), (policy, load_default_policy()))
    return sum(_replayed(rows, pair, path) for pair in pairs)


def _replayed(rows: Sequence[Row], policies: tuple[Policy, Policy], path: Path | None) -> int:
    table = as_dossier(list(rows))
    if path is not None:
        pq.write_table(table, path)
    with open_dossier(path) if path is not None else open_database() as connection:
        if path is None:
            connection.register("dossier", table)
        replay = Replay(connection, policies, content=NO_CONTENT, paths=True)
        list(replay.rows())
        return sum(cell.files for cell in replay.cells())


@pytest.mark.parametrize("condition", UNANSWERED)
def test_a_row_without_an_answer_is_judged_strictly_and_others_as_ever(
    condition: str, tmp_path: Path
) -> None:
    policy = policy_of(condition)
    rows = [
        occurrence(
            "r", b"%09d" % n, "1", **({"size": 100} | (UNANSWERED[condition] if n % 2 else {}))
        )
        for n in range(6)
    ]
    verdicts = judge_rows(rows, policy)
    assert {tuple(reasons) for _, reasons in verdicts[1::2]} == {STRICT}
    assert {tuple(reasons) for _, reasons in verdicts[::2]}.isdisjoint({STRICT})
    assert set(deciding_rows(rows, policy)[1::2]) == {""}
    decided = decide(as_dossier(rows), policy, content=NO_CONTENT, input_digest="").to_pylist()
    assert [row["reasons"] for row in decided] == [reasons for _, reasons in verdicts]
    assert {row["license_type"] for row in decided[1::2]} == {"unknown"}
    assert replayed(rows, policy) == replayed(rows, policy, tmp_path / "rows.parquet") == 12


def test_the_facts_of_an_example_may_be_without_an_answer() -> None:
    text = """
version: "1"
name: overflowing
licenses:
  - id: OWN_ROW
    because: it says so
    when: size * 9000000000000000 > 5
    source: own
    tests: [{given: {}, decides: false}]
rules:
  - id: SQUEEZED
    title: one
    because: two
    when: size * 9000000000000000 > 5 AND consent_valid
    effect: grant
    tests: [{given: {}, outcome: internal-only, fires: false}]
"""
    assert check_examples(load_policy(text)) == []
    assert lint(text)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("alphanum_fraction < 1e400", "larger than any"),
        (f"alphanum_fraction < {'9' * 39}", "larger than any"),
        (f"size < {'9' * 300}", "larger than any"),
        ("size > 9223372036854775807 * 2", "Overflow"),
        ("size > 1 AND 1 % 0 = 1", "no answer to 1 % 0 = 1"),
        ("size > 5 / (0 / 1)", "no answer"),
    ],
)
def test_what_has_no_answer_for_any_row_is_refused_with_its_place(
    condition: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"line \d+, column \d+.*{told}"):
        policy_of(condition)


def test_a_long_sum_is_reckoned_and_a_longer_one_refused() -> None:
    policy = policy_of(f"size{'+1' * 500} > 1")
    assert deciding_rows([occurrence("r", b"a", "1")], policy) == ["ROW_0"]
    with pytest.raises(ConfigurationError, match="deep"):
        policy_of(f"size{'+1' * 990} > 1")


@dataclass(frozen=True, slots=True)
class Said:
    """A condition, and how its answer follows from those of the questions in it."""

    sql: str
    questions: tuple[str, ...]
    answer: Callable[[dict[str, bool | None]], bool | None]


def _asked(sql: str) -> Said:
    return Said(sql, (sql,), lambda told: told[sql])


def _negated(one: Said) -> Said:
    def answer(told: dict[str, bool | None]) -> bool | None:
        found = one.answer(told)
        return None if found is None else not found

    return Said(f"(NOT {one.sql})", one.questions, answer)


def _joined(first: Said, joint: str, second: Said) -> Said:
    def answer(told: dict[str, bool | None]) -> bool | None:
        both = {first.answer(told), second.answer(told)}
        decisive = joint == "OR"
        if decisive in both:
            return decisive
        return None if None in both else not decisive

    questions = first.questions + second.questions
    return Said(f"({first.sql} {joint} {second.sql})", questions, answer)


def _extremes(kind: pa.DataType, words: Sequence[str]) -> list[Any]:
    if pa.types.is_list(kind):
        return [None, [], [None], [words[0] if words else "word"]]
    if pa.types.is_boolean(kind):
        return [None, False, True]
    if pa.types.is_binary(kind):
        return [None, b"", b"\xff\\x"]
    if pa.types.is_string(kind):
        return [None, *(words or ("", "a\\x", "5", "%", "true"))]
    return [None, 0, 1, -MOST[kind] - (not pa.types.is_floating(kind)), MOST[kind]]


EXTREMES: Final = {c.name: _extremes(c.type, c.values) for c in DOSSIER_COLUMNS}
IDENTITY: Final = {"repo_id", "commit_id", "path", "blob_id", "suffix", "skip_reason"}
VARIED: Final = sorted(set(DOSSIER.names) - IDENTITY)
NUMBERS: Final = ("size", "num_lines", "max_line_length", "avg_line_length")
LITERALS: Final = ("0", "1", "-7", "2147483647", "9223372036854775807", "0.5", "1e300", "NULL")
NUMERIC: Final = st.recursive(
    st.sampled_from(
        [*NUMBERS, *LITERALS, "170141183460469231731687303715884105727", "1." + "3" * 36]
    ),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/%"), inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("(- {})".format, inner),
    ),
    max_leaves=4,
)
COMPARED: Final = st.one_of(
    st.builds("({} {} {})".format, NUMERIC, st.sampled_from(["=", "<>", "<", ">="]), NUMERIC),
    st.builds("({} BETWEEN {} AND {})".format, NUMERIC, NUMERIC, NUMERIC),
    st.builds("({} IN ({}, {}))".format, NUMERIC, NUMERIC, NUMERIC),
)
QUESTIONS: Final = st.one_of(
    COMPARED,
    st.builds("({} IS NULL)".format, COMPARED),
    st.builds("coalesce({}, is_test)".format, COMPARED),
    st.builds("({} = {})".format, COMPARED, COMPARED),
    st.sampled_from(
        [
            *("(path_text = path)", "(language LIKE path_text)", "('a' ILIKE language)"),
            *(
                "(is_test = 2)",
                "(is_vendor = size)",
                "(size = '5')",
                "(coalesce(is_test, size) = 1)",
            ),
            *("list_contains(pii_categories, 'PERSON')", "list_contains(pii_categories, NULL)"),
            *("list_contains(provenance_signs, language)", "(language IN ('5', path_text))"),
            *("(pii_categories < secret_categories)", "(is_test IS TRUE)"),
        ]
    ),
)
CONDITIONS: Final = st.recursive(
    QUESTIONS.map(_asked),
    lambda inner: st.one_of(
        st.builds(_negated, inner),
        st.builds(_joined, inner, st.sampled_from(["AND", "OR"]), inner),
    ),
    max_leaves=3,
)


@st.composite
def extreme_rows(draw: st.DrawFn) -> Row:
    """A row of which the columns that conditions read are as large and as small as they can be."""
    names = sorted({*NUMBERS, *draw(st.sets(st.sampled_from(VARIED), max_size=8))})
    drawn = {name: draw(st.sampled_from(EXTREMES[name])) for name in names}
    # Of a file that is there, the size is known.
    return {**drawn, "size": drawn["size"] or 0}


def loading(said: Sequence[Said]) -> list[Said]:
    """Return the conditions that a policy may have."""
    found = []
    with open_probe() as probe:
        for one in said:
            try:
                check_condition(one.sql, PRECEDENCE_COLUMNS, probe)
            except ConfigurationError:
                continue
            found.append(one)
    return found


def answers(row: Row, questions: Sequence[str]) -> dict[str, bool | None]:
    """Ask each question of one row that is alone; what fails has no answer."""
    told: dict[str, bool | None] = {}
    with open_database() as connection:
        connection.register("given", as_dossier([row]))
        connection.execute("CREATE TEMP TABLE alone AS FROM given")
        for question in questions:
            try:
                found = connection.execute(f"SELECT ({question})::BOOLEAN FROM alone").fetchone()
            except duckdb.Error:
                found = None
            told[question] = found[0] if found else None
    return told


def answer_of(reasons: Sequence[str], number: int) -> bool | None:
    """Return what a policy made of a condition that both grants and excludes."""
    if f"GRANT_{number}" in reasons:
        return True
    return None if f"EXCLUDE_{number}" in reasons else False


@settings(max_examples=25)
@given(
    st.lists(extreme_rows(), min_size=1, max_size=4),
    st.lists(CONDITIONS, min_size=1, max_size=6),
)
def test_whatever_is_asked_of_whatever_rows_nothing_fails_and_no_answer_is_strict(
    given_rows: list[Row], said: list[Said]
) -> None:
    said = loading(said)
    if not said:
        return
    policy = policy_of(*(one.sql for one in said))
    rows = [occurrence("r", b"%09d" % n, f"{n}", **row) for n, row in enumerate(given_rows)]
    decided = decide(as_dossier(rows), policy, content=NO_CONTENT, input_digest="").to_pylist()
    verdicts = judge_rows(rows, policy)
    assert [row["reasons"] for row in decided] == [reasons for _, reasons in verdicts]
    for row, (_, reasons), by in zip(rows, verdicts, deciding_rows(rows, policy), strict=True):
        alone = answers(row, [question for one in said for question in one.questions])
        told = [answer_of(reasons, n) for n in range(len(said))]
        for one, answer in zip(said, told, strict=True):
            # What is tried may be strict where another order of reckoning finds an answer.
            may_be_strict = tried(one.sql).find(exp.Try) is not None
            assert answer is one.answer(alone) or (answer is None and may_be_strict), one.sql
        first = next((n for n, one in enumerate(told) if one is not False), None)
        assert by == (f"ROW_{first}" if first is not None and told[first] else "")
    # Sizes are summed up, and a corpus is no larger than a number.
    assert replayed([{**row, "size": row["size"] // 9} for row in rows], policy) == 2 * len(rows)
