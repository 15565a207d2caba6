"""Redaction of a whole file: every occurrence, inside one token each, and it must still parse."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice, pairwise
from typing import Final

from tree_sitter import Node, Tree

from ingest.detect.funnel import LineIndex
from ingest.detect.syntax import (
    count_edited_errors,
    count_errors,
    count_tree_errors,
    parse_text,
)
from ingest.domain.finding import Category
from policies.placeholders import PLACEHOLDERS
from release.build.places import Form, Piece, cut_span
from release.build.redact import (
    Edit,
    Redaction,
    RedactionSpan,
    apply_edits,
    merge_spans,
    whole_characters,
    word_for,
)
from release.build.repeats import KEYS, find_repeats, is_whole, sought_values
from release.build.surrogates import Surrogates


class RedactionMode(StrEnum):
    """What stands where a value was."""

    PLACEHOLDER = "placeholder"
    """The constants of BigCode, such as ``<EMAIL>``: what trainers know."""
    SURROGATE = "surrogate"
    """Invented values from reserved ranges, the same for the same value of a release."""


class SyntaxBroken(Exception):
    """No way to take the values out leaves a file that parses as before."""


_INNER: Final = re.compile(rb"[0-9A-Za-z_\x80-\xff]")
_WORDS: Final = re.compile(rb"[0-9A-Za-z_\x80-\xff]+")
_IN_WORD: Final = re.compile(rb"[0-9A-Za-z\x80-\xff]")
_SURROGATE_WORD: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_]*")
_MAX_LEFT: Final = 3
"""Letters and digits of a value that may stay because they are no token's content."""
_DIGIT: Final = re.compile(rb"[0-9]")
_HEX_DIGIT: Final = re.compile(rb"[0-9A-Fa-f]")
_HEX_LETTERS: Final = re.compile(rb"[A-Fa-f].*[A-Fa-f]")
_MAX_REPEATS: Final = 10_000
"""A file with more is held: to cut each of them out would take too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """Takes values out of files, in one mode."""

    surrogates: Surrogates | None = None
    """None: placeholders."""
    placeholders: Mapping[Category, bytes] = field(default_factory=lambda: PLACEHOLDERS)
    """By category; those of the rules that redact a file, where these name their own."""

    @property
    def mode(self) -> RedactionMode:
        """What stands where a value was."""
        return RedactionMode.SURROGATE if self.surrogates else RedactionMode.PLACEHOLDER

    def redact_file(
        self,
        data: bytes,
        spans: Iterable[RedactionSpan],
        suffix: str,
        *,
        keep: frozenset[Category] = frozenset(),
    ) -> tuple[bytes, list[Redaction]]:
        """Return the redacted text, and where the redactions are in it.

        Other occurrences of a value go too, except those of the categories to `keep`: of those,
        some stand in notices that must stay as they are. The number of lines is kept.

        Raises:
            SyntaxBroken: the text would parse worse, a value is no token's content, or one would
                be left somewhere.
            ValueError: a span ends behind the text, so it belongs to another text.
        """
        whole = whole_characters(data, spans)
        merged = merge_spans(whole)
        if not merged:
            return data, []
        values = sought_values(data, (span for span in whole if span.category not in keep))
        repeated = list(islice(find_repeats(data, values, merged), _MAX_REPEATS + 1))
        if len(repeated) > _MAX_REPEATS:
            raise SyntaxBroken
        tree = parse_text(data, suffix)
        if tree is None:
            plain = _disjoint([(s.category, _plain_piece(data, s)) for s in (*merged, *repeated)])
            edits = [self._edit(data, c, p, is_cautious=False) for c, p in plain]
            shipped, redactions = apply_edits(data, edits)
            _check_gone(shipped, redactions, values, spared=frozenset())
            return shipped, redactions
        try:
            cuts, spared = _cut_all(tree.root_node, data, merged, repeated)
        except RecursionError:
            raise SyntaxBroken from None
        errors = count_tree_errors(tree)
        for is_cautious in (False, True):
            edits = [self._edit(data, c, p, is_cautious=is_cautious) for c, p in cuts]
            shipped, redactions = apply_edits(data, edits)
            if _parses_as_well(shipped, suffix, _told(tree, data, edits), errors):
                moved = _moved(spared, edits, redactions)
                _check_gone(shipped, redactions, values, spared=moved)
                return shipped, redactions
        raise SyntaxBroken

    def _edit(self, data: bytes, category: Category, piece: Piece, *, is_cautious: bool) -> Edit:
        value = data[piece.start : piece.end]
        text = self._text(category, value, Form.WORD if is_cautious else piece.form)
        if piece.form is Form.NUMBER:
            text = _numeral(value)
        return Edit(start=piece.start, end=piece.end, kind=category, text=text)

    def _text(self, category: Category, value: bytes, form: Form) -> bytes:
        surrogate = self.surrogates.of(category, value) if self.surrogates else None
        if form is Form.TEXT:
            return surrogate or self.placeholders[category]
        if surrogate and _SURROGATE_WORD.fullmatch(surrogate):
            return surrogate
        return word_for(category, value, self.placeholders)


def _plain_piece(data: bytes, span: RedactionSpan) -> Piece:
    is_inner = bool(
        _INNER.match(data[span.start - 1 : span.start]) if span.start else None
    ) or bool(_INNER.match(data[span.end : span.end + 1]))
    form = Form.WORD if is_inner else Form.TEXT
    return Piece(start=span.start, end=span.end, form=form)


def _parses_as_well(shipped: bytes, suffix: str, told: Tree, errors: int) -> bool:
    """Tell whether a text has no more syntax errors; `told` is the tree that knows of the edits."""
    if (count_edited_errors(shipped, suffix, told) or 0) <= errors:
        return True
    return (count_errors(shipped, suffix) or 0) <= errors


def _told(tree: Tree, data: bytes, edits: Sequence[Edit]) -> Tree:
    """Return a copy of a tree that knows what was replaced."""
    told = tree.copy()
    lines = LineIndex(data)
    # From the last edit to the first: the places of those before stay as they are.
    rows = [(lines.line_of(edit.start) - 1, lines.line_of(edit.end) - 1) for edit in edits]
    for edit, (row, last_row) in zip(reversed(edits), reversed(rows), strict=True):
        column = edit.start - (data.rfind(b"\n", 0, edit.start) + 1)
        end_column = edit.end - (data.rfind(b"\n", 0, edit.end) + 1)
        text, _ = apply_edits(
            data[edit.start : edit.end], [replace(edit, start=0, end=edit.end - edit.start)]
        )
        new_column = len(text) - (text.rfind(b"\n") + 1) + (column if row == last_row else 0)
        told.edit(
            start_byte=edit.start,
            old_end_byte=edit.end,
            new_end_byte=edit.start + len(text),
            start_point=(row, column),
            old_end_point=(last_row, end_column),
            new_end_point=(last_row, new_column),
        )
    return told


def _cut_all(
    root: Node, data: bytes, found: Sequence[RedactionSpan], repeated: Sequence[RedactionSpan]
) -> tuple[list[tuple[Category, Piece]], frozenset[int]]:
    """Return the pieces of all spans, sorted and disjoint, and the starts of spared repeats.

    Spared is what the language itself says: a password may be called like a keyword.

    Raises:
        SyntaxBroken: too much of a value lies in no piece.
    """
    cuts: list[tuple[Category, Piece]] = []
    spared: set[int] = set()
    for span in found:
        pieces = cut_span(root, data, span.start, span.end)
        if _left_over(data, span, pieces) > _MAX_LEFT or not pieces:
            raise SyntaxBroken
        cuts += [(span.category, piece) for piece in pieces]
    for span in repeated:
        pieces = cut_span(root, data, span.start, span.end)
        is_text = len(pieces) == 1 and pieces[0].form is Form.TEXT
        if not (is_text or span.category in KEYS or is_whole(data, span.start, span.end)):
            # an identifier that only contains what may be a word
            continue
        is_cut = bool(pieces) and _left_over(data, span, pieces) <= _MAX_LEFT
        if not (is_cut or _is_language(root, data, span, pieces)):
            raise SyntaxBroken
        if not pieces:
            spared.add(span.start)
        cuts += [(span.category, piece) for piece in pieces]
    return _disjoint(cuts), frozenset(spared)


def _is_language(root: Node, data: bytes, span: RedactionSpan, pieces: Sequence[Piece]) -> bool:
    """Say whether what no piece covers of a repeat is keywords and signs of the language."""
    for low, high in _gaps(span, pieces):
        for word in _WORDS.finditer(data, low, high):
            node = root.descendant_for_byte_range(word.start(), word.end())
            if node is None or node.is_named or node.type.lower().encode() != word[0].lower():
                return False
    return True


def _moved(
    starts: Iterable[int], edits: Sequence[Edit], redactions: Sequence[Redaction]
) -> frozenset[int]:
    """Return where places outside the edits are in the edited text."""
    ends = [edit.end for edit in edits]
    moved = set()
    for start in starts:
        before = bisect_right(ends, start)
        shift = redactions[before - 1].end - ends[before - 1] if before else 0
        moved.add(start + shift)
    return frozenset(moved)


def _check_gone(
    shipped: bytes,
    redactions: Sequence[Redaction],
    values: Mapping[bytes, Category],
    *,
    spared: frozenset[int],
) -> None:
    """Look for the values once more, outside what was put in their place.

    Raises:
        SyntaxBroken: one stands there still.
    """
    starts = [redaction.start for redaction in redactions]
    for left in find_repeats(shipped, values):
        before = bisect_right(starts, left.start)
        is_ours = before > 0 and left.end <= redactions[before - 1].end
        is_value = left.category in KEYS or is_whole(shipped, left.start, left.end)
        if is_value and not is_ours and left.start not in spared:
            raise SyntaxBroken


def _disjoint(cuts: list[tuple[Category, Piece]]) -> list[tuple[Category, Piece]]:
    """Sort pieces, and join those that overlap: two values may share an escape or a part."""
    kept: list[tuple[Category, Piece]] = []
    for category, piece in sorted(cuts, key=lambda cut: (cut[1].start, -cut[1].end)):
        if kept and piece.start < kept[-1][1].end:
            first, last = kept.pop()
            end = max(last.end, piece.end)
            kept.append((first, Piece(start=last.start, end=end, form=last.form)))
        else:
            kept.append((category, piece))
    return kept


def _left_over(data: bytes, span: RedactionSpan, pieces: Sequence[Piece]) -> int:
    """Return how many letters and digits of a value lie in no piece."""
    return sum(len(_IN_WORD.findall(data[low:high])) for low, high in _gaps(span, pieces))


def _gaps(span: RedactionSpan, pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Return the parts of a span that lie in no piece."""
    edges = [span.start, *(e for p in pieces for e in (p.start, p.end)), span.end]
    return [(low, high) for low, high in list(pairwise(edges))[::2] if low < high]


def _numeral(value: bytes) -> bytes:
    """Return a number with as many digits that nobody has: 9 and zeros, other characters kept."""
    head = value[:2] if value[:2].lower() in (b"0x", b"0b", b"0o") else b""
    is_hex = bool(head) or _HEX_LETTERS.search(value) is not None
    digits = (_HEX_DIGIT if is_hex else _DIGIT).sub(b"0", value[len(head) :])
    return head + (digits if is_hex else digits.replace(b"0", b"9", 1))
