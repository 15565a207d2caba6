"""The template engine of `licenseclassifier`, with its words split faster and its memory bounded.

The package is pinned to one version and offers no setting for either; tests compare words and
matches with those of its own code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

from licenseclassifier import identify_license
from licenseclassifier._engine import dictionary, matcher
from licenseclassifier._engine.scan import builtin_scanner

_MAX_STATES: Final = 20_000
"""States that the engine's lazy automaton may keep; all licenses once make it 300 MB larger."""
_MAX_WORDS: Final = 50_000
_C: Final = ("c", "C")
_SPECIAL = re.compile(r"[<{&]|\]\(")
_WORD = re.compile(r"([A-Za-z0-9]+(?:\(s\))?)")
_SIZES: Final = {
    "<": dictionary._html_tag_size,  # noqa: SLF001 - see above
    "{": dictionary._markdown_anchor_size,  # noqa: SLF001 - see above
    "&": dictionary._html_entity_size,  # noqa: SLF001 - see above
    "](": dictionary._markdown_link_size,  # noqa: SLF001 - see above
}
_SAME: Final = {**dictionary._CANON, "https": "http"}  # noqa: SLF001 - see above
_STEPS: Final = frozenset({matcher.INST_ALT, matcher.INST_JUMP, matcher.INST_CUT})
"""Instructions that read no word."""

SplitWords = Callable[[str], list[tuple[int, int, int]]]
"""From text to (number of the word, start, end)."""


def hasten() -> None:
    """Load the engine and give it the faster parts; again changes nothing."""
    identify_license("", 0.0)
    scanner = builtin_scanner()
    if "split" not in vars(scanner.dict):
        vars(scanner.dict)["split"] = fast_split(scanner.dict)
        vars(scanner.re)["states"] = States(scanner.re)
        # Each word that does not fit is folded anew, character by character.
        vars(matcher)["to_fold"] = lru_cache(_MAX_WORDS)(dictionary.to_fold)


def fast_split(words: dictionary.Dict) -> SplitWords:
    """Return a split that finds the same words as the engine's own, ten times as fast."""
    slow = words.split
    known = _Numbers(words._map)  # noqa: SLF001 - see above
    copyright_number = known["copyright"]

    def split(text: str) -> list[tuple[int, int, int]]:
        if not text.isascii() or "&copy;" in text:
            return slow(text)
        # Words and what stands between them, of which the lengths give the places.
        parts = _WORD.split(_without_marks(text))
        edges = list(accumulate(map(len, parts)))
        written = parts[1::2]
        numbers = map(known.__getitem__, written)
        found = list(zip(numbers, edges[::2], edges[1::2], strict=False))
        marks = [n for n, w in enumerate(found) if w[0] == copyright_number or written[n] in _C]
        for n in marks:
            _number, low, high = found[n]
            if written[n] in _C and low and text[low - 1] == "(" and text[high : high + 1] == ")":
                found[n] = copyright_number, low - 1, high + 1
        # A "Copyright (c)" is one word.
        repeats = [n for n in marks if n and found[n][0] == found[n - 1][0] == copyright_number]
        for n in reversed(repeats):
            del found[n]
        return found

    return split


class _Numbers(dict[str, int]):
    """The engine's numbers of words as they are written."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._numbers = numbers

    def __missing__(self, word: str) -> int:
        same = word.lower().replace("(s)", "s")
        number = self._numbers.get(_SAME.get(same, same), dictionary.BAD_WORD)
        if len(self) < _MAX_WORDS:
            self[word] = number
        return number


class State:
    """Places in the engine's program, and what follows them."""

    __slots__ = ("info", "places")

    def __init__(self, places: tuple[int, ...]) -> None:
        self.places = places
        self.info: tuple[int, list[int], dict[int, State], State | None] | None = None
        """License that ends here (or -1), words that may follow, states after them, and after
        any word: what the engine's own `_state_info` returns."""


