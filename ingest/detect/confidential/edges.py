"""Where a word ends inside an identifier."""

from __future__ import annotations

from typing import Final

_NEIGHBOUR_BYTES: Final = 4
"""Longest UTF-8 character."""
_ESCAPES: Final = (b"\\n", b"\\t", b"\\r")
"""Escapes of white space in a literal: their letter is no part of the word behind them."""
_PLURAL: Final = (b"s", b"S")


def is_word(data: bytes, start: int, end: int) -> bool:
    """Say whether a span is a word of its own, or a part of a compound identifier.

    A part ends at anything but a letter, at a digit, and where the case turns: ``new|Falcon``,
    ``Falcon|Client``, ``HTTP|Falcon``, ``FALCON|Client``.
    """
    before, text, after = _around(data, start, end)
    if not text:
        return False
    return _is_left_edge(before, text) and _is_right_edge(text, after)


def is_plural(data: bytes, start: int, end: int) -> bool:
    """Say whether a span and the one ``s`` behind it are such a word."""
    return data[end : end + 1] in _PLURAL and is_word(data, start, end + 1)


def is_whole(data: bytes, start: int, end: int) -> bool:
    """Say whether neither letter, digit nor underscore touches a span."""
    before, text, after = _around(data, start, end)
    return bool(text) and not (_is_inner(before) or _is_inner(after[:1]))


def _around(data: bytes, start: int, end: int) -> tuple[str, str, str]:
    before = data[max(0, start - _NEIGHBOUR_BYTES) : start].decode("utf-8", "ignore")[-1:]
    if before in ("n", "t", "r") and data[start - 2 : start] in _ESCAPES:
        before = " "
    after = data[end : end + _NEIGHBOUR_BYTES].decode("utf-8", "ignore")[:2]
    return before, data[start:end].decode("utf-8", "ignore"), after


def _is_inner(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_left_edge(before: str, text: str) -> bool:
    first, second = text[0], text[1:2]
    if before.isdigit() and first.isdigit():
        return False
    if not before.isalpha() or not first.isalpha():
        return True
    if not first.isupper():
        return False
    # HTTPFalcon: the capital run before belongs to another word only if ours goes on in lower case.
    return before.islower() or second.islower()


def _is_right_edge(text: str, after: str) -> bool:
    last, following = text[-1], after[:1]
    if last.isdigit() and following.isdigit():
        return False
    if not following.isalpha() or not last.isalpha():
        return True
    if not following.isupper():
        return False
    return last.islower() or after[1:2].islower()
