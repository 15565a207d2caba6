"""Paths are bytes that somebody else chose: shown so that they cannot lie or act."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories without a shape of their own: controls, bidi and joiners, line separators."""
_CELL_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula (OWASP, CSV injection)."""


def display_path(path: bytes) -> str:
    r"""Return a path as one line of visible text.

    Bytes that are not UTF-8 become ``\xNN``, characters that show nothing or turn the direction
    of writing become ``\u{…}``, and a backslash is doubled, so two paths never look the same.
    """
    return display_text(path.decode("utf-8", "surrogateescape"))


def display_text(text: str) -> str:
    """Return text with the same escapes; surrogates stand for bytes that were not UTF-8."""
    if text.isascii() and text.isprintable() and "\\" not in text:  # most are; one look at all
        return text
    return "".join(map(_visible, text))


def csv_cell(text: str) -> str:
    """Return a cell that no spreadsheet evaluates: a leading apostrophe makes it text."""
    return f"'{text}" if text.startswith(_CELL_STARTS) else text


def _visible(char: str) -> str:
    if char == "\\":
        return "\\\\"
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - PEP 383: an undecodable byte, plus 0xDC00
        return f"\\x{code - 0xDC00:02x}"
    is_odd_space = char != " " and unicodedata.category(char) == "Zs"
    if is_odd_space or unicodedata.category(char) in _HIDDEN:
        return f"\\u{{{code:x}}}"
    return char
