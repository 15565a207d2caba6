"""Redaction by byte spans: pure, deterministic, and the same number of lines before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.domain.finding import Category
from policies.placeholders import PLACEHOLDERS
from release.build.surrogates import SHAPE

_RANK = {category: rank for rank, category in enumerate(Category)}
_LINE_END = re.compile(rb"\r?\n")
_CONTINUATION_MASK, _CONTINUATION = 0xC0, 0x80
_MAX_CONTINUATION = 3


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class RedactionSpan:
    """Bytes that must not be shipped, in the normalised text."""

    start: int
    end: int
    category: Category

    def __post_init__(self) -> None:
        """Check the span."""
        if not 0 <= self.start < self.end:
            msg = "a redaction needs 0 <= start < end"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A placeholder where a value was, in the shipped text."""

    kind: Category
    placeholder: str
    start: int
    end: int
    """One past the placeholder and the line ends that the value had."""


def merge_spans(spans: Iterable[RedactionSpan]) -> list[RedactionSpan]:
    """Return disjoint spans, sorted; an overlap takes the first category in `Category` order.

    Spans that only touch stay apart: they are two values with two placeholders.
    """
    merged: list[RedactionSpan] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            merged.append(
                RedactionSpan(
                    start=last.start,
                    end=max(last.end, span.end),
                    category=min(last.category, span.category, key=_RANK.__getitem__),
                )
            )
        else:
            merged.append(span)
    return merged


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edit:
    """What to put in the place of some bytes."""

    start: int
    end: int
    kind: Category
    text: bytes


def redact(
    data: bytes,
    spans: Sequence[RedactionSpan],
    placeholders: Mapping[Category, bytes] = PLACEHOLDERS,
) -> tuple[bytes, list[Redaction]]:
    """Return the text with each span replaced by the placeholder of its category.

    A span that cuts a UTF-8 character takes the whole character.

    Raises:
        ValueError: a span ends behind the text, so it belongs to another text.
    """
    return apply_edits(
        data,
        [
            Edit(start=s.start, end=s.end, kind=s.category, text=placeholders[s.category])
            for s in merge_spans(whole_characters(data, spans))
        ],
    )


def apply_edits(data: bytes, edits: Sequence[Edit]) -> tuple[bytes, list[Redaction]]:
    """Return the edited text, and where the edits are in it. Edits are sorted and disjoint.

    The line ends inside an edited span stay, behind the new text. Redacting the result at the
    returned places changes nothing.
    """
    parts: list[bytes] = []
    redactions: list[Redaction] = []
    read, written = 0, 0
    for edit in edits:
        kept = data[read : edit.start]
        filled = edit.text + b"".join(_LINE_END.findall(data, edit.start, edit.end))
        parts += (kept, filled)
        start = written + len(kept)
        written = start + len(filled)
        redactions.append(
            Redaction(kind=edit.kind, placeholder=edit.text.decode(), start=start, end=written)
        )
        read = edit.end
    parts.append(data[read:])
    return b"".join(parts), redactions


def word_for(
    category: Category, value: bytes, placeholders: Mapping[Category, bytes] = PLACEHOLDERS
) -> bytes:
    """Return the placeholder as a word for identifiers, in the case of the value it replaces.

    ``REDACTED_CODENAME``, ``redacted_codename``, ``RedactedCodename`` or ``redactedCodename``.
    """
    label = "REDACTED_" + placeholders[category].decode().strip("<>")
    letters = [c for c in value.decode("utf-8", "replace") if c.isalpha()]
    if not letters or all(c.islower() for c in letters):
        return label.lower().encode()
    if all(c.isupper() for c in letters) and len(letters) > 1:
        return label.encode()
    joined = label.title().replace("_", "")
    return (joined if letters[0].isupper() else joined[0].lower() + joined[1:]).encode()


def is_placeholder(value: bytes, own: frozenset[bytes] = frozenset()) -> bool:
    """Tell whether a value is placeholders or surrogates of ours, and nothing else.

    Punctuation may join them: a detector reads ``<USERNAME>:<PASSWORD>`` as one value. `own` are
    further placeholders, which the policy names.
    """
    rest, count = _ours(own).subn(b"", value)
    return count > 0 and _WORD.search(rest) is None


_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")


@lru_cache(maxsize=64)
def _ours(own: frozenset[bytes]) -> re.Pattern[bytes]:
    """Return what finds every placeholder in every case, and every surrogate."""
    known = {p.decode().strip("<>") for p in (*PLACEHOLDERS.values(), *own)}
    labels = sorted(known, key=lambda label: (-len(label), label))
    forms = [f for label in labels for f in (label, label.lower(), label.title().replace("_", ""))]
    return re.compile(
        rb"<(?:" + "|".join(labels).encode() + rb")>"
        rb"|(?:REDACTED_|redacted_|[Rr]edacted)(?:" + "|".join(forms).encode() + rb")"
        rb"|(?<![0-9A-Za-z])(?i:" + SHAPE.pattern + rb")(?![0-9A-Za-z])"
    )


def whole_characters(data: bytes, spans: Iterable[RedactionSpan]) -> list[RedactionSpan]:
    """Return spans that cut no UTF-8 character.

    Raises:
        ValueError: a span ends behind the text.
    """
    whole = []
    for span in spans:
        if span.end > len(data):
            msg = "a span ends behind the text"
            raise ValueError(msg)
        start, end = span.start, span.end
        lowest = max(start - _MAX_CONTINUATION, 0)
        while start > lowest and _is_continuation(data, start):
            start -= 1
        highest = end + _MAX_CONTINUATION
        while end < highest and _is_continuation(data, end):
            end += 1
        whole.append(RedactionSpan(start=start, end=end, category=span.category))
    return whole


def _is_continuation(data: bytes, offset: int) -> bool:
    return offset < len(data) and data[offset] & _CONTINUATION_MASK == _CONTINUATION
