"""Redaction by byte spans: pure, deterministic, and the same number of lines before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.domain.finding import Category

PLACEHOLDERS: Final[dict[Category, bytes]] = {
    Category.PROVIDER_TOKEN: b"<KEY>",
    Category.PRIVATE_KEY: b"<KEY>",
    Category.URI_CREDENTIAL: b"<PASSWORD>",
    Category.PASSWORD: b"<PASSWORD>",
    Category.GENERIC_SECRET: b"<KEY>",
    Category.PERSON: b"<NAME>",
    Category.EMAIL_ADDRESS: b"<EMAIL>",
    Category.IP_ADDRESS: b"<IP_ADDRESS>",
    Category.PHONE_NUMBER: b"<PHONE>",
    Category.CREDIT_CARD: b"<CREDIT_CARD>",
    Category.IBAN_CODE: b"<IBAN>",
    Category.US_SSN: b"<SSN>",
    Category.USERNAME: b"<USERNAME>",
    Category.INTERNAL_HOST: b"<INTERNAL_HOST>",
    Category.PRIVATE_IP: b"<IP_ADDRESS>",
    Category.TICKET_ID: b"<TICKET>",
    Category.EMPLOYEE_LOGIN: b"<USERNAME>",
    Category.CODENAME: b"<CODENAME>",
    Category.CUSTOMER: b"<CUSTOMER>",
}
"""Placeholder by category; ``<KEY>``, ``<PASSWORD>``, ``<EMAIL>``, ``<NAME>``, ``<IP_ADDRESS>`` and
``<USERNAME>`` are those of BigCode's PII redaction (bigcode-project/bigcode-dataset, pii/)."""

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


def redact(data: bytes, spans: Sequence[RedactionSpan]) -> tuple[bytes, list[Redaction]]:
    """Return the text with each span replaced, and where the placeholders are in it.

    A span that cuts a UTF-8 character takes the whole character. The line ends inside a span stay,
    behind the placeholder. Redacting the result at the returned places changes nothing.

    Raises:
        ValueError: a span ends behind the text, so it belongs to another text.
    """
    parts: list[bytes] = []
    redactions: list[Redaction] = []
    read, written = 0, 0
    for span in merge_spans(_whole_characters(data, spans)):
        placeholder = PLACEHOLDERS[span.category]
        kept = data[read : span.start]
        filled = placeholder + b"".join(_LINE_END.findall(data, span.start, span.end))
        parts += (kept, filled)
        start = written + len(kept)
        written = start + len(filled)
        redactions.append(
            Redaction(
                kind=span.category, placeholder=placeholder.decode(), start=start, end=written
            )
        )
        read = span.end
    parts.append(data[read:])
    return b"".join(parts), redactions


def is_placeholder(value: bytes) -> bool:
    """Tell whether a value is one of our placeholders and nothing else."""
    return value.rstrip(b"\r\n") in _PLACEHOLDER_SET


_PLACEHOLDER_SET = frozenset(PLACEHOLDERS.values())


def _whole_characters(data: bytes, spans: Iterable[RedactionSpan]) -> list[RedactionSpan]:
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
