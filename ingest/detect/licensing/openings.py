"""Where in a region expressions may begin: one pass for all of them.

`re` tries an expression of alternatives at every character. Here the literals with which its
matches begin are read off the expression itself, all literals are looked for at once, and the
expression is tried at those places alone. What it finds is the same.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, AnyStr, Final, Generic, TypeVar

from ingest.detect.funnel import Funnel, Pattern

_parser: Any = import_module("re._parser")  # The one of `re`: it reads what `re` will match.
_MAX_CHARS: Final = 8
_MIN_CHARS: Final = 4
"""Shorter ones stand nearly everywhere."""
_MAX_LITERALS: Final = 160
_MAX_CLASS: Final = 4
"""Members of a class that are told apart; a larger one ends the literal before it."""

_SPACES: Final = bytes(0x20 if chr(b).isspace() else b for b in range(256))
"""All white space is one here, so that a literal may hold it."""

EDGE: Final = "\b"
"""Stands before a literal that begins a word; folded text does not hold that character."""

_Key = TypeVar("_Key", bound=Hashable)
_WORDY: Final = re.compile(rf"{EDGE}\w", re.ASCII)
_Openings = set[tuple[str, bool]]
"""Literals, and whether what follows each of them may be appended."""
_EMPTY: Final[_Openings] = {("", True)}
_ANYTHING: Final[_Openings] = {("", False)}


class Expression:
    """A compiled expression over folded text that knows the literals its matches begin with."""

    def __init__(self, pattern: str) -> None:
        """Compile a pattern; one that may begin with anything is tried everywhere."""
        self.plain = re.compile(pattern)
        self.openings = openings(pattern)

    def finditer(self, text: str, low: int = 0, high: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield what the compiled expression's own `finditer` does."""
        starts = text.starts(self) if isinstance(text, Folded) else None
        if starts is None:
            return self.plain.finditer(text, low, high)
        return matches_at(self.plain, text, starts, (low, high)) if starts else iter(())

    def search(self, text: str, low: int = 0, high: int = sys.maxsize) -> re.Match[str] | None:
        """Return what the compiled expression's own `search` does."""
        return next(self.finditer(text, low, high), None)

    def match(self, text: str, low: int = 0) -> re.Match[str] | None:
        """Return the match that begins at a place."""
        return self.plain.match(text, low)


def matches_at(
    pattern: re.Pattern[AnyStr],
    text: AnyStr,
    starts: Iterable[int],
    bounds: tuple[int, int] = (0, sys.maxsize),
) -> Iterator[re.Match[AnyStr]]:
    """Yield what `finditer` does if no match begins anywhere but at these ascending places."""
    low, high = bounds
    for start in starts:
        if start >= high:
            break
        if start >= low and (match := pattern.match(text, start, high)):
            yield match
            low = match.end()


class Folded(str):
    """Folded text that knows where expressions may begin in it."""

    __slots__ = ("_index", "_starts")

    _index: OpeningIndex[Expression]
    _starts: dict[Expression, list[int]] | None

    @classmethod
    def of(cls, text: str, index: OpeningIndex[Expression]) -> Folded:
        """Return the text, to be read when first asked."""
        folded = cls(text)
        folded._index = index
        folded._starts = None
        return folded

    def starts(self, expression: Expression) -> Sequence[int] | None:
        """Return where an expression may begin, ascending; None if it may anywhere."""
        starts = self._read().get(expression)
        if starts is None:
            return () if expression in self._index.known else None
        return starts

    def possible(self, expressions: tuple[Expression, ...]) -> list[int]:
        """Return the numbers of those expressions that may begin somewhere, ascending."""
        numbers, anywhere = self._index.numbered(expressions)
        return sorted([*anywhere, *(numbers[e] for e in self._read() if e in numbers)])

    def _read(self) -> dict[Expression, list[int]]:
        if self._starts is None:
            self._starts = self._index.read(self.encode("latin-1"))
        return self._starts


def possible(expressions: tuple[Expression, ...], text: str) -> Iterable[int]:
    """Return the numbers of those expressions that may stand in a text."""
    return text.possible(expressions) if isinstance(text, Folded) else range(len(expressions))


