"""What conditions ask of a row, taken apart: rows that give the same answers are judged once.

A condition is made of questions that AND, OR and NOT join: ``pii_count > 50``, ``is_vendor``. To
answer all of them is a few bits each, which is far cheaper than to work out every condition for
every row; and of millions of rows few answer differently.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyarrow as pa
from sqlglot import exp

from policies.columns import DOSSIER_COLUMNS, LICENSE_TYPES, OWNERSHIPS
from policies.model import LicenseSource
from policies.unanswered import JOINTS, tried

SOURCE_PREFIX: Final = {
    LicenseSource.OWN: "own",
    LicenseSource.ANNOTATION: "annotation",
    LicenseSource.SCOPE: "scope",
    LicenseSource.REGISTRATION: "repo",
}
"""Of the dossier's columns that speak of each license."""

_DIALECT: Final = "duckdb"
# What is worked out of many questions at once stays in the cache of a core; twice as wide it leaves
# it, and takes half as long again.
_WORD_BITS: Final = 30
# NULL where a part of them is, and nowhere else. What is tried may be NULL of its own, and between
# an unknown bound and one that is missed is not.
_STRICT: Final = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In),
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Paren, exp.ArrayContains),
)
_CLOSED: Final = frozenset(
    c.name for c in DOSSIER_COLUMNS if c.values and pa.types.is_string(c.type)
)
"""Columns of few words, of which a question asks which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, over columns of the dossier alone."""

    name: str
    """Column in which its answer stands; the same for the same question."""
    sql: str
    unknown: str
    """The condition that its answer is NULL; empty where it never is."""
    subject: str
    """The columns that it is about."""
    is_choice: bool
    """Whether no other such question about the subject is true where this one is."""
    guard: str
    """A condition without which it is not true; empty: none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a question is answered, and by which number."""

    word: int
    shift: int
    width: int
    number: int

    @property
    def at(self) -> tuple[int, int]:
        """Word and bit."""
        return self.word, self.shift


