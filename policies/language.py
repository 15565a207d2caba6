"""The language of conditions: SQL boolean expressions over dossier columns, allow-listed.

A condition is parsed by sqlglot, every node is checked against a list of what is allowed, and
SQL is generated anew from the tree. DuckDB then binds it to an empty dossier (types, names) and
runs it over two probe rows, so that a comparison that only fails on data fails here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from math import isfinite
from typing import Final

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ingest.domain.finding import Category
from ingest.errors import ConfigurationError
from policies.columns import DERIVED_COLUMNS, DOSSIER_COLUMNS, DossierColumn
from policies.database import open_database
from policies.model import Condition
from policies.unanswered import tried

RULE_COLUMNS: Final = (*DOSSIER_COLUMNS, *DERIVED_COLUMNS)
"""What a rule may read."""
PRECEDENCE_COLUMNS: Final = (*DOSSIER_COLUMNS, DERIVED_COLUMNS[0])
"""What a row of the precedence may read: no license column, it is what decides them."""

_ALLOWED: Final = frozenset(
    {
        *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren),
        *(exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike),
        *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
        *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg),
        *(exp.Coalesce, exp.ArrayContains),
    }
)
_DIALECT = "duckdb"
_MOST: Final = 2.0**127
"""The widest integers of DuckDB end here; beyond, it compares with nothing."""


@contextmanager
def open_probe() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in which conditions can be tried out, for `check_condition`."""
    with open_database() as connection:
        # Of its own: a table that is registered is scanned through Arrow by each of many queries.
        connection.register("rows", _probe(RULE_COLUMNS))
        connection.execute("CREATE TEMP TABLE probe AS FROM rows")
        yield connection


def check_condition(
    text: str, columns: Sequence[DossierColumn], probe: duckdb.DuckDBPyConnection
) -> Condition:
    """Check one condition and return it in generated SQL.

    Args:
        text: what the author wrote.
        columns: what it may read.
        probe: see `open_probe`.

    Raises:
        ConfigurationError: it does not parse, uses something that is not allowed, names an
            unknown column, a word outside a column's vocabulary or a number that is too large, is
            not boolean, or has a part without an answer for any row.
    """
    try:
        return _check(_parse(text), columns, probe)
    except RecursionError:
        raise ConfigurationError("The condition is nested too deeply.") from None


def _check(
    tree: exp.Expr, columns: Sequence[DossierColumn], probe: duckdb.DuckDBPyConnection
) -> Condition:
    known = {column.name: column for column in columns}
    for node in tree.walk():
        _check_node(node, known)
    used = sorted({column.name for column in tree.find_all(exp.Column)})
    words = _check_vocabulary(tree, known)
    sql = tree.sql(dialect=_DIALECT, comments=False)
    _bind(sql, probe)
    for constant in _constants(tree):
        _check_constant(constant.sql(dialect=_DIALECT, comments=False), probe)
    return Condition(
        sql=sql,
        columns=tuple(used),
        categories=_categories([known[name] for name in used], words),
    )


def assume_true(condition: Condition, column: str) -> Condition:
    """Return a condition as it would be if a column of flags were true everywhere."""

    def put(node: exp.Expr) -> exp.Expr:
        return exp.true() if isinstance(node, exp.Column) and node.name == column else node

    tree = sqlglot.parse_one(condition.sql, dialect=_DIALECT).transform(put)
    return replace(condition, sql=tree.sql(dialect=_DIALECT, comments=False))


def _parse(text: str) -> exp.Expr:
    try:
        statements = [s for s in sqlglot.parse(text, dialect=_DIALECT) if s is not None]
    except SqlglotError as error:
        raise ConfigurationError(f"The condition is not valid SQL: {_describe(error)}.") from None
    if len(statements) != 1:
        raise ConfigurationError("A condition is exactly one expression.")
    return statements[0]


