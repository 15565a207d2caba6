"""Values that stand for a secret without being one. Narrow on purpose: a word list hides leaks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_PRINTF: Final = re.compile(r"%(?:\(\w+\))?[sdr]")
_NO_VALUE: Final = re.compile(
    r"(?i:null|none|nil|true|false|undefined|function|symbol|bigint|yes|no|on|off|inherit)[ ]?\{?"
    r"|[0-9]{1,3}|.{1,2}|range [\w.]+ ?\{?"
    r"|(?i:str|string|text|int|integer|number|bool(?:ean)?"
    r"|object|any|required|optional|hidden|field|input|label|placeholder|redacted|masked)"
    r"|[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*\(.*"
    r"|(?i:your|enter|the|invalid|new|old|forgot|confirm|current|change|reset|choose|wrong)"
    r"(?:[ _-]?(?i:your|the|a|new|old|current))?"
    r"[ _-]?(?i:password|passphrase|secret|token|key)s?[.:!?]?",
    re.ASCII,
)
_FILLER_CHARS: Final = 12
_DRAWN: Final = b"xX*.-_#?$"
_ALPHABET_SHARE: Final = 0.8
_LONG_ALPHABET_SHARE: Final = 0.7
_LONG_ALPHABET: Final = 20
_NAMED_WORD: Final = re.compile(
    rb"(?i)pass(?:word|wd|phrase)?|pwd|pw|secret|token|credentials?|key"
)


def is_placeholder(value: str) -> bool:
    """Say whether a keyword or URI value is a template, a mask, or a format directive.

    ``{name}``, ``<name>`` and ``${name}`` (the templated filter of detect-secrets), one character
    repeated, ``%s`` and ``%(name)s``. Not: ``$NAME``, ``changeme``, ``example``.
    """
    if len(set(value)) <= 1:
        return True
    is_braced = value.startswith(("{", "${")) and value.endswith("}")
    is_angled = value.startswith("<") and value.endswith(">")
    return is_braced or is_angled or _PRINTF.fullmatch(value) is not None


def is_no_value(value: str) -> bool:
    """Say whether what a keyword rule took for a value is a type, a call or a label.

    ``string``, ``os.Getenv(key)``, ``Your password``, ``newPassword``, ``required``.
    """
    return _NO_VALUE.fullmatch(value) is not None


def is_filler(value: bytes) -> bool:
    """Say whether a vendor token is a drawing of one, as ``prefix_xxxx…`` and ``prefix_****…``.

    Only the signs that people draw with count: ``aaaa…`` is a weak value of a test.
    """
    tail = value[-_FILLER_CHARS:]
    return len(tail) == _FILLER_CHARS and len(set(tail)) == 1 and tail[:1] in _DRAWN


def is_alphabet(value: str) -> bool:
    """Say whether most characters follow their neighbour closely, as in a table of letters.

    Of random strings of the length the entropy plugins take, fewer than one in a million do.
    """
    steps = sum(0 < b - a <= 3 for a, b in pairwise(map(ord, value)))  # noqa: PLR2004 - gaps
    share = _LONG_ALPHABET_SHARE if len(value) >= _LONG_ALPHABET else _ALPHABET_SHARE
    return steps >= share * (len(value) - 1)


def is_named_word(value: bytes) -> bool:
    """Say whether a value is the word for a secret itself, as in ``user:password@host``."""
    return _NAMED_WORD.fullmatch(value) is not None
