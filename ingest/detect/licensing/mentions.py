"""Mere mentions: places where a license is talked about, listed or handled as a value.

A string in a line of code, a cell of a table, a title of a paper, a line of a change log, a list of
names: none puts the file under what it names. Over folded text (see
`ingest.detect.licensing.names`), except where quotes tell, which folding takes away.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_KEY = re.compile(
    rb"licen[cs]e\w{0,12}[\"'\]]?\s{0,9}(?:=>?|:=?|\(|->)[^\"'`]{0,40}[\"'`]?[^\"'`]{0,60}$"
    rb"|[\"'](?:description|summary|copyright|legal|notice|comment|_comment"
    rb"|header)[\"']?\s{0,9}[:=]"
    rb"|classifiers?\b|License ::|^\s*[\"'`]\s*$|copyright",
    re.IGNORECASE,
)
"""Words before a string that say what it is: the license of something, or a text about it."""
_CALL = re.compile(
    rb"[(\[,]\s{0,9}[rfbuRFBU]{0,2}$|=\s{0,9}[rfbuRFBU]{0,2}$|\becho\s+$|\bprint\w*\s+$|\bin\s+$"
)
_TITLE = re.compile(rb"\s{0,20}(?:book)?title\s{0,9}=\s{0,9}[{\"]", re.IGNORECASE)
_KEYWORD = re.compile(
    rb"(?<!\w)(?!setup|package|project|module|mkDerivation"
    rb"|licenses?\()[a-z_.]{2,40}\((?:[^()]{0,80}[, ])?licen[cs]e\s?=\s?[rf]?[\"'][^\"']{0,60}$"
)
"""A license that is handed to a function, which is no declaration of a package's license."""
_DECLARED = re.compile(
    rb"\brdf:resource|\brel=.license|<cc:|[\"']\w{2,20}[\"']\s{0,9}:\s{0,9}\[?\s{0,9}[\"'](?:#"
    rb"|//|/\*|Source|\\)|^\s{0,9}<"
)
_OPEN_QUOTE = re.compile(rb"[\"'`]")
_TALK_BEFORE = re.compile(
    phrase(
        r"\b(?:because of (?:its|their|the)|due to (?:its|their|the)|dropped|dependency on"
        r"|whether (?:the|an?)"
        r"|wrote about(?: the)?|talk(?:s|ed)? about(?: the)?|called? the|calls the|pick"
        r"|choose (?:from|between|among)|to add(?: an?| the)?|add(?:s|ing)? (?:an? |the )"
        r"|missing(?: the)?"
        r"|check(?:s|ed)? (?:that|if|whether)[^.\x00]{0,40}|e\.g\.|such as(?: the)?|like(?: the)?"
        r"|effects? of(?: the)?|history of(?: the)?|debate|popular(?:ity)? of(?: the)?"
        r"|title(?: of)?|(?:says?|said) of(?: the)?)~$"
        r"|\blets? you (?:pick|choose|select)\b[^.\x00]{0,60}$|--licen[cs]e~$"
    )
)
_TALK_AFTER = re.compile(
    phrase(
        r"(?: licen[cs]e)?~(?:is|are|was|has been|became|remains) (?:very |quite |a |an |the "
        r"|one of )*(?:popular|short"
        r"|simple|compatible|incompatible|common|example|shrug|most|longest|shortest|viral"
        r"|controversial)\b"
        r"|(?: licen[cs]e)?~for an example\b|(?: licen[cs]e)? and its effects?\b"
        r"|(?: licen[cs]e)? header\b(?=[^.\x00]{0,30}(?:to|$))"
    )
)
_ADDRESSEE = re.compile(phrase(r"\b(?:to-?do|fixme|xxx)\b[^\n]{0,60}$"))
_CITED = re.compile(r"(?:book)?title\s{0,9}[ ]?\s?[^\n]{0,120}$|\bisbn\b")
_CHANGES = re.compile(
    r"\s{0,9}(?:#+\s?)?(?:change ?-?log|changes|release notes|history|news|what s new)\b"
)
_ITEM: Final = r"[ \t*#/|\"'-]{0,12}[a-z0-9][a-z0-9.+-]{1,24}[ \t]{0,9}"
_LIST = Expression(rf"(?:(?:^|\n){_ITEM}(?=\n|$)){{3,}}")
_SHOWN = re.compile(
    rb"(?<!`)`$|(?:e\.g\.|i\.e\.|such as|\blike|for example:?|a line)[ \t]{1,4}[\"'`]$"
)
_QUOTED = re.compile(
    rb"\b(?:pars\w{1,3}|match\w{0,3}|look\w{0,3} for|find|such as|like|e\.g\.|says?|write|lines?"
    rb"|prints?)\b[^\"'`\n]{0,40}"
    rb"[\"'`][^\"'`\n]{0,60}$"
)
_CELLS: Final = 3
_LONG_BACK: Final = 160


def is_value(piece: bytes, start: int) -> bool:
    """Tell whether a place in a line of code lies in a string that the code works with."""
    before = piece[:start]
    if _TITLE.match(before) or _KEYWORD.search(before):
        return True
    if _DECLARED.search(piece):
        return False
    opening = _opening(before)
    if opening is None:
        return False
    lead = before[:opening]
    return bool(_CALL.search(lead)) and not _KEY.search(lead + before[opening : opening + 1])


def _opening(before: bytes) -> int | None:
    """Return the place of the quote that is open at the end of the bytes."""
    opened: int | None = None
    mark = b""
    for match in _OPEN_QUOTE.finditer(before):
        if opened is None:
            opened, mark = match.start(), match[0]
        elif match[0] == mark:
            opened = None
    return opened


def is_talk(folded: str, start: int, end: int) -> bool:
    """Tell whether the words around a name talk about a license instead of giving one."""
    before = folded[max(0, start - _LONG_BACK) : start]
    before = before[before.rfind(". ") + 1 :]
    line = before[before.rfind("\n") + 1 :]
    after = folded[end : end + 60]
    return bool(
        _TALK_BEFORE.search(before)
        or _TALK_AFTER.match(after)
        or _ADDRESSEE.search(line)
        or _CITED.search(line)
    )


def is_quoted(piece: bytes, start: int) -> bool:
    """Tell whether a name in a comment stands in quotes that show the words of a notice."""
    line = piece[piece.rfind(b"\n", 0, start) + 1 : start]
    return bool(_QUOTED.search(line))


def is_listed(piece: bytes, folded: str, start: int) -> bool:
    """Tell whether a name is a cell of a table, or a line of a list of bare words."""
    low, high = folded.rfind("\n", 0, start) + 1, folded.find("\n", start)
    high = len(folded) if high < 0 else high
    line = piece[low:high].strip(b" \t\r#*/;")
    if line.startswith(b"|") and line.count(b"|") > _CELLS:
        return True
    return any(m.start() <= start < m.end() for m in _LIST.finditer(folded))


def is_change_log(folded: str) -> bool:
    """Tell whether prose is a list of changes, which tells what was and what others have."""
    return bool(_CHANGES.match(folded))


def is_quoted_tag(data: bytes, start: int) -> bool:
    """Tell whether an SPDX tag is shown as an example: in backticks, or after "e.g."."""
    return bool(_SHOWN.search(data, max(0, start - 60), start))
