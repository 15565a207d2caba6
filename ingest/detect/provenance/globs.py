"""Path patterns of REUSE.toml and of Debian copyright files.

All patterns of a file run as one automaton whose states are the bits of a number, so a path takes
time linear in its length whatever the patterns are: both come from the repository.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

MAX_PATTERN_BYTES: Final = 1000
MAX_PATTERNS_BYTES: Final = 64 * 1024
"""All patterns of one file: what a byte of a path costs grows with them."""
_REUSE_TOKEN = re.compile(rb"\\(.)|(\*\*+)|(\*)|([^\\*]+|\\)", re.DOTALL)
_DEBIAN_TOKEN = re.compile(rb"\\([*?\\])|(\*+)|(\?)|([^\\*?]+|\\)", re.DOTALL)
_ANY, _SEGMENT, _ONE = b".*", b"[^/]*", b"."
_SLASH: Final = ord("/")


class Globs:
    """Patterns in groups; a path is meant by a group if any pattern matches the whole of it."""

    __slots__ = ("_accepting", "_any", "_ends", "_letters", "_one", "_segment", "_starts")

    def __init__(self, groups: Iterable[Sequence[tuple[bytes, ...]]]) -> None:
        """Lay out the tokens of every pattern, one step a bit and one more for its end."""
        self._starts = self._accepting = self._any = self._segment = self._one = 0
        self._letters: dict[int, int] = {}
        self._ends: list[int] = []
        at = 0
        for group in groups:
            for tokens in group:
                self._starts |= 1 << at
                for token in tokens:
                    at = self._add(token, at)
                self._accepting |= 1 << at
                at += 1
            self._ends.append(at)

    def _add(self, token: bytes, at: int) -> int:
        """Add the steps of a token from a bit on, and return the bit behind them."""
        if token == _ANY:
            self._any |= 1 << at
        elif token == _SEGMENT:
            self._segment |= 1 << at
        elif token == _ONE:
            self._one |= 1 << at
        else:
            for offset, letter in enumerate(token[1:]):
                self._letters[letter] = self._letters.get(letter, 0) | 1 << at + offset
            return at + len(token) - 1
        return at + 1

    def last(self, path: bytes) -> int | None:
        """Return the number of the last group that means a path."""
        stars = self._any | self._segment
        # Stars may match nothing. No two stand side by side: together they are one token.
        reached = self._starts | (self._starts & stars) << 1
        for letter in path:
            steps = reached & (self._letters.get(letter, 0) | self._one)
            reached = steps << 1 | reached & (self._any if letter == _SLASH else stars)
            reached |= (reached & stars) << 1
            if not reached:
                return None
        ended = reached & self._accepting
        return bisect_right(self._ends, ended.bit_length() - 1) if ended else None


def reuse_globs(groups: Iterable[Iterable[bytes]]) -> Globs:
    """Return the globs of the tables of a REUSE.toml (specification 3.3, "path").

    One star stands for anything but a slash, two for anything; a backslash takes the next
    character as it is. There are no other wildcards.

    Raises:
        ValueError: there are more or longer patterns than are read.
    """
    return _globs(groups, _reuse_tokens)


def debian_globs(groups: Iterable[Iterable[bytes]]) -> Globs:
    """Return the globs of the paragraphs of a Debian copyright file (format 1.0, "Files").

    Star and question mark match slashes too.

    Raises:
        ValueError: as `reuse_globs`.
    """
    return _globs(groups, _debian_tokens)


def _globs(
    groups: Iterable[Iterable[bytes]], tokens_of: Callable[[bytes], tuple[bytes, ...]]
) -> Globs:
    texts = [[pattern for pattern in group if pattern] for group in groups]
    sizes = [len(pattern) for group in texts for pattern in group]
    if max(sizes, default=0) > MAX_PATTERN_BYTES or sum(sizes) > MAX_PATTERNS_BYTES:
        raise ValueError("the patterns are too long")
    return Globs([list(map(tokens_of, group)) for group in texts])


def _literal(text: bytes) -> bytes:
    """Return a token that no wildcard equals."""
    return b"=" + text


def _reuse_tokens(pattern: bytes) -> tuple[bytes, ...]:
    tokens = []
    for match in _REUSE_TOKEN.finditer(pattern):
        escaped, double, single, plain = match.groups()
        if double or single:
            tokens.append(_ANY if double else _SEGMENT)
        else:
            tokens.append(_literal(escaped or plain))
    return tuple(tokens)


def _debian_tokens(pattern: bytes) -> tuple[bytes, ...]:
    tokens = []
    for match in _DEBIAN_TOKEN.finditer(pattern.removeprefix(b"./")):
        escaped, star, mark, plain = match.groups()
        if star or mark:
            tokens.append(_ANY if star else _ONE)
        else:
            tokens.append(_literal(escaped or plain))
    return tuple(tokens)
