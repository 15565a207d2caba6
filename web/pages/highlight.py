"""Masked lines as HTML: coloured by their language, what was masked marked.

Only the few lines that are shown are looked at, so that no file can keep the colouring busy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, Keyword, Literal, Name, Number, String, _TokenType
from pygments.util import ClassNotFound

from web.pages.words import code
from workers.snippets import Line, Segment, Snippet

_CLASSES: Final = (
    (Comment, "t-comment"),
    (String, "t-string"),
    (Number, "t-number"),
    (Literal, "t-string"),
    (Keyword, "t-keyword"),
    (Name.Function, "t-name"),
    (Name.Class, "t-name"),
    (Name.Decorator, "t-name"),
    (Name.Tag, "t-keyword"),
    (Name.Attribute, "t-name"),
)
_SPAN: Final = Markup('<span class="{}">{}</span>')
_MARK: Final = Markup("<mark>{}</mark>")
_MASKED: Final = Markup('<span class="masked">{}</span>')
_TAB: Final = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line as a page shows it."""

    number: int
    html: Markup
    is_hit: bool


def show(snippet: Snippet) -> Sequence[ShownLine]:
    """Return the lines as HTML in which everything of the file is escaped."""
    lexer = _lexer(snippet.suffix)
    return [
        ShownLine(number=line.number, html=_html(line, lexer), is_hit=line.is_hit)
        for line in snippet.lines
    ]


def _html(line: Line, lexer: Lexer | None) -> Markup:
    return Markup("").join(part for segment in line.segments for part in _parts(segment, lexer))


def _parts(segment: Segment, lexer: Lexer | None) -> Iterator[Markup]:
    text = segment.text.rstrip("\r").replace("\t", _TAB)
    if segment.is_hit:
        yield _MARK.format(code(text))
    elif segment.is_masked:
        yield _MASKED.format(code(text))
    elif lexer is None:
        yield Markup("{}").format(code(text))
    else:
        for token, value in lexer.get_tokens(text):
            piece, kind = code(value.rstrip("\n")), _class_of(token)
            yield _SPAN.format(kind, piece) if kind else Markup("{}").format(piece)


def _class_of(token: _TokenType) -> str:
    return next((name for kind, name in _CLASSES if token in kind), "")  # type: ignore[comparison-overlap]


def _lexer(suffix: str) -> Lexer | None:
    try:
        return get_lexer_for_filename(f"file.{suffix}", stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
