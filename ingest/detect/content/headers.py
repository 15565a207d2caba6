"""Where the comments at the top of a file end.

A copied file often loses its license header on the way, or gets another one. What is signed for
near copies is therefore the text behind it.
"""

from __future__ import annotations

import re
from typing import Final

_LEAD_BYTES: Final = 64
_BLANK: Final = b" \t\r\n\f\xef\xbb\xbf"
_COMMENT_STARTS: Final = frozenset({b"#", b"/", b"*", b"<", b"-", b";", b"%", b"("})
_LINES = re.compile(
    rb"(?:[ \t\r\n\f\xef\xbb\xbf]+"
    rb"|(?:#(?!include|define|if|pragma|import)|//|--|;|%)[^\n]*(?:\n|\Z)"
    rb"|<\?php|<\?xml[^>]{0,200}\?>)++"
)
"""White space, line comments of the common languages, and what may stand before a comment."""
_BLOCKS: Final = ((b"/*", b"*/"), (b"<!--", b"-->"), (b"(*", b"*)"))
_MAX_BLOCK: Final = 20_000
"""Bytes of a block comment; a longer one is no header."""
_FEW_WORDS: Final = 20
"""Too few to tell texts apart: what is left of such a text is signed with its comments."""


def body_start(data: bytes) -> int:
    """Return where a text begins behind the comments at its top; 0 where little else is there."""
    end = header_end(data)
    return end if end and len(data[end:].split(None, _FEW_WORDS)) > _FEW_WORDS else 0


def header_end(data: bytes) -> int:
    """Return where the comments and blank lines at the top of a text end."""
    if data[:_LEAD_BYTES].strip(_BLANK)[:1] not in _COMMENT_STARTS:
        return 0
    position, last = 0, -1
    while position != last:
        last = position
        if match := _LINES.match(data, position):
            position = match.end()
        position = _block_end(data, position)
    return position


def _block_end(data: bytes, start: int) -> int:
    """Return where the block comment at a place ends, or the place if there is none."""
    for opener, closer in _BLOCKS:
        if data.startswith(opener, start):
            first = start + len(opener)
            end = data.find(closer, first, first + _MAX_BLOCK + len(closer))
            return start if end < 0 else end + len(closer)
    return start
