"""Passwords as people tell them to each other: in remarks of programs, and of several words."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets.plausible import Kind, is_spelled_out

_REMARK: Final = re.compile(
    rb"^[ \t]*(?:#(?!\{|define|pragma|if|include)|//|/?\*|--[ ]|;|<!--|\"\"\"|%[ ])"
    rb"|[ \t;})](?:#[ ]|//[ ]|/\*|--[ ]|<!--)"
)
_REACH_BYTES: Final = 300
_FEWEST: Final = 6
_DIGIT: Final = re.compile(rb"[0-9]")
_LETTER: Final = re.compile(rb"[A-Za-z\x80-\xff]")
_NAME: Final = re.compile(
    rb"(?i:u?int|float|utf|base|sha|md|hmac|aes|str|string|arg|param|var|val|value|key|pass|passwd"
    rb"|password|pwd|pw|type|version|user|test|field|char|varchar|line|step|option|level|mode)"
    rb"[_-]?[0-9]{1,4}"
    rb"|[A-Za-z]{1,5}[0-9]{0,2}|[a-z]+(?:_[a-z]+)+_?[0-9]?|[A-Z_-]+[0-9]*|[A-Za-z_]+(?:\.[A-Za-z_]\w*)+"
)
"""An identifier of a program or its type, as its remarks speak of: ``str``, ``int32``."""
_WORD: Final = re.compile(rb"[a-z]{3,16}")
_ANY_WORD: Final = re.compile(rb"[a-z]{1,16}|[0-9]{1,6}[!?.]?")
_FEWEST_WORDS, _MOST_WORDS = 4, 12
_PROSE: Final = frozenset(
    b"a an the is are be must should can will may for of to in on with your my our this that it and"
    b" or not no use used using enter please password passphrase secret key type"
    b" der die das eine muss le la les un une est el los una es para por".split()
)


def _is_remark(data: bytes, offset: int) -> bool:
    """Say whether a place in a program belongs to a remark that begins on its line."""
    line = data.rfind(b"\n", max(0, offset - _REACH_BYTES), offset) + 1
    found = _REMARK.search(data[max(line, offset - _REACH_BYTES) : offset])
    return found is not None


def told_value(data: bytes, value: bytes, end: int, kind: Kind) -> tuple[int, int] | None:
    """Return the span of a bare value that ends at `end`, where a remark tells it.

    Remarks speak of arguments and types, so it must look like neither.
    """
    if kind is not Kind.PASSWORD or len(value) < _FEWEST or not _LETTER.search(value):
        return None
    is_odd = _DIGIT.search(value) is not None or not value.isascii()
    if not is_odd or _NAME.fullmatch(value) or not is_spelled_out(value):
        return None
    start = end - len(value)
    return (start, end) if _is_remark(data, start) else None


def is_passphrase(value: bytes, *, is_set: bool = False) -> bool:
    """Say whether a value is words in a row that make no sentence, as dice and books give them.

    A number among them is as telling; what a variable in capitals `is_set` to may be a sentence.
    """
    words = value.split(b" ")
    is_told = is_set or (_DIGIT.search(value) is not None and _PROSE.isdisjoint(words))
    if is_told and _FEWEST_WORDS - 1 <= len(words) <= _MOST_WORDS:
        return all(map(_ANY_WORD.fullmatch, words))
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return False
    return all(map(_WORD.fullmatch, words)) and _PROSE.isdisjoint(words)
