"""Where names and logins may stand: comments, docstrings, prose, and string literals."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ingest.detect.pii.words import split_words
from ingest.detect.syntax import MAX_BYTES, Span, language_spans, merge_spans
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
        "person.echo",
    }
)
"""Rules that may speak in natural language and in strings."""
NATURAL_RULES: Final = frozenset({"username.mention", "person.given"})
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
    **dict.fromkeys(split_words("py pyi rb sh bash pl pm yaml yml toml tcl makefile r"), _HASH),
    "sql": (b"--", b"/*", b"* "),
    # whose instructions these are, an image says in plain words
    "dockerfile": (b"#", b"MAINTAINER ", b"LABEL "),
    "lua": (b"--",),
}
"""What a line of a comment begins with: such a line need not be parsed to be known."""
_SLASH_COMMENTS: Final = frozenset(
    split_words("c h cc cpp cxx hpp hh java js mjs cjs jsx ts tsx go cs proto")
)
"""Languages with these comments and blocks that do not nest; all have a grammar."""
_HASH_COMMENTS: Final = frozenset(split_words("rb sh bash yaml yml toml makefile dockerfile r"))
"""Languages with no other comments but Ruby's blocks; all have a grammar."""
_MARKUP: Final = frozenset(split_words("html htm xhtml xml xsd xsl svg pom.xml"))
"""Languages in which only these comments are natural language."""
_ALL_VALUES: Final = frozenset(
    split_words(
        "json jsonl ndjson geojson ipynb package.json composer.json package-lock.json yaml yml "
        "toml ini cfg pyproject.toml setup.cfg cargo.toml properties xml html htm xhtml svg "
        "pom.xml csv tsv sql"
    )
)
"""Formats in which words with a space between stand in values and comments only."""
_BULLETS: Final = (b"-", b"*", b"+")
_ENDS_LINE: Final = re.compile(rb"[ \t]*(?:[\r\n]|$)")
"""Behind a bullet two words alone are no code in any language, whatever holds them."""
_QUOTES: Final = re.compile(rb"\\.|[\"'`]")
_MAX_LINE_BYTES: Final = 400
_PERCENT_LINE: Final = re.compile(rb"^[ \t]*%", re.MULTILINE)
"""A comment of MATLAB, which shares its suffix with Objective-C."""


class Lines:
    """What the lines of one text tell of where names and logins may stand, without its parser."""

    def __init__(self, text: ScanText) -> None:
        """Take the text."""
        self._text = text
        self._read: dict[int, tuple[int, bytes]] = {}
        """By the start of a line how far it has been read, and the quote that is open there."""

    def admits(self, rule: str, start: int, end: int) -> bool | None:
        """Tell whether a rule may speak of a span; None where only the parser knows.

        A comment line is enough for all rules, open quotes are for those of `WRITTEN_RULES`.
        """
        suffix, data = self._text.suffix, self._text.data
        is_written = rule in WRITTEN_RULES
        if is_written and suffix in _ALL_VALUES:
            return True
        line = data.rfind(b"\n", max(0, start - _MAX_LINE_BYTES), start) + 1
        head = data[line : min(start, line + _MAX_LINE_BYTES)].lstrip()
        is_marked = head.startswith(_COMMENT_MARKS.get(suffix, ()))
        if not is_written:
            # a list in a string over many lines is marked too, and what is longer than a line
            # is read from the start of the text
            is_line = start - line <= _MAX_LINE_BYTES
            if is_marked and is_line and (head[:1] != b"*" or self._is_in_block(start)):
                return True
            return False if self._is_outside_comments(line, start) else None
        is_bare_item = head.rstrip() in _BULLETS and _ENDS_LINE.match(data, end) is not None
        if is_marked or (rule == "person.roster" and is_bare_item):
            return True
        if suffix not in _COMMENT_MARKS:
            return None
        return self._open_quote(line, start) in data[end : end + 80].split(b"\n")[0] or None

    def _open_quote(self, line: int, start: int) -> bytes:
        """Return the quote that is open before a byte of a line, or what no line holds.

        Lines of minified code are as long as the file: each is read once for ascending spans.
        """
        read_to, quote = self._read.get(line, (line, b""))
        if start < read_to:
            read_to, quote = line, b""
        for match in _QUOTES.finditer(self._text.data, read_to, start):
            mark = match.group()
            if len(mark) == 1:
                quote = b"" if mark == quote else quote or mark
            read_to = match.end()
        # the last byte may be a backslash, which takes the next with it
        self._read[line] = max(read_to, start - 1), quote
        return quote or b"\n"

    def _is_outside_comments(self, line: int, start: int) -> bool:
        """Tell whether no comment can reach a byte: none begins in its line, no block is open."""
        suffix, data = self._text.suffix, self._text.data
        if suffix in _MARKUP:
            opened = data.rfind(b"<!--", 0, start)
            is_open = opened >= 0 and data.find(b"-->", opened + 4, start) < 0
            return len(data) <= MAX_BYTES and not is_open
        is_continued = data[max(0, line - 3) : line].rstrip(b"\r\n").endswith(b"\\")
        if len(data) > MAX_BYTES or is_continued:
            return False
        if suffix in _HASH_COMMENTS:
            return b"#" not in data[line:start] and b"=begin" not in data
        if suffix not in _SLASH_COMMENTS or b"//" in data[line:start] or b"<!--" in data:
            return False
        return not self._is_in_block(start)

    def _is_in_block(self, start: int) -> bool:
        """Tell whether a block comment may be open before a byte."""
        opened = self._text.data.rfind(b"/*", 0, start)
        return opened >= 0 and self._text.data.find(b"*/", opened + 2, start) < 0


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
        is_matlab = text.suffix == "m" and _PERCENT_LINE.search(text.data) is not None
        spans = None if is_matlab else language_spans(text.data, text.suffix)
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
