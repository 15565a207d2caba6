"""Where in the syntax of a file a span lies, cut into pieces that can be replaced one by one.

A piece lies inside one token: the content of one string literal with its escapes, one comment, one
identifier, one number. Quotes, interpolation marks, operators and white space of code are never in
a piece. What is put there depends on the place: ``<NAME>`` in texts, a word that any identifier
may hold in code and markup, digits in a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

from tree_sitter import Node


class Form(StrEnum):
    """What may stand at a place."""

    TEXT = auto()
    """Anything without quotes, escapes and line ends."""
    WORD = auto()
    """Letters, digits and underscores."""
    NUMBER = auto()
    """Digits in the places of digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a span inside one token."""

    start: int
    end: int
    form: Form


@dataclass(slots=True)
class _Segment:
    start: int
    end: int
    form: Form
    owner: int
    """Id of the literal or comment that holds it; segments of one owner are one piece."""


_MARKUP: Final = frozenset(
    ("jsx_text", "text", "CharData", "AttValue", "attribute_value", "raw_text")
)
"""Nodes of HTML, XML and JSX in which ``<`` would open an element."""
_TEXTS: Final = re.compile(
    r"comment|string|scalar|heredoc|nowdoc|template_(?:string|literal)|quoted|char_literal|^pod$",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"interpolation|substitution|expansion|embedded|system_lib_string")
_MARKS: Final = re.compile(r"_(?:start|end|beginning|brace|delimiter|mark)$|^interpolation")
_NUMBER: Final = re.compile(rb"\.?[0-9][0-9A-Za-z_.]*")
_QUOTED: Final = re.compile(rb"[A-Za-z@$]{0,3}(\"\"\"|'''|[\"'`])")
_COMMENT_HEAD: Final = re.compile(rb"(?:/\*+!?|//+!?|<!--+|--+|#+!?|;+|%+|\*+(?!/)|\(\*|\{-)[ \t]*")
_COMMENT_TAIL: Final = re.compile(rb"[ \t]*(?:\*+/|--+>|\*\)|-\})$")
_ANCESTORS: Final = 12
"""How far up the literal around a token is looked for."""


def cut_span(root: Node, data: bytes, start: int, end: int) -> list[Piece]:
    """Return the pieces of a span in order; what no piece covers must stay as it is."""
    node = root.descendant_for_byte_range(start, end) or root
    pieces: list[_Segment] = []
    is_open = False
    for segment in _segments(node, data, start, end):
        if segment is None:
            is_open = False
        elif is_open and pieces[-1].owner == segment.owner and pieces[-1].form is segment.form:
            pieces[-1].end = max(pieces[-1].end, segment.end)
        else:
            pieces.append(segment)
            is_open = True
    return [
        Piece(start=p.start, end=p.end, form=p.form)
        for p in pieces
        if p.start < p.end and data[p.start : p.end].strip()
    ]


def _segments(node: Node, data: bytes, start: int, end: int) -> Iterator[_Segment | None]:
    """Yield what the span covers of a node, in order; None for what cannot be replaced."""
    if not node.child_count:
        yield _leaf_segment(node, data, start, end)
        return
    position = max(node.start_byte, start)
    for child in node.children:
        if child.end_byte <= position:
            continue
        if child.start_byte >= end:
            break
        if child.start_byte > position:
            yield _gap_segment(node, data, position, child.start_byte)
        yield from _segments(child, data, start, end)
        position = child.end_byte
    if position < min(end, node.end_byte):
        yield _gap_segment(node, data, position, min(end, node.end_byte))


def _gap_segment(node: Node, data: bytes, start: int, end: int) -> _Segment | None:
    """Return bytes that belong to a node and to none of its children: text, or white space."""
    form, owner = _place(node)
    if owner == 0 and not data[start:end].strip():
        return None
    return _Segment(start, end, form, owner)


def _leaf_segment(leaf: Node, data: bytes, start: int, end: int) -> _Segment | None:
    if not leaf.is_named or _MARKS.search(leaf.type):
        return None
    if "escape" in leaf.type:
        # half an escape is none
        form, owner = _place(leaf)
        return _Segment(leaf.start_byte, leaf.end_byte, form, owner)
    form, owner = _place(leaf)
    low, high = max(leaf.start_byte, start), min(leaf.end_byte, end)
    whole = data[leaf.start_byte : leaf.end_byte]
    if owner == 0 and _NUMBER.fullmatch(whole):
        return _Segment(low, high, Form.NUMBER, leaf.id)
    quote = _QUOTED.match(whole)
    if quote:
        low = max(low, leaf.start_byte + quote.end())
        if whole.endswith(quote[1]):
            high = min(high, leaf.end_byte - len(quote[1]))
        if owner == 0:
            form = Form.TEXT
    elif "comment" in leaf.type:
        low, high = _inside_comment(whole, leaf.start_byte, low, high)
    return _Segment(low, max(low, high), form, owner or leaf.id)


def _inside_comment(whole: bytes, offset: int, low: int, high: int) -> tuple[int, int]:
    head, tail = _COMMENT_HEAD.match(whole), _COMMENT_TAIL.search(whole)
    low = max(low, offset + (head.end() if head else 0))
    return low, min(high, offset + (tail.start() if tail else len(whole)))


def _place(node: Node) -> tuple[Form, int]:
    """Return what may stand in a node, and the literal or comment around it (0: code)."""
    at: Node | None = node
    for _ in range(_ANCESTORS):
        if at is None:
            break
        if at.type in _MARKUP:
            return Form.WORD, at.id
        if _CODE.search(at.type):
            break
        if _TEXTS.search(at.type):
            holder = at
            while holder.parent is not None and _is_text(holder.parent):
                holder = holder.parent
            return Form.TEXT, holder.id
        at = at.parent
    return Form.WORD, 0


def _is_text(node: Node) -> bool:
    return _TEXTS.search(node.type) is not None and _CODE.search(node.type) is None
