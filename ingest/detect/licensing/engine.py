"""The template engine of `licenseclassifier`, with its words split faster and its memory bounded.

The package is pinned to one version and offers no setting for either; a test compares the words
with those that its own code splits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from licenseclassifier import identify_license
from licenseclassifier._engine import dictionary
from licenseclassifier._engine.scan import builtin_scanner

_MAX_STATES: Final = 20_000
"""States that the engine's lazy automaton may keep; all licenses once make it 300 MB larger."""
_SPECIAL = re.compile(r"[<{&]|\]\(")
_WORD = re.compile(r"[A-Za-z0-9]+(?:\(s\))?")
_SIZES: Final = {
    "<": dictionary._html_tag_size,  # noqa: SLF001 - see above
    "{": dictionary._markdown_anchor_size,  # noqa: SLF001 - see above
    "&": dictionary._html_entity_size,  # noqa: SLF001 - see above
    "](": dictionary._markdown_link_size,  # noqa: SLF001 - see above
}
_SAME: Final = {**dictionary._CANON, "https": "http"}  # noqa: SLF001 - see above

SplitWords = Callable[[str], list[tuple[int, int, int]]]
"""From text to (number of the word, start, end)."""


def hasten() -> None:
    """Load the engine and give it the faster split; again changes nothing."""
    identify_license("", 0.0)
    words = builtin_scanner().dict
    if "split" not in vars(words):
        vars(words)["split"] = fast_split(words)


def fast_split(words: dictionary.Dict) -> SplitWords:
    """Return a split that finds the same words as the engine's own, ten times as fast."""
    slow = words.split
    numbers = words._map  # noqa: SLF001 - see above
    copyright_number = numbers["copyright"]

    def split(text: str) -> list[tuple[int, int, int]]:
        if not text.isascii() or "&copy;" in text:
            return slow(text)
        found: list[tuple[int, int, int]] = []
        for match in _WORD.finditer(_without_marks(text)):
            low, high = match.span()
            word = match[0].lower().replace("(s)", "s")
            word = _SAME.get(word, word)
            if word == "c" and low and text[low - 1 : low] == "(" and text[high : high + 1] == ")":
                word, low, high = "copyright", low - 1, high + 1
            number = numbers.get(word, dictionary.BAD_WORD)
            # A "Copyright (c)" is one word.
            if number != copyright_number or not found or found[-1][0] != number:
                found.append((number, low, high))
        return found

    return split


def forget_states() -> None:
    """Drop the engine's remembered states when they are many; they are made again on demand."""
    states = builtin_scanner().re._info  # noqa: SLF001 - see above
    if len(states) > _MAX_STATES:
        states.clear()


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
