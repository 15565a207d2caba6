"""Sizes and fractions of a shipped text, under the names of The Stack v2."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

_ALPHA = string.ascii_letters.encode()
_DIGITS = string.digits.encode()
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Measures of one text; lengths of lines and fractions count characters."""

    length_bytes: int
    num_lines: int
    """Lines, the last one counted whether or not it is ended."""
    avg_line_length: float
    max_line_length: int
    alphanum_fraction: float
    alpha_fraction: float


def measure(data: bytes, text: str) -> Measures:
    """Return the measures of a text, given as UTF-8 and as characters."""
    ends = text.count("\n")
    num_lines = ends + (not text.endswith("\n") and bool(text))
    others = data.translate(None, _ALPHA)
    alpha = len(data) - len(others)
    alphanum = alpha + len(others) - len(others.translate(None, _DIGITS))
    if len(data) != len(text):
        # Counting ASCII in bytes is twenty times faster; only the rest is looked at as characters.
        rest = "".join(_BEYOND_ASCII.findall(text))
        alpha += sum(map(str.isalpha, rest))
        alphanum += sum(map(str.isalnum, rest))
    return Measures(
        length_bytes=len(data),
        num_lines=num_lines,
        avg_line_length=(len(text) - ends) / max(num_lines, 1),
        max_line_length=max(map(len, text.split("\n"))),
        alphanum_fraction=alphanum / max(len(text), 1),
        alpha_fraction=alpha / max(len(text), 1),
    )
