"""Escapes that stand for single characters: backslash, percent, HTML, quoted-printable."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from ingest.detect.views.rewrite import Rewrite, Window

_BACKSLASH: Final = re.compile(
    # One character an escape, in ASCII or by its Unicode number.
    rb"\\[nrtbfv\"'`\\/$]|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    rb"|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}"
    rb"|\\x[0-7][0-9A-Fa-f](?!\\x[89A-Fa-f])|\\0?[01][0-7]{2}(?!\\[23])"
    # Several bytes, which may be one character.
    rb"|(?P<bytes>(?:\\x[0-9A-Fa-f]{2})+|(?:\\[0-3][0-7]{2})+)"
    rb"|\\[0-7]{2}(?![0-7])|\\0"
)
_SIMPLE: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
    b"0": b"\0",
}
_PERCENT: Final = re.compile(
    rb"(?:%[0-9A-Fa-f]{2})+"
    # the blank of a form (application/x-www-form-urlencoded), where it is no sign of a value
    rb"|(?<=%3[ABDabd])\+|(?<=%2[27Cc])\+|(?<=%0[Aa])\+|\+(?=%(?:3[AaDd]|2[27]))"
)
_ENTITY: Final = re.compile(rb"&(?:#[xX][0-9A-Fa-f]{1,6}|#[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_QUOTED: Final = re.compile(rb"[ \t]*=\r?\n|(?:=[0-9A-F]{2})+")
_ONE_OCTAL: Final = re.compile(rb"\\([0-7]{2,4})")
_ASCII_END: Final = 0x80
_SURROGATES: Final = range(0xD800, 0xE000)
_LAST_CHARACTER: Final = 0x10FFFF


def backslash_rewrites(data: bytes, windows: Sequence[Window]) -> Iterator[Rewrite]:
    r"""Yield ``\n``, ``\"``, ``\xNN``, octal and ``\uXXXX`` escapes; C, JSON and JavaScript."""
    for start, end in windows:
        for match in _BACKSLASH.finditer(data, start, end):
            if match.lastgroup is None:
                yield Rewrite(match.start(), match.end(), _one(match[0]))
            else:
                yield from _several(match.start(), match[0])


@lru_cache(maxsize=4096)
def _one(escape: bytes) -> bytes:
    """Return what an escape of one character stands for."""
    mark = escape[1:2]
    if mark in b"uU":
        return _unicode(escape)
    if mark == b"x":
        return bytes.fromhex(escape[2:].decode())
    if mark in b"01234567" and len(escape) > 2:  # noqa: PLR2004 - a backslash and one digit
        return bytes([int(escape[1:], 8)])
    return _SIMPLE.get(mark, mark)


def _several(start: int, escapes: bytes) -> Iterator[Rewrite]:
    """Yield what escapes of bytes stand for; those of one character are one rewrite."""
    if escapes[1:2] == b"x":
        values = [int(escapes[i : i + 2], 16) for i in range(2, len(escapes), 4)]
        yield from _units(start, 4, values)
    else:
        octal = [int(one[1], 8) & 0xFF for one in _ONE_OCTAL.finditer(escapes)]
        yield Rewrite(start, start + len(escapes), _text(bytes(octal)))


def _unicode(text: bytes) -> bytes:
    if len(text) == 12:  # noqa: PLR2004 - two surrogates
        pair = bytes.fromhex((text[2:6] + text[8:12]).decode())
        return pair.decode("utf-16-be").encode()
    return _character(int(text[2:].strip(b"{}"), 16))


def _character(number: int) -> bytes:
    if number in _SURROGATES or number > _LAST_CHARACTER:
        return "\ufffd".encode()
    return chr(number).encode()


def _units(start: int, width: int, values: list[int]) -> Iterator[Rewrite]:
    """Yield one rewrite an escape, or one for all where they are the bytes of characters."""
    if all(value < _ASCII_END for value in values):
        for index, value in enumerate(values):
            at = start + index * width
            yield Rewrite(at, at + width, bytes([value]))
    else:
        yield Rewrite(start, start + width * len(values), _text(bytes(values)))


def _text(data: bytes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1").encode()
    return data


def percent_rewrites(data: bytes, windows: Sequence[Window]) -> Iterator[Rewrite]:
    """Yield the escapes of RFC 3986."""
    for start, end in windows:
        for match in _PERCENT.finditer(data, start, end):
            if match[0] == b"+":
                yield Rewrite(match.start(), match.end(), b" ")
                continue
            values = list(bytes.fromhex(match[0].translate(None, b"%").decode()))
            yield from _units(match.start(), 3, values)


def html_rewrites(data: bytes, windows: Sequence[Window]) -> Iterator[Rewrite]:
    """Yield numeric and named character references of HTML."""
    for start, end in windows:
        for match in _ENTITY.finditer(data, start, end):
            reference = match[0].decode()
            text = html.unescape(reference)
            if text != reference:
                yield Rewrite(match.start(), match.end(), text.encode("utf-8", "replace"))


def quoted_rewrites(data: bytes, windows: Sequence[Window]) -> Iterator[Rewrite]:
    """Yield the escapes and soft line breaks of quoted-printable, RFC 2045 section 6.7."""
    for start, end in windows:
        for match in _QUOTED.finditer(data, start, end):
            if match[0].endswith(b"\n"):
                yield Rewrite(match.start(), match.end(), b"")
            else:
                values = list(bytes.fromhex(match[0].translate(None, b"=").decode()))
                yield from _units(match.start(), 3, values)
