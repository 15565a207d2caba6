"""Sizes and fractions of a shipped text, under the names of The Stack v2."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

_ALPHA = string.ascii_letters.encode()
_ALPHANUM = _ALPHA + string.digits.encode()
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
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    lengths = [len(line) for line in lines]
    alpha = len(data) - len(data.translate(None, _ALPHA))
    alphanum = len(data) - len(data.translate(None, _ALPHANUM))
    if len(data) != len(text):
        # Counting ASCII in bytes is twenty times faster; only the rest is looked at as characters.
        rest = "".join(_BEYOND_ASCII.findall(text))
        alpha += sum(map(str.isalpha, rest))
        alphanum += sum(map(str.isalnum, rest))
    return Measures(
        length_bytes=len(data),
        num_lines=len(lines),
        avg_line_length=sum(lengths) / max(len(lines), 1),
        max_line_length=max(lengths, default=0),
        alphanum_fraction=alphanum / max(len(text), 1),
        alpha_fraction=alpha / max(len(text), 1),
    )
