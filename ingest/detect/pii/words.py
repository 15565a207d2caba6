"""Which words a text writes on their own: a name that it also writes small is a word there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_WORD: Final = rb"A-Za-z0-9_\x80-\xff\-"
_MAX_SEARCHES: Final = 16
"""After so many questions about one text, one pass over all its words is cheaper."""


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a list that is written as one text."""
    return tuple(text.split())


class Cues:
    """Words that say what stands beside them, in any case.

    A caseless alternation is tried whole at every letter; this is ten times as fast.
    """

    def __init__(self, words: str, patterns: Mapping[str, str] = MappingProxyType({})) -> None:
        """Take what counts inside longer words too, and lower-case patterns by what they hold."""
        self._words = split_words(words)
        self._patterns = tuple((part, re.compile(form)) for part, form in patterns.items())

    def are_in(self, text: str) -> bool:
        """Tell whether one of them stands in a text."""
        lower = text.lower()
        return any(word in lower for word in self._words) or any(
            part in lower and form.search(lower) for part, form in self._patterns
        )


class WordIndex:
    """The words of one text. Occurrences inside a longer word, login or address do not count."""

    def __init__(self, data: bytes) -> None:
        """Take the text; it is read when it is first asked."""
        self._data = data
        self._asked = 0
        self._known: dict[bytes, frozenset[bytes]] = {}

    def has(self, word: str, *, not_after: bytes) -> bool:
        """Tell whether the text writes a word in this case, not behind a byte of `not_after`."""
        wanted = word.encode("utf-8", "surrogateescape")
        self._asked += 1
        if self._asked <= _MAX_SEARCHES:
            return self._search(wanted, not_after)
        if not_after not in self._known:
            self._known[not_after] = frozenset(_words_pattern(not_after).findall(self._data))
        return wanted in self._known[not_after]

    def _search(self, wanted: bytes, not_after: bytes) -> bool:
        data, pattern = self._data, _words_pattern(not_after)
        at = data.find(wanted)
        while at >= 0:
            match = pattern.match(data, at)
            if match and match.end() == at + len(wanted):
                return True
            at = data.find(wanted, at + len(wanted))
        return False


@lru_cache(maxsize=16)
def _words_pattern(not_after: bytes) -> re.Pattern[bytes]:
    # what begins an address, as in ``jane.quux@…``, is no word either
    form = rb"(?<![%s@%s])[%s]+(?![%s@])(?!\.[\w.+-]{1,40}@)"
    return re.compile(form % (_WORD, re.escape(not_after), _WORD, _WORD))