def _describe(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return "it cannot be read"
    first = details[0]
    return f"{first['description']} (line {first['line']}, column {first['col']} of it)"


def _check_node(node: exp.Expr, known: Mapping[str, DossierColumn]) -> None:
    if type(node) not in _ALLOWED:
        name = type(node).__name__
        if isinstance(node, exp.Anonymous):
            name = f"The function '{node.name}'"
        raise ConfigurationError(f"{name} is not allowed in a condition.")
    if isinstance(node, exp.Literal) and not node.is_string:
        _check_number(node.this)
    if not isinstance(node, exp.Column):
        return
    if node.table:
        raise ConfigurationError("A column stands without a table name.")
    if node.name not in known:
        raise ConfigurationError(f"There is no column {node.name!r}.")


def _check_number(text: str) -> None:
    number = float(text)
    if not isfinite(number) or (text.isdecimal() and number >= _MOST):
        raise ConfigurationError(f"The number {text} is larger than any that can be compared.")


def _check_vocabulary(tree: exp.Expr, known: Mapping[str, DossierColumn]) -> set[str]:
    """Refuse words that a column can never hold; return the words that lists are asked for."""
    asked: set[str] = set()
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.ArrayContains):
        subject = _subject(node.this) or _subject(node.args.get("expression"))
        column = known.get(subject.name) if subject else None
        if column is None or not column.values:
            continue
        words = [part.this for part in _operands(node) if part.is_string]
        wrong = sorted(set(words) - set(column.values))
        if wrong:
            raise ConfigurationError(
                f"{wrong[0]!r} is never a value of {column.name}.",
                hint=f"It holds: {', '.join(column.values)}.",
            )
        if isinstance(node, exp.ArrayContains):
            asked.update(words)
    return asked


def _subject(node: exp.Expr | None) -> exp.Column | None:
    """Return the column that an operand is, also inside ``coalesce``."""
    if isinstance(node, exp.Coalesce):
        node = node.this
    return node if isinstance(node, exp.Column) else None


def _operands(node: exp.Expr) -> Iterable[exp.Expr]:
    """Return the literals that a comparison compares with, also those inside ``coalesce``."""
    return node.find_all(exp.Literal)


def _categories(used: Sequence[DossierColumn], asked: set[str]) -> tuple[Category, ...]:
    found: set[Category] = set()
    for column in used:
        is_list = pa.types.is_list(column.type)
        chosen = [c for c in column.categories if not (is_list and asked) or c.value in asked]
        found.update(chosen)
    return tuple(sorted(found))


def _bind(sql: str, probe: duckdb.DuckDBPyConnection) -> None:
    query = f"SELECT ({sql}) AS verdict FROM probe"  # noqa: S608 - generated from a checked tree
    try:
        kind = probe.execute(f"DESCRIBE {query}").fetchall()[0][1]
        # What divides by zero for these rows may well have an answer for others.
        with suppress(duckdb.InvalidInputException):
            probe.execute(query).fetchall()
        asked = tried(sql).sql(dialect=_DIALECT)
        probe.execute(f"SELECT {asked} FROM probe").fetchall()  # noqa: S608 - a checked tree
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise ConfigurationError(f"The condition does not fit the columns: {reason}") from None
    if kind != "BOOLEAN":
        raise ConfigurationError(f"A condition is true or false, this one is {kind}.")


def _constants(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the largest parts that are worked out without any row."""
    if isinstance(node, exp.Column | exp.Literal | exp.Boolean | exp.Null):
        return
    if node.find(exp.Column) is None:
        yield node
        return
    for child in node.iter_expressions():
        yield from _constants(child)


def _check_constant(sql: str, probe: duckdb.DuckDBPyConnection) -> None:
    """Refuse what has no answer for any row: it fails as a query is planned, where no TRY helps."""
    try:
        probe.execute(f"SELECT {sql}").fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise ConfigurationError(f"There is no answer to {sql}: {reason}") from None


def _probe(columns: Sequence[DossierColumn]) -> pa.Table:
    """Return a row of NULLs and a row of values that no careless cast survives."""
    schema = pa.schema([pa.field(column.name, column.type) for column in columns])
    return pa.Table.from_pylist([{}, {c.name: _sample(c) for c in columns}], schema=schema)


def _sample(column: DossierColumn) -> object:
    word = column.values[0] if column.values else "word"
    if pa.types.is_list(column.type):
        return [word]
    if pa.types.is_string(column.type):
        return word
    if pa.types.is_boolean(column.type):
        return True
    return b"word" if pa.types.is_binary(column.type) else 1
