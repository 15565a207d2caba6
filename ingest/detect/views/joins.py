"""Values written in pieces: literals joined by an operator or by standing side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from ingest.detect.views.gate import CONTINUED_BYTES, Kind
from ingest.detect.views.rewrite import Rewrite

_SEAM: Final = re.compile(
    # an operator, with at most one line end on either side of it
    rb"([\"'`])[ \t]*(?:[_\\]?\r?\n[ \t]*)?(?:\+\+?|\.\.?|&|~|\|\||<>|\^)[ \t]*"
    rb"(?:[_\\]?\r?\n[ \t]*)?[rbfuRBFU]?[\"'`]\Z"
    # nothing between them: side by side, or one in each line
    rb"|([\"'`])(?:[ \t]+|[ \t]*\\?\r?\n[ \t]*)[rbfuRBFU]?\2\Z"
)
_SEAM_CHARACTERS: Final = b"\"'` \t\r\n_\\+.&~|<>^rbfuRBFU"
_LINE_END: Final = re.compile(rb"[\\^]\r?\n[ \t]*\Z")
_PIECE_CHARACTERS: Final = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.:@%!#$*?&-\\"
)
_PIECE: Final = re.compile(rb"[A-Za-z0-9_+/=.:@%!#$*?&\\-]*")
_MEMBERS: Final = re.compile(
    rb"\s*(?:\"[^\"\\\n]*\"|'[^'\\\n]*')(?:\s*,\s*(?:\"[^\"\\\n]*\"|'[^'\\\n]*'))+"
)
_CALLED: Final = re.compile(
    rb"(?i:concat\(|(?:\"\"|'')\.join\([\[(]|implode\((?:\"\"|''),\s?\[)[\"']\Z"
)
"""A call whose arguments, but for what stands here already, are pieces."""
_APPENDED: Final = re.compile(rb"[\"'`][ \t]?;?[ \t]*\r?\n[ \t]{0,32}[\w$.]{1,48} ?[+.]= ?[\"'`]\Z")
_COMMA: Final = re.compile(rb"(?<=[^\"'\s,])([\"']\s*,\s*[\"'])(?=[^\"'\s,])")
_NOTHING_BETWEEN: Final = re.compile(rb"(?:\"\"|'')\)")
_SEAM_BYTES: Final = 200
_LONGEST_PIECE: Final = 4096
_MIN_JOINED: Final = 12
"""A value in pieces is at least this long; shorter ones are words."""
_NAMED: Final = re.compile(
    rb"(?i)(?:pass|pwd|secret|token|key|auth|cred)[\w-]{0,20} ?(?:= ?|:[ ]{0,2})$"
)
_NAMED_PIECES: Final = re.compile(
    rb"(?i)(?:pass|pwd|secret|token|key|auth|cred)[\w-]{0,20}[\"']?[ \t]{0,2}(?:[:=]|=>)[ "
    rb"\t]{0,2}\(?"
    rb"(?:(?:\"\"|'')\.join\([\[(]|\w{0,8}\.?concat\()?[\"'`]\Z"
)
_MIN_NAMED: Final = 8
"""The same where a secret's name stands before the first piece."""
_NAME_BYTES: Final = 48
_TELLING: Final = re.compile(rb"[0-9@]|://")
"""Without any of these, pieces make a word, a path or a message; no key, address or credential."""
_HUMP: Final = re.compile(rb"[a-z][A-Z]")
_LETTERS_PER_HUMP: Final = 6
_NO_PIECE: Final = re.compile(rb"--?[a-z][a-z-]*(?:=[^\"'`]*)?[\"'`]|[a-z0-9-]+(?:\.[a-z0-9-]+)+/")
"""How options of commands and paths of packages begin: literals in a row, not pieces of one."""


def seams(data: bytes, hits: dict[int, list[int]]) -> list[Rewrite]:
    """Return what stands between pieces of one value, to be taken out."""
    found = [*_between_quotes(data, hits), *_at_line_ends(data, hits), *_in_lists(data, hits)]
    found += _appended(data, hits)
    kept: list[Rewrite] = []
    group: list[Rewrite] = []
    for seam in sorted(set(found)):
        if group and seam.start < group[-1].end:
            continue
        if group and not _is_one_piece(data, group[-1].end, seam.start):
            kept += group if _is_value(data, group) else []
            group = []
        group.append(seam)
    kept += group if group and _is_value(data, group) else []
    return kept


