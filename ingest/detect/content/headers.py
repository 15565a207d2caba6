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
_COMMENT = re.compile(
    rb"[ \t\r\n\f\xef\xbb\xbf]+|(?:#(?!include|define|if|pragma|import)|//|--|;|%)[^\n]*(?:\n|\Z)"
    rb"|/\*(?:[^*]|\*(?!/)){0,20000}\*/|<!--(?:[^-]|-(?!->)){0,20000}-->|<\?php|<\?xml[^>]{0,200}\?>"
    rb"|\(\*(?:[^*]|\*(?!\))){0,20000}\*\)"
)
"""White space, a line comment or a block comment of the common languages."""
_FEW_WORDS: Final = 20
"""Too few to tell texts apart: what is left of such a text is signed with its comments."""


def without_header(data: bytes) -> bytes:
    """Return a text without the comments at its top, or all of it where little else is there."""
    end = header_end(data)
    if not end:
        return data
    body = data[end:]
    return body if len(body.split(None, _FEW_WORDS)) > _FEW_WORDS else data


def header_end(data: bytes) -> int:
    """Return where the comments and blank lines at the top of a text end."""
    if data[:_LEAD_BYTES].strip(_BLANK)[:1] not in _COMMENT_STARTS:
        return 0
    position = 0
    while match := _COMMENT.match(data, position):
        position = match.end()
    return position
