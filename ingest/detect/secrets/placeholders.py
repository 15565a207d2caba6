"""Values that stand for a secret without being one. Narrow on purpose: a word list hides leaks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_PRINTF: Final = re.compile(r"%(?:\(\w+\))?[sdr]")
_FILLER_CHARS: Final = 12
_ALPHABET_SHARE: Final = 0.8
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


def is_filler(value: bytes) -> bool:
    """Say whether a vendor token is a pattern drawn in one character, as ``prefix_xxxx…``."""
    return len(value) > _FILLER_CHARS and len(set(value[-_FILLER_CHARS:])) == 1


def is_alphabet(value: str) -> bool:
    """Say whether most characters follow their neighbour closely, as in a table of letters.

    Of random strings of the length the entropy plugins take, fewer than one in a million do.
    """
    steps = sum(0 < ord(b) - ord(a) <= 3 for a, b in pairwise(value))  # noqa: PLR2004 - gaps
    return steps >= _ALPHABET_SHARE * (len(value) - 1)


def is_named_word(value: bytes) -> bool:
    """Say whether a value is the word for a secret itself, as in ``user:password@host``."""
    return _NAMED_WORD.fullmatch(value) is not None