def _between_quotes(data: bytes, hits: dict[int, list[int]]) -> Iterator[Rewrite]:
    for end in hits.get(Kind.JOIN, ()):
        # The match ends one character into the second piece.
        stop = end - 1
        first = max(0, stop - _SEAM_BYTES)
        first += len(data[first:stop].rstrip(_SEAM_CHARACTERS))
        match = _SEAM.search(data[first:stop])
        if match and not (match[2] and _NO_PIECE.match(data, stop)):
            yield Rewrite(first + match.start(), stop, b"")


def _at_line_ends(data: bytes, hits: dict[int, list[int]]) -> Iterator[Rewrite]:
    for end in hits.get(Kind.CONTINUED, ()):
        stop = end - CONTINUED_BYTES
        first = max(0, stop - _SEAM_BYTES)
        match = _LINE_END.search(data[first:stop])
        if match:
            yield Rewrite(first + match.start(), stop, b"")


def _in_lists(data: bytes, hits: dict[int, list[int]]) -> Iterator[Rewrite]:
    """Yield the commas of ``concat!("…", "…")`` and ``["…", "…"].join("")``."""
    for end in hits.get(Kind.LIST, ()):
        if data[end - 2 : end] == b"!(":
            pieces = _MEMBERS.match(data, end, end + _LONGEST_PIECE)
        elif data[end - 1 : end] in b"\"'":
            is_call = _CALLED.search(data, max(0, end - _NAME_BYTES), end) is not None
            pieces = _MEMBERS.match(data, end - 1, end + _LONGEST_PIECE) if is_call else None
        elif _NOTHING_BETWEEN.match(data, end):
            opening = data.rfind(b"[", max(0, end - _LONGEST_PIECE), end)
            pieces = _MEMBERS.match(data, opening + 1, end) if opening >= 0 else None
        else:
            continue
        if pieces is not None:
            for comma in _COMMA.finditer(data, *pieces.span()):
                yield Rewrite(*comma.span(1), b"")


def _appended(data: bytes, hits: dict[int, list[int]]) -> Iterator[Rewrite]:
    """Yield what stands between a literal and what the next line appends to it."""
    for end in hits.get(Kind.APPENDED, ()):
        match = _APPENDED.search(data, max(0, end - _SEAM_BYTES), end)
        if match:
            yield Rewrite(match.start(), end, b"")


def _is_one_piece(data: bytes, start: int, end: int) -> bool:
    match = _PIECE.match(data, start, end)
    return end - start <= _LONGEST_PIECE and match is not None and match.end() == end


def _is_value(data: bytes, group: Sequence[Rewrite]) -> bool:
    """Tell whether the pieces around the seams of a group may be one value."""
    start, end = group[0].start, group[-1].end
    before = data[max(0, start - _NAME_BYTES) : start]
    # hardly any piece is empty, and then nothing is assigned here
    is_assigned = before.rstrip().endswith((b"=", b":"))
    name = _NAMED.search(before) if is_assigned else None
    if name is not None and (data[start - 1 : start] != b":" or data[end : end + 1] == b" "):
        return True
    left = data[max(0, start - _LONGEST_PIECE) : start]
    pieces = [left[len(left.rstrip(_PIECE_CHARACTERS)) :]]
    pieces += [data[a.end : b.start] for a, b in pairwise(group)]
    right = _PIECE.match(data, end, end + _LONGEST_PIECE)
    pieces += [right[0]] if right else []
    value = b"".join(pieces)
    first = max(0, start - len(pieces[0]))
    is_named = _NAMED_PIECES.search(data, max(0, first - 2 * _NAME_BYTES), first) is not None
    if len(value) < (_MIN_NAMED if is_named else _MIN_JOINED):
        return False
    return _TELLING.search(value) is not None or _is_mixed(value)


def _is_mixed(value: bytes) -> bool:
    """Tell whether capitals stand in it as in a random value; words in a name have longer ones."""
    return len(_HUMP.findall(value)) * _LETTERS_PER_HUMP >= len(value)
