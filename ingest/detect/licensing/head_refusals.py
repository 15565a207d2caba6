"""Refusals in the comment that a file opens with, read though no legal word stands in it.

People talk of a whole file at its top, so wordings count there that say little elsewhere:
``Strictly for staff of X``, ``may be viewed but not used``. The work must still be the subject, or
a sentence must begin with the refusal; what a module does for its callers is no term. Patterns are
in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from ingest.detect.licensing.evidence import RESTRICTION, Evidence, Kind
from ingest.detect.licensing.head_grammar import WORDINGS
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.qualifiers import qualified_bare_names
from ingest.detect.licensing.refusals import GROUP, find_refusals
from ingest.detect.licensing.worded import Worded

_HEAD_BYTES: Final = 700
_START = re.compile(rb"(?:\xef\xbb\xbf)?(?:#![^\n]{0,120}\n)?\s{0,40}(?:<\?php\s)?\s{0,9}")
_OPENING = re.compile(
    rb"\A(?:#![^\n]{0,80}\n)?[\s/*#;\"'%<!-]{1,12}(?:(?:strictly "
    rb"|only )?for (?:\w{2,20} )?internal use(?: only)?"
    rb"|(?:company |strictly )?internal use only|internal\. do not \w{4,14}"
    rb"|requires an? (?:valid |paid |active )+(?:subscription|licen[cs]e)"
    rb"|(?:company |strictly )?private and confidential)[.!]{0,3}[ \t]*(?:\*/|-->"
    rb"|\"{3})?[ \t]*\r?\n",
    re.IGNORECASE,
)
_MARKED = re.compile(
    rb"(?m)^[\s/*#;%!\"'<(\[=-]{0,16}(?:(?:[A-Z][\w&.]{1,20}[ \t]){0,2}"
    rb"(?:STRICTLY |HIGHLY )?CONFIDENTIAL|(?:TOP )?SECRET|RESTRICTED)"
    rb"(?=[ \t]*(?:[.!:*\])]|--?[ >]|//|\xe2\x80|\r?$|[ \t]SUBJECT|[ \t]TO\b))"
)
"""A mark in capitals at the start of a line, unlike a level that code speaks of."""
_MARKS: Final = (b"CONFIDENTIAL", b"SECRET", b"RESTRICTED")
_BLOCK_BYTES: Final = 660
_BLOCKS: Final = (
    *((b"/*", b"*/"), (b"<!--", b"-->"), (b'"""', b'"""'), (b"'''", b"'''")),
    *((b"(*", b"*)"), (b"{-", b"-}"), (b"--[[", b"]]"), (b"<%--", b"--%>"), (b"<#", b"#>")),
    *((b"=begin", b"=end"), (b"=pod", b"=cut")),
)
_LINES = re.compile(
    rb"(?:[ \t]{0,9}(?://|#(?!include|define|if|pragma|import)|--|;|%|[\"'!][ \t]"
    rb"|(?:@?REM|dnl)\b|::)[^\n]{0,400}(?:\n|\Z)){1,14}"
)
_WORK: Final = (
    r"th(?:is|e) (?:\w{2,12} )?(?:software|source|source code|program|plugin|theme|script|code"
    r"|file|document"
    r"|font|product|package)"
)
_BEGIN: Final = r"(?:^|[.\n:/]\s{0,4})~"
_ROWS: Final = (
    (
        (
            "members staff employees customers clients partners students subscribers "
            "academics licensees contractors universities researchers profits"
        ),
        (
            rf"{_BEGIN}(?:strictly |only |exclusively |solely |available )*(?:for"
            rf"|to) (?:the )?(?:\w{{2,14}} ){{0,2}}"
            rf"{GROUP} (?:of|at) (?!th(?:is|e)\b)"
            rf"|\b(?:used?|run|copied) (?:only )?by (?:\w{{2,14}} ){{0,2}}{GROUP} (?:of|only)\b"
        ),
    ),
    (
        ("personal+free private+free academic+free commercial+free companies+pay businesses+pay"),
        (
            r"\b(?:personal|private|academic|non-?~?commercial) use is free\b"
            r"|\b(?:companies|businesses) (?:must |need to |have to )?pay\b"
        ),
    ),
    (
        (
            "copying reuse redistribution resale sharing derivatives derivative "
            "commercial+no re+no viewed+but read+but inspected+but studied+but seen+but "
            "looked+but"
        ),
        (
            r"\b(?:viewed|read|inspected|studied|seen|looked at) but (?:not"
            r"|never) (?:be )?(?:re-?~?used|used|copied|changed"
            r"|modified|shared|distributed)\b"
            rf"|{_BEGIN}(?:[^.\n]{{0,24}}:~)?no (?:reuse|re-use|copying|redistribution|resale"
            r"|sharing|commercial use"
            r"|derivatives?)\b(?! of\b)"
        ),
    ),
    (
        "paid commercial piracy",
        (
            rf"\b{_WORK} is (?:a )?(?:paid|commercial)\b|\bis piracy\b|\bpaid (?:software|plugin"
            r"|product|theme|asset)\b"
        ),
    ),
    (
        ("distribution+limited distribution+restricted arms+export export+restricted unclassified"),
        (
            r"\bdistribution (?:is )?(?:limited|restricted) to\b|\barms export control\b"
            r"|\bwhose export is restricted\b|\bunclassified//"
        ),
    ),
    (
        "open+not",
        rf"{_BEGIN}not open[ -]source\b(?! (?:yet|until))",
    ),
    (
        "exclusively only solely delivered+under supplied+under provided+under",
        (
            r"\blicen[cs]ed (?:exclusively|only|solely) (?:to|for)\b"
            rf"|(?:\b{_WORK}|{_BEGIN}) ?(?:may|must|shall|can)(?: be)? (?:only|solely"
            r"|exclusively)(?: be)? (?:used|copied|installed"
            r"|distributed)\b(?! (?:once|after|when|if|inside|in the|as|to))"
            r"(?![^.\x00]{0,240}\b(?:under|subject to|according to|in accordance)\b)"
            rf"|\b{_WORK} (?:may|must|shall|can) be (?:used|copied|installed|distributed) (?:only"
            r"|solely|exclusively) (?:at|by|for|in|on)\b"
            r"|\b(?:delivered|supplied|provided) under (?:licen[cs]e"
            r"|contract)(?: agreement)?(?: no)? ?\d"
        ),
    ),
)
_HEAD: Final = Worded((*_ROWS, *WORDINGS))


def find_head_refusals(data: bytes) -> list[Evidence]:
    """Return what the comment at the start of a file refuses, spans in the file."""
    start = _START.match(data)
    low = start.end() if start else 0
    comment = _comment_at(data, low)
    return [sign.shifted(low) for sign in _refusals(comment)] if comment else []


def _comment_at(data: bytes, low: int) -> bytes | None:
    """Return the comment that begins at a place, if it is a short one."""
    for opener, closer in _BLOCKS:
        if data.startswith(opener, low):
            start = low + len(opener)
            reach = min(start + _BLOCK_BYTES + len(closer), low + _HEAD_BYTES)
            end = data.find(closer, start, reach)
            if end >= 0:
                return data[low : end + len(closer)]
            return data[low:] if len(data) - start <= _BLOCK_BYTES else None
    lines = _LINES.match(data, low, low + _HEAD_BYTES)
    return lines[0] if lines else None


@lru_cache(maxsize=4096)
def _refusals(comment: bytes) -> tuple[Evidence, ...]:
    """Return the refusals of a comment; headers repeat all over a repository."""
    folded = fold(comment)
    if any(word in folded for word in ("gpl", "general public", "mozilla public")):
        # Whoever sells another license beside a copyleft one takes nothing back.
        return ()
    found = find_refusals(folded)
    if any(mark in comment for mark in _MARKS):
        found += [_restriction(match) for match in _MARKED.finditer(comment)]
    found += [
        Evidence(start=start, end=end, kind=Kind.RESTRICTION, spdx=RESTRICTION, score=0.8)
        for start, end in qualified_bare_names(folded)
    ]
    found += [_restriction(match) for _row, match in _HEAD.matches(comment, folded)]
    return tuple(found)


def _restriction(match: re.Match[Any]) -> Evidence:
    start, end = match.span()
    return Evidence(start=start, end=end, kind=Kind.RESTRICTION, spdx=RESTRICTION, score=0.8)


def find_opening(data: bytes) -> list[Evidence]:
    """Return the refusal that a file opens with, in words that functions are described by too."""
    match = _OPENING.match(data)
    if not match:
        return []
    start, end = match.span()
    return [Evidence(start=start, end=end, kind=Kind.RESTRICTION, spdx=RESTRICTION, score=0.9)]
