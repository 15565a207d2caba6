"""Expressions that are tried only where whole words stand that their matches need.

One split of a comment into words tells which of many expressions may stand in it; to look for the
words of each would cost more than to read the comment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.detect.licensing.names import phrase

_LETTERS: Final = bytes(b if chr(b).isalpha() else 0x20 for b in bytes(range(128)).lower()).ljust(
    256
)
"""Letters in lower case, and spaces."""


class Worded:
    """Expressions by the words that stand in their matches."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        """Compile rows of words and a pattern in the notation of `names`.

        One of the words stands in every match, or both of two with a plus between.
        """
        self._patterns = [re.compile(phrase(pattern)) for _words, pattern in rows]
        self._by_word: dict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
        for number, (words, _pattern) in enumerate(rows):
            for word in words.split():
                first, _plus, second = word.partition("+")
                self._by_word[first.encode()].append((number, second.encode()))

    def matches(self, piece: bytes, folded: str) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield the number and the first match of each row, ascending by row."""
        words = frozenset(piece.translate(_LETTERS).split())
        rows = {
            number
            for word in self._by_word.keys() & words
            for number, second in self._by_word[word]
            if not second or second in words
        }
        for number in sorted(rows):
            if match := self._patterns[number].search(folded):
                yield number, match