class Questions:
    """Questions, and the columns of numbers that tell their answers."""

    def __init__(self) -> None:
        """Begin without any."""
        self._questions: dict[str, Question] = {}

    def put(self, sql: str) -> str:
        """Take an expression apart; return it over the columns of the answers.

        What evaluation adds (`policies.columns.DERIVED_COLUMNS`) stays in it, but for the license
        expression, of which the questions are asked of every license that may be meant.
        """
        opened, questions = _take_apart(sql)
        self._questions |= {question.name: question for question in questions}
        return opened

    def words(self) -> dict[str, str]:
        """Return the columns of numbers, by name, over the dossier."""
        found: dict[str, list[str]] = {}
        for (word, guard), group in itertools.groupby(self._steps(), lambda step: step[:2]):
            numbers = " | ".join(sql for _, _, sql in group)
            guarded = f"CASE WHEN {guard} THEN {numbers} ELSE 0 END" if guard else numbers
            found.setdefault(f"answers_{word}", []).append(guarded)
        words = {name: " | ".join(parts) for name, parts in found.items()}
        unknown = self._unknown()
        for word in range(-(-len(unknown) // _WORD_BITS)):
            part = unknown[word * _WORD_BITS : (word + 1) * _WORD_BITS]
            bits = " | ".join(_number([(sql, 1 << n)]) for n, sql in enumerate(part))
            # Nearly always all is known of a row, which is cheaper to ask at once.
            words[f"unknown_{word}"] = f"CASE WHEN {' OR '.join(part)} THEN {bits} ELSE 0 END"
        return words

    def answers(self) -> Iterator[str]:
        """Yield the columns that `put` leaves in expressions, over the columns of numbers."""
        unknown = self._unknown()
        for question, place in self._places():
            mask = (1 << place.width) - 1
            told = f"(answers_{place.word} >> {place.shift}) & {mask} = {place.number}"
            branches = f"WHEN {told} THEN true"
            if question.unknown:
                word, bit = divmod(unknown.index(question.unknown), _WORD_BITS)
                branches += f" WHEN (unknown_{word} >> {bit}) & 1 = 1 THEN NULL"
            yield f"CASE {branches} ELSE false END AS {question.name}"

    def _unknown(self) -> list[str]:
        return sorted({q.unknown for q in self._questions.values() if q.unknown})

    def _steps(self) -> Iterator[tuple[int, str, str]]:
        """Yield (word, guard, number) of each place, in the order of places."""
        for _, group in itertools.groupby(self._places(), lambda item: item[1].at):
            placed = list(group)
            question, place = placed[0]
            branches = [(q.sql, p.number << p.shift) for q, p in placed]
            yield place.word, question.guard, _number(branches)

    def _places(self) -> Iterator[tuple[Question, _Place]]:
        """Yield every question with its place; those about one column follow one another."""
        ordered = sorted(self._questions.values(), key=lambda q: (q.subject, q.is_choice, q.name))
        word = shift = 0
        for _, group in itertools.groupby(ordered, lambda q: q.subject if q.is_choice else q.name):
            questions = list(group)
            width = len(questions).bit_length()
            if shift + width > _WORD_BITS:
                word, shift = word + 1, 0
            for number, question in enumerate(questions, 1):
                yield question, _Place(word=word, shift=shift, width=width, number=number)
            shift += width


def _number(branches: Iterable[tuple[str, int]]) -> str:
    """Return the number of the first condition that is true, else 0: NULL goes the way of ELSE."""
    return f"CASE {' '.join(f'WHEN {sql} THEN {number}' for sql, number in branches)} ELSE 0 END"


@lru_cache(maxsize=4096)
def _take_apart(sql: str) -> tuple[str, tuple[Question, ...]]:
    found: list[Question] = []
    tree = tried(sql)
    _open(tree, found)
    return tree.sql(dialect=_DIALECT), tuple(found)


def _open(node: exp.Expr, found: list[Question]) -> None:
    """Put answers for the questions below a joint."""
    for child in list(node.iter_expressions()):
        if isinstance(child, JOINTS):
            _open(child, found)
        else:
            child.replace(_ask(child, found))


def _ask(leaf: exp.Expr, found: list[Question]) -> exp.Expr:
    names = {column.name for column in leaf.find_all(exp.Column)}
    derived = names & _ALTERNATIVES.keys()
    if names == derived - {"license_expression"}:
        return leaf
    if derived:
        return _ask_each(leaf, min(derived), found)
    if isinstance(leaf, exp.NEQ):
        return exp.Not(this=_ask(exp.EQ(this=leaf.this, expression=leaf.expression), found))
    if isinstance(leaf, exp.In) and _is_choice(leaf.this, leaf.expressions):
        words = [_ask(leaf.this.eq(word), found) for word in leaf.expressions]
        return exp.Paren(this=exp.or_(*words))
    question = _question(leaf, sorted(names))
    found.append(question)
    return exp.column(question.name)


def _ask_each(leaf: exp.Expr, name: str, found: list[Question]) -> exp.Expr:
    """Ask for each value that a derived column may have; which one it has is told later."""
    decided_by, values = _ALTERNATIVES[name]
    case = exp.Case()
    for value, meant in values.items():
        put = leaf.transform(_replacing(name, meant))
        case = case.when(exp.column(decided_by).eq(exp.Literal.string(value)), _ask(put, found))
    return exp.Paren(this=case)


def _replacing(name: str, value: exp.Expr) -> Callable[[exp.Expr], exp.Expr]:
    def put(node: exp.Expr) -> exp.Expr:
        return value.copy() if isinstance(node, exp.Column) and node.name == name else node

    return put


def _question(leaf: exp.Expr, names: Sequence[str]) -> Question:
    sql = leaf.sql(dialect=_DIALECT)
    unknown = f"({sql}) IS NULL"
    if isinstance(leaf, exp.Is):
        unknown = ""
    elif all(isinstance(node, _STRICT) for node in leaf.walk()):
        # By column, as many questions share one; where a file says that there is none it is free.
        unknown = " OR ".join(f"{name} IS NULL" for name in names)
    # Lists are empty more often than not.
    is_list = isinstance(leaf, exp.ArrayContains) and isinstance(leaf.this, exp.Column)
    return Question(
        name=f"answer_{hashlib.blake2b(sql.encode(), digest_size=16).hexdigest()}",
        sql=sql,
        unknown=unknown,
        subject=", ".join(names),
        is_choice=isinstance(leaf, exp.EQ) and _is_choice(leaf.this, [leaf.expression]),
        guard=f"len({names[0]}) > 0" if is_list else "",
    )


def _is_choice(subject: exp.Expr, words: Sequence[exp.Expr]) -> bool:
    """Tell whether a closed column is compared with words."""
    is_closed = isinstance(subject, exp.Column) and subject.name in _CLOSED
    return is_closed and bool(words) and all(word.is_string for word in words)


def _literals(values: Iterable[str]) -> dict[str, exp.Expr]:
    return {value: exp.Literal.string(value) for value in values}


_EXPRESSIONS: Final[dict[str, exp.Expr]] = {
    **{
        source: exp.column(f"{prefix}_license_expression")
        for source, prefix in SOURCE_PREFIX.items()
    },
    LicenseSource.NONE: exp.cast(exp.null(), "text"),
}
_ALTERNATIVES: Final[dict[str, tuple[str, dict[str, exp.Expr]]]] = {
    "license_expression": ("license_source", _EXPRESSIONS),
    "license_source": ("license_source", _literals(LicenseSource)),
    "license_type": ("license_type", _literals(LICENSE_TYPES)),
    "ownership": ("ownership", _literals(OWNERSHIPS)),
}
"""What each derived column may be: by the column that tells which, and its values."""
