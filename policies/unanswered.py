"""Questions that a row may have no answer to: what overflows, divides by zero or cannot be cast.

Such a question is tried: where it has no answer it is NULL, which is the strict answer, and the
evaluation of all other rows goes on. What always has one, such as ``pii_count > 50``, is left as
it is, so that it costs what it did.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import sqlglot
from sqlglot import exp

from policies.columns import DERIVED_COLUMNS, DOSSIER_COLUMNS, DossierColumn

JOINTS: Final = (exp.And, exp.Or, exp.Not, exp.Paren, exp.Case, exp.If)
"""What joins questions, and is no part of any."""

_DIALECT: Final = "duckdb"
# These never fail over operands of one kind: nothing is cast then, but numbers to a wider type.
_SURE: Final = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In, exp.Between),
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren),
    *(exp.And, exp.Or, exp.Not, exp.Is, exp.Coalesce),
)
_MAX_DIGITS: Final = 18
"""Of a literal, beside which the widest column still fits into a decimal of 38 digits."""


def tried(sql: str) -> exp.Expr:
    """Return a condition in which every question that a row may have no answer to is tried."""
    # In brackets: what is at the root has no parent to be replaced in.
    tree = exp.Paren(this=sqlglot.parse_one(sql, dialect=_DIALECT))
    _try_below(tree)
    return tree


def _try_below(node: exp.Expr) -> None:
    for child in list(node.iter_expressions()):
        if isinstance(child, JOINTS):
            _try_below(child)
        elif not _is_sure(child):
            child.replace(exp.Try(this=child.copy()))


def _is_sure(question: exp.Expr) -> bool:
    """Tell whether a question has an answer, be it NULL, for whatever a row holds."""
    if isinstance(question, exp.ArrayContains):
        word = question.expression
        return isinstance(question.this, exp.Column) and isinstance(word, exp.Literal)
    nodes = list(question.walk())
    if not all(isinstance(node, _SURE) for node in nodes):
        return False
    return len({_kind(node) for node in nodes} - {""}) <= 1


def _kind(node: exp.Expr) -> str:
    """Return what an operand is, of which others may be compared with it; empty: anything."""
    if isinstance(node, exp.Column):
        return _KINDS[node.name]
    if isinstance(node, exp.Boolean):
        return str(pa.bool_())
    if not isinstance(node, exp.Literal):
        return ""
    if node.is_string:
        return str(pa.string())
    return _NUMBER if len(node.this) <= _MAX_DIGITS else "wide number"


def _kind_of(column: DossierColumn) -> str:
    is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    return _NUMBER if is_number else str(column.type)


_NUMBER: Final = "number"
_KINDS: Final = {c.name: _kind_of(c) for c in (*DOSSIER_COLUMNS, *DERIVED_COLUMNS)}