class OpeningIndex(Generic[_Key]):
    """The literals of many expressions as one automaton."""

    def __init__(self, literals: Mapping[_Key, frozenset[str]], cache_dir: Path | None) -> None:
        """Compile the literals, or load what an earlier process compiled.

        Expressions without a literal are left out.
        """
        self.known = frozenset(key for key, own in literals.items() if own)
        self._numbered: dict[int, tuple[tuple[_Key, ...], dict[_Key, int], list[int]]] = {}
        every = sorted(frozenset[str]().union(*literals.values()))
        self._sizes = [len(literal.lstrip(EDGE)) for literal in every]
        self._owners = [[key for key in self.known if x in literals[key]] for x in every]
        self._funnel = Funnel(
            [Pattern(id=i, expression=quoted(x)) for i, x in enumerate(every)],
            cache_dir=cache_dir,
        )

    def numbered(self, keys: tuple[_Key, ...]) -> tuple[dict[_Key, int], list[int]]:
        """Return the numbers of the expressions that are known here, and of the others."""
        # The same few tuples are asked for again and again; they stay as long as this does.
        if id(keys) not in self._numbered:
            numbers = {key: n for n, key in enumerate(keys) if key in self.known}
            others = [n for n, key in enumerate(keys) if key not in self.known]
            self._numbered[id(keys)] = keys, numbers, others
        _keys, numbers, others = self._numbered[id(keys)]
        return numbers, others

    def read(self, data: bytes) -> dict[_Key, list[int]]:
        """Return where each expression may begin, ascending."""
        places: dict[int, list[int]] = {}
        for end, number, _start in self._funnel.matches(data.translate(_SPACES)):
            places.setdefault(number, []).append(end - self._sizes[number])
        starts: dict[_Key, list[int]] = {}
        for number, found in places.items():
            for key in self._owners[number]:
                starts.setdefault(key, []).extend(found)
        for found in starts.values():
            found.sort()
        return starts


def openings(pattern: str | bytes) -> frozenset[str]:
    """Return literals such that each match begins with one; empty if there are none.

    One behind `EDGE` begins matches only where no letter, digit or underscore stands before it.
    """
    parsed = _sequence(_parser.parse(pattern))
    found = {x if _WORDY.match(x) else x.lstrip(EDGE) for x, _is_open in parsed}
    # White space begins nearly as many places as there are.
    if "" in found or " " in found:
        return frozenset()
    return frozenset(x for x in found if not _begins_with_another(x, found))


def _begins_with_another(literal: str, found: set[str]) -> bool:
    """Tell whether a literal adds nothing, as another one stands wherever it does."""
    plain = literal.lstrip(EDGE)
    shorter = {literal[:end] for end in range(1, len(literal))}
    shorter |= {plain[:end] for end in range(1, len(literal))}
    return not found.isdisjoint(shorter)


def quoted(literal: str, encoding: str = "latin-1") -> bytes:
    """Return the expression of a literal and of its edge."""
    plain = literal.lstrip(EDGE).encode(encoding)
    edge = rb"\b" if literal.startswith(EDGE) else b""
    return edge + b"".join(rb"\x%02x" % byte for byte in plain)


def _sequence(nodes: Iterable[tuple[object, Any]]) -> _Openings:
    found = _EMPTY
    for node in nodes:
        if not any(is_open for _literal, is_open in found):
            break
        longer = _joined(found, _node(*node))
        if len(longer) > _MAX_LITERALS:
            longer = _shortened(longer)
        if len(longer) > _MAX_LITERALS:
            return {(literal, False) for literal, _is_open in found}
        found = longer
    return found


def _shortened(found: _Openings) -> _Openings:
    """Return literals of which more begin alike, and so fewer."""
    for size in range(_MAX_CHARS - 1, _MIN_CHARS - 1, -1):
        found = {(x[:size], is_open and len(x) < size) for x, is_open in found}
        if len(found) <= _MAX_LITERALS:
            break
    return found


def _joined(firsts: _Openings, seconds: _Openings) -> _Openings:
    found = {first for first in firsts if not first[1]}
    for literal, _is_open in firsts - found:
        for following, is_open in seconds:
            # Only what stands before a whole match is looked for.
            joined = literal + (following.lstrip(EDGE) if literal else following)
            found.add((joined[:_MAX_CHARS], is_open and len(joined) < _MAX_CHARS))
    return found


def _character(kind: object, value: Any) -> str:  # noqa: ANN401 - as the parser has it
    """Return the character that a part stands for; empty if it may be several."""
    if str(kind) == "LITERAL":
        return " " if chr(value).isspace() else chr(value)
    return " " if str(value) == "CATEGORY_SPACE" else ""


def _node(kind: object, value: Any) -> _Openings:  # noqa: ANN401 - as the parser has it
    """Return the openings of one part of an expression, whatever is not known being anything."""
    found = _ANYTHING
    match str(kind):
        case "LITERAL":
            found = {(_character(kind, value), True)}
        case "IN" if len(value) <= _MAX_CLASS and all(_character(*item) for item in value):
            found = {(_character(*item), True) for item in value}
        case "AT" if str(value) == "AT_BOUNDARY":
            found = {(EDGE, True)}
        case "AT" | "ASSERT" | "ASSERT_NOT":
            found = _EMPTY
        case "SUBPATTERN" if not value[1]:  # Flags of its own may make it match other cases.
            found = _sequence(value[-1])
        case "BRANCH":
            found = set().union(*(_sequence(branch) for branch in value[1]))
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, nodes = value
            found = _sequence(nodes)
            if most > 1:
                found = {(literal, False) for literal, _is_open in found}
            if not least:
                found = found | _EMPTY
    return found
