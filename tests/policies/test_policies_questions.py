"""What conditions ask, taken apart and put together, is what they say: NULL too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any, Final

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import ConfigurationError
from policies.columns import DERIVED_COLUMNS, DOSSIER_COLUMNS, LICENSE_TYPES, OWNERSHIPS
from policies.database import open_database
from policies.document import load_default_policy
from policies.language import check_condition, open_probe
from policies.masks import license_expression_sql
from policies.model import LicenseSource
from policies.questions import SOURCE_PREFIX, Questions
from policies.unanswered import tried

COLUMNS: Final = {c.name: c.type for c in (*DOSSIER_COLUMNS, *DERIVED_COLUMNS)}
EXPRESSIONS: Final = [f"{prefix}_license_expression" for prefix in SOURCE_PREFIX.values()]
_NUMBERS: Final = st.none() | st.integers(-1, 3)
_WORDS: Final = st.none() | st.sampled_from(["MIT", "GPL-3.0-only", "Python", "C"])
_CATEGORIES: Final = st.none() | st.sampled_from(["permissive", "copyleft", "none"])
_FLAGS: Final = st.none() | st.booleans()
ROWS: Final = st.fixed_dictionaries(
    {
        "size": _NUMBERS,
        "pii_count": _NUMBERS,
        "language": _WORDS,
        "own_license_category": _CATEGORIES,
        "scope_license_category": _CATEGORIES,
        "is_vendor": _FLAGS,
        "is_test": _FLAGS,
        "alphanum_fraction": st.none() | st.sampled_from([0.0, 0.25, 0.5]),
        "pii_categories": st.none()
        | st.lists(st.none() | st.sampled_from(["PERSON", "US_SSN"]), max_size=2),
        **dict.fromkeys(EXPRESSIONS, _WORDS),
        # Never NULL: evaluation puts a word.
        "license_source": st.sampled_from([source.value for source in LicenseSource]),
        "license_type": st.sampled_from(LICENSE_TYPES),
        "ownership": st.sampled_from(OWNERSHIPS),
    }
)
_COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=")
_NUMERIC: Final = st.recursive(
    st.sampled_from(["size", "pii_count", "0", "1", "2", "NULL", "coalesce(pii_count, 1)"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/%"), inner),
    max_leaves=3,
)
_LEAVES: Final = st.one_of(
    st.builds("{} {} {}".format, _NUMERIC, st.sampled_from(_COMPARISONS), _NUMERIC),
    st.builds("{} BETWEEN {} AND {}".format, _NUMERIC, _NUMERIC, _NUMERIC),
    st.builds("{} IN (1, {})".format, _NUMERIC, st.sampled_from(["2", "NULL", "size"])),
    st.builds(
        "{} {} '{}'".format,
        st.sampled_from(["own_license_category", "scope_license_category"]),
        st.sampled_from(["=", "<>"]),
        st.sampled_from(["permissive", "copyleft", "none"]),
    ),
    st.sampled_from(
        [
            "is_vendor",
            "is_vendor = is_test",
            "is_test IS NULL",
            "(is_test OR is_vendor) IS NULL",
            "is_vendor IS TRUE",
            "NULL",
            "true",
            "'none' = own_license_category",
            "own_license_category IN ('permissive', 'none')",
            "own_license_category IN ('permissive', NULL)",
            "own_license_category NOT IN ('copyleft')",
            "coalesce(own_license_category, 'none') = 'none'",
            "own_license_category = scope_license_category",
            "language LIKE 'P%'",
            "language ILIKE '%t%'",
            "language IS NOT NULL",
            "alphanum_fraction < 0.3",
            "list_contains(pii_categories, 'PERSON')",
            "list_contains(pii_categories, 'US_SSN')",
            "list_contains(pii_categories, NULL)",
            "license_expression = 'MIT'",
            "license_expression IS NULL",
            "license_expression LIKE 'GPL%'",
            "license_expression IN ('MIT', 'C')",
            "license_expression = language",
            "license_source = 'own'",
            "license_type IN ('permissive', 'unknown')",
            "ownership <> 'own'",
            "ownership = license_type",
            "license_expression = license_type",
        ]
    ),
)
CONDITIONS: Final = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner)
        | st.builds("(NOT {})".format, inner)
    ),
    max_leaves=6,
)


_OPENED: Final = ExitStack()


@cache
def _probe() -> duckdb.DuckDBPyConnection:
    return _OPENED.enter_context(open_probe())


@cache
def loads(condition: str) -> bool:
    """Tell whether a policy with this condition loads: one with ``0 / 0`` in it does not."""
    try:
        check_condition(condition, (*DOSSIER_COLUMNS, *DERIVED_COLUMNS), _probe())
    except ConfigurationError as error:
        return "Division by zero" not in error.message
    return True


def rows_in(connection: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the table ``facts`` of the given rows, numbered."""
    schema = pa.schema([pa.field(name, COLUMNS[name]) for name in rows[0]])
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    connection.register("given", table.append_column("i", pa.array(range(len(rows)))))
    connection.execute("CREATE OR REPLACE TEMP TABLE facts AS FROM given")


def directly(connection: duckdb.DuckDBPyConnection, sql: Sequence[str]) -> list[tuple[Any, ...]]:
    expression = f"{license_expression_sql('f', 'f')} AS license_expression"
    asked = [tried(one).sql(dialect="duckdb") for one in sql]
    query = f"SELECT {', '.join(asked)} FROM (SELECT *, {expression} FROM facts f) ORDER BY i"
    return connection.execute(query).fetchall()


def by_answers(connection: duckdb.DuckDBPyConnection, sql: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what the conditions say of rows that are known by their answers alone."""
    questions = Questions()
    opened = [questions.put(one) for one in sql]
    words = "".join(f", {one} AS {name}" for name, one in questions.words().items())
    kept = "i, license_source, license_type, ownership"
    answers = "".join(f", {one}" for one in questions.answers())
    return connection.execute(
        f"SELECT {', '.join(opened)} FROM (SELECT {kept}{answers} "
        f"FROM (SELECT {kept}{words} FROM facts)) ORDER BY i"
    ).fetchall()


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_database() as found:
        yield found


@settings(max_examples=100)
@given(
    st.lists(ROWS, min_size=1, max_size=6),
    st.lists(CONDITIONS.filter(loads), min_size=1, max_size=8),
)
def test_conditions_say_of_answers_what_they_say_of_rows(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], sql: list[str]
) -> None:
    rows_in(connection, rows)
    assert by_answers(connection, sql) == directly(connection, sql)


def test_so_many_questions_as_need_several_numbers_are_told_apart(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    blank: dict[str, Any] = {
        "license_source": "none",
        "license_type": "unknown",
        "ownership": "unknown",
    }
    rows_in(connection, [blank | {"size": n, "pii_count": n or None} for n in range(80)])
    sql = [f"{name} = {n}" for n in range(80) for name in ("size", "pii_count")]
    found = by_answers(connection, sql)
    assert found == [
        tuple(value for n in range(80) for value in (n == row, None if not row else n == row))
        for row in range(80)
    ]


def test_a_question_that_two_policies_ask_is_answered_once() -> None:
    policy = load_default_policy()
    once, twice = Questions(), Questions()
    for _ in range(2):
        twice_opened = [twice.put(rule.condition.sql) for rule in policy.rules]
    assert [once.put(rule.condition.sql) for rule in policy.rules] == twice_opened
    assert twice.words() == once.words()
