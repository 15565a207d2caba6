"""SPDX tags, read as the REUSE specification 3.3 has them.

``SPDX-License-Identifier: <expression>`` on one line; several tags all hold. Between
``REUSE-IgnoreStart`` and ``REUSE-IgnoreEnd`` tags do not count (notices and texts still do: a
marker may not hide a license).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import Evidence, Kind
from ingest.detect.licensing.mentions import is_quoted_tag

_TAG = re.compile(rb"SPDX-License-Identifier[ \t]{0,4}:[ \t]{0,20}([^\r\n]{1,300})", re.IGNORECASE)
_NAME: Final = b"spdx-license-" + b"identifier"
# Split, so that the markers do not stand in this file.
_IGNORE_START: Final = b"REUSE-Ignore" + b"Start"
_IGNORE_END: Final = b"REUSE-Ignore" + b"End"
_VALUE_START = re.compile(rb"[A-Za-z0-9(]")
_VALUE_END = re.compile(rb"\*/|-->|\*\)|--\}|%>|#\}|\?>|[\"'`<>|;\\{}\[\]=]| {2,}|\t| [-#/*]+ *$")
_MAX_TAGS: Final = 500


def ignored_spans(data: bytes) -> list[tuple[int, int]]:
    """Return the spans in which tags do not count; an open one reaches to the end."""
    spans = []
    start = data.find(_IGNORE_START)
    while start >= 0:
        end = data.find(_IGNORE_END, start)
        end = len(data) if end < 0 else end + len(_IGNORE_END)
        spans.append((start, end))
        start = data.find(_IGNORE_START, end)
    return spans


def _tags(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield tags in any case; looking for the name first spares the expression most of a text."""
    lower = data.lower()
    position = lower.find(_NAME)
    while position >= 0:
        if match := _TAG.match(data, position):
            yield match
        position = lower.find(_NAME, position + len(_NAME))


def find_tags(data: bytes, algebra: LicenseAlgebra) -> list[Evidence]:
    """Return one sign for each tag; a tag that cannot be parsed is unknown.

    A tag whose value is a placeholder (``<id>``, ``{id}``) names nothing and is left out.
    """
    ignored = ignored_spans(data)
    found: list[Evidence] = []
    for match in _tags(data):
        if any(start <= match.start() < end for start, end in ignored):
            continue
        if not _VALUE_START.match(match[1]) or is_quoted_tag(data, match.start()):
            continue
        value = _VALUE_END.split(match[1], maxsplit=1)[0].rstrip(b" \t*/#-.,:")
        terms = algebra.read(normal_operators(value.decode("utf-8", "replace")))
        end = match.start(1) + len(value)
        found.append(
            Evidence(start=match.start(), end=end, kind=Kind.TAG, spdx=terms.expression, score=1.0)
        )
        if len(found) >= _MAX_TAGS:
            break
    return found


def normal_operators(text: str, *, slash: str = "AND") -> str:
    """Return an expression with commas and slashes as operators.

    Both mean AND unless the format says otherwise (Cargo documents its slash as OR): a choice
    counts only where it is stated.
    """
    text = re.sub(r"\s*,\s*(?:and\s+)?", " AND ", text.strip())
    return re.sub(r"\s*/\s*", f" {slash} ", text)