class States:
    """The states of the engine's automaton, made when they are first entered.

    The engine itself makes the states behind all words that may follow, of which a text takes
    one, and finds each again by all its places.
    """

    def __init__(self, automaton: matcher.MultiRE) -> None:
        """Take over from an automaton."""
        self._automaton = automaton
        self._ops, self._args = automaton.ops, automaton.args
        self.start: tuple[int, ...] = automaton._start_state  # noqa: SLF001 - see above
        self._reached: dict[int, tuple[frozenset[int], frozenset[int]]] = {}
        vars(automaton)["_state_info"] = self._info
        self.forget()

    def __len__(self) -> int:
        """Return how many states are remembered."""
        return len(self._known)

    def forget(self) -> None:
        """Drop all states but the first."""
        first = State(self.start)
        self._known = {self.start: first}
        self._automaton._start_state = first  # noqa: SLF001 - see above

    def behind(self, places: Iterable[int]) -> State:
        """Return the state after places where a word was read."""
        kept, cuts = set[int](), set[int]()
        for place in places:
            following = place + 1
            if self._ops[following] not in _STEPS:
                kept.add(following)
                continue
            reached = self._reached.get(following) or self._reach(following)
            kept |= reached[0]
            cuts |= reached[1]
        found = tuple(sorted(kept))
        if cuts:
            found = self._without_cut(found, sorted(cuts))
        state = self._known.get(found)
        if state is None:
            state = self._known[found] = State(found)
        return state

    def _reach(self, place: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the words reachable from a place without reading one, and the gaps cut short."""
        ops, args = self._ops, self._args
        found: list[int] = []
        matcher._add(ops, args, found, set(), place)  # noqa: SLF001 - see above
        words = frozenset(p for p in found if ops[p] not in _STEPS)
        cuts = frozenset(p + 1 + args[p] for p in found if ops[p] == matcher.INST_CUT)
        self._reached[place] = words, cuts
        return words, cuts

    def _without_cut(self, places: tuple[int, ...], cuts: list[int]) -> tuple[int, ...]:
        """Return places outside the gaps that were cut short."""
        args, kept = self._args, list[int]()
        for place in places:
            while cuts and place > cuts[0] + 1 + args[cuts[0]]:
                cuts = cuts[1:]
            if not cuts or place < cuts[0]:
                kept.append(place)
        return tuple(kept)

    def _info(self, state: State) -> tuple[int, list[int], dict[int, State], State | None]:
        if state.info is None:
            ops, args = self._ops, self._args
            by_word: dict[int, list[int]] = {}
            free, ends = list[int](), list[int]()
            for place in state.places:
                kind = ops[place]
                if kind == matcher.INST_WORD:
                    by_word.setdefault(args[place], []).append(place)
                elif kind == matcher.INST_ANY:
                    free.append(place)
                else:
                    ends.append(args[place])
            following = _Following(self, by_word, free)
            any_next = self.behind(free) if free else None
            state.info = (min(ends, default=-1), sorted(by_word), following, any_next)
        return state.info


class _Following(dict[int, State]):
    """The states behind words, each made when it is asked for."""

    def __init__(self, states: States, by_word: dict[int, list[int]], free: list[int]) -> None:
        self._states = states
        self._by_word = by_word
        self._free = free

    def __missing__(self, word: int) -> State:
        state = self[word] = self._states.behind([*self._by_word[word], *self._free])
        return state

    def get(self, word: int, default: Any = None) -> Any:  # noqa: ANN401 - as `dict` has it
        return self[word] if word in self._by_word else default


def forget_states() -> None:
    """Drop the engine's remembered states when they are many; they are made again on demand."""
    states: States = vars(builtin_scanner().re)["states"]
    if len(states) > _MAX_STATES:
        states.forget()


def _without_marks(text: str) -> str:
    """Return the text with what the engine skips as blanks: tags, entities, anchors, links."""
    parts, last, position = [], 0, 0
    while match := _SPECIAL.search(text, position):
        size = _SIZES[match[0]](text, match.start())
        position = match.start() + max(1, size)
        if size:
            parts += [text[last : match.start()], " " * size]
            last = position
    return "".join([*parts, text[last:]]) if parts else text
