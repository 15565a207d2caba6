"""Where names and logins may stand: comments, docstrings, prose, and string literals."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ingest.detect.pii.words import split_words
from ingest.detect.syntax import Span, language_spans, merge_spans
from ingest.domain.finding import Category
from ingest.domain.text import ScanText

WRITTEN_RULES: Final = frozenset(
    {
        "person.marked",
        "person.listed",
        "person.hinted",
        "person.roster",
        "person.field",
        "person.ner",
    }
)
"""Rules that may speak in natural language and in strings."""
NATURAL_RULES: Final = frozenset({"username.mention"})
"""Rules that may speak in natural language only."""

_SLASHES: Final = (b"//", b"/*", b"* ", b"*/")
_HASH: Final = (b"#",)
_COMMENT_MARKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    **dict.fromkeys(
        split_words(
            "c h cc cpp cxx hpp hh java js mjs cjs jsx ts tsx go rs swift kt scala cs proto php"
        ),
        _SLASHES,
    ),
    **dict.fromkeys(
        split_words("py pyi rb sh bash pl pm yaml yml toml tcl makefile dockerfile r"), _HASH
    ),
    "sql": (b"--",),
    "lua": (b"--",),
}
"""What a line of a comment begins with: such a line need not be parsed to be known."""
_ALL_VALUES: Final = frozenset(
    split_words(
        "json jsonl ndjson geojson ipynb package.json composer.json package-lock.json yaml yml "
        "toml ini cfg pyproject.toml setup.cfg cargo.toml properties xml html htm xhtml svg "
        "pom.xml csv tsv"
    )
)
"""Formats in which words with a space between stand in values and comments only."""
_QUOTES: Final = re.compile(rb"\\.|[\"'`]")
_MAX_LINE_BYTES: Final = 400


def is_plainly_written(text: ScanText, start: int, end: int) -> bool:
    """Tell whether a span stands in a comment line or between quotes, seen from its line alone.

    False means that only the parser knows.
    """
    if text.suffix in _ALL_VALUES:
        return True
    data = text.data
    head = data[data.rfind(b"\n", max(0, start - _MAX_LINE_BYTES), start) + 1 : start]
    if head.lstrip().startswith(_COMMENT_MARKS.get(text.suffix, ())):
        return True
    return (
        text.suffix in _COMMENT_MARKS and _open_quote(head) in data[end : end + 80].split(b"\n")[0]
    )


def _open_quote(head: bytes) -> bytes:
    """Return the quote that is open at the end of a line's head, or what no line holds."""
    quote = b""
    for match in _QUOTES.finditer(head):
        mark = match.group()
        if len(mark) == 1:
            quote = b"" if mark == quote else quote or mark
    return quote or b"\n"


def is_drawing(suffix: str, category: Category) -> bool:
    """Tell whether what looks like an address is the path of a drawing: ``1.81.88.88,0,0,1``."""
    return suffix == "svg" and category is Category.IP_ADDRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Where names and mentions may stand. None means everywhere: the language is not known."""

    natural: tuple[Span, ...] | None
    written: tuple[Span, ...] | None
    """Natural language and all strings: ``__author__ = …`` is one of them."""

    @classmethod
    def of(cls, text: ScanText) -> Zones:
        """Parse the text."""
        spans = language_spans(text.data, text.suffix)
        if spans is None:
            return cls(natural=None, written=None)
        return cls(natural=spans.natural, written=merge_spans([*spans.natural, *spans.strings]))

    def admits(self, rule: str, start: int, end: int) -> bool:
        """Tell whether a rule may speak of a span."""
        if rule in WRITTEN_RULES:
            return _is_inside(start, end, self.written)
        if rule in NATURAL_RULES:
            return _is_inside(start, end, self.natural)
        return True


def _is_inside(start: int, end: int, spans: tuple[Span, ...] | None) -> bool:
    if spans is None:
        return True
    index = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return index >= 0 and end <= spans[index][1]
