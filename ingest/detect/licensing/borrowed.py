"""Foreign parts that people name without naming a license, and short words that are one.

Posts on Stack Overflow are under CC BY-SA (its terms of service, "Subscriber Content": 2.5 until
2011, 3.0 until 2018, 4.0 since). A bare link may be further reading; only what says that something
was taken from there counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.licensing.evidence import Evidence, Kind
from ingest.detect.licensing.grants import OPEN
from ingest.detect.licensing.name_table import PUBLIC_DOMAIN
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_POSTS: Final = r"(?:(?:\w{2,12}\.)?stack(?:overflow|exchange)\.com|stack ?~?overflow|\bso answer)"
_POST_WORDS: Final = ("stackoverflow", "stackexchange", "stack overflow", "so answer")
_FREE_WORDS: Final = ("public", "waived", "17", "disclaims copy", "disclaim copy", "no rights")
_TAKEN = Expression(
    phrase(
        r"\b(?:taken|copied|borrowed|stolen|lifted|adapted|adopted|modified|pasted|ported"
        r"|derived|code|snippet"
        r"|function|answer|implementation|credits?|courtesy|based|source|from|via|thanks|as in)\b"
        r"(?:(?!\b(?:see|issue|bug|why|explain\w*|discuss\w*|read|workaround|details?"
        rf"|more)\b|\.\s)[^\x00]){{0,60}}?{_POSTS}"
        rf"|{_POSTS}[^\n\x00]{{0,80}}?\b(?:answer by|answered by|by user|slightly changed"
        r"|modified|cc[ -]by)"
    )
)
_NOT_TAKEN = re.compile(
    phrase(r"\b(?:see|issue|bug|why|explain|discuss|details?|more|workaround)\b[^\n]{0,60}$")
)
_GPL_ALONE = Expression(
    r"(?:^|\n|\.[ \t]{1,9})[ \t/]{0,20}(?:licen[cs]e[ \t]?[:=]?[ \t]{1,9})?(?P<kind>[al]?)gpl"
    r"(?:[ -]?v?(?P<number>[123])(?:\.0)?)?(?P<later>\+)?\.?"
    r"[ \t]{0,20}(?=\n|$|[ ,;(-]{1,4}(?:see|read|cf\.?)\b)"
)
_GPL_BEHIND = Expression(
    r"(?:\(c\)|copyright|\bby)[^\n]{2,80}?[ \t(-]{1,9}(?P<kind>[al]?)gpl"
    r"(?: ?e?d|[ -]?v?(?P<number>[123])(?:\.0)?)?(?P<later>\+)?\)?\.?[ \t/]{0,20}(?=\n|$)"
)
"""Who wrote it, and behind that the license."""
_OPEN_ALONE = re.compile(
    r"(?:^|\n|(?<=[a-z0-9)>])\.[ \t]{1,9})[ \t/]{0,20}(?:licen[cs]e[ \t]?[:=]?[ \t]{1,9})?"
    r"(?P<name>apache[ -]?(?:licen[cs]e[ ]{0,2})?v?2(?:\.0)?|[23][ -]clause bsd"
    r"|bsd[ -][23](?:[ -]clause)?|mit/x11)(?: licen[cs]ed?)?[ \t]{0,20}(?:\n|$|\.(?=\s|$))"
)
_OWNED_BY_MIT = re.compile(
    r"(?:copyright|\(c\))[^\n]{2,90}\n[ \t]{0,20}(?:licen[cs]e[ \t]?[:=]?[ \t]{1,9})?"
    r"mit(?: licen[cs]ed?)?\.?[ \t]{0,20}(?=\n|$)"
)
"""The line below the holder; elsewhere the three letters may be the institute."""
_ASKED = re.compile(phrase(r"\b(?:do not|don t|never|avoid|without|no)\b[^.\x00]{0,60}$"))
"""Asks others not to take code from there."""
_FREE = re.compile(
    phrase(
        r"\b100 ?public domain\b|\bpublic domain (?:no strings|do (?:what|as)|use (?:it )?(?:as"
        r"|however)"
        r"|no (?:rights|copyright|licen[cs]e|warranty)|software|code)\b"
        r"|\b(?:is|are|was)~(?:in|released (?:in)?to|placed in|dedicated to)~the~public~domain\b"
        r"|\bauthors? (?:hereby )?disclaims? copyright to th(?:is|e)\b|\bno rights reserved\b"
        r"|\bwaived all copyright and related\b"
        r"|\b(?:title 17|17 u\.?s\.?c?\.?)[^.\x00]{0,80}?\b(?:not subject to|no) copyright\b"
        r"|\b(?:not subject to|no) copyright[^.\x00]{0,60}?\bpublic domain\b"
    )
)
_DENIES = re.compile(phrase(r"\b(?:not|isn t|never|nor|neither)(?: \w{2,9})?~$"))
_ANYTHING = Expression(
    phrase(
        r"\byou (?:may|can) (?:copy|use|modify|change|sell|share"
        r"|distribute)[^.\x00]{0,120}?\b(?:do )?(?:anything"
        r"|whatever)(?: else)? (?:that )?you (?:like|want|please|wish)\b"
        r"|\bdo (?:anything|whatever|what(?:so)?ever|as) you (?:like|want|please|wish)(?: with"
        r"| to)?\b"
    )
)
_RELICENSED = Expression(
    phrase(
        r"\brelicen[cs]ed (?:from (?:the )?\S{2,20}(?: licen[cs]e)? )?(?:to"
        r"|under)(?: the)? (?P<name>mit|apache[ -]2(?:\.0)?|bsd-[23]-clause|isc)\b"
    )
)
_RELICENSED_TO: Final = {"mit": "MIT", "isc": "ISC"}
_VIM = Expression(phrase(r"\bsame (?:terms|licen[cs]e) as vim\b"))
_FIRST: Final = {"": "1.0", "a": "3.0", "l": "2.0"}


def find_borrowed(folded: str) -> Iterator[Evidence]:
    """Yield what the words of a comment or of prose say of foreign parts, and short dedications."""
    taken = _TAKEN.finditer(folded) if any(word in folded for word in _POST_WORDS) else ()
    for match in taken:
        line = folded[folded.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not _NOT_TAKEN.search(line) and not _ASKED.search(line):
            yield _notice(match, "CC-BY-SA-4.0", 0.7)
            break
    free = _FREE.finditer(folded) if any(word in folded for word in _FREE_WORDS) else ()
    for match in free:
        if not _DENIES.search(folded[max(0, match.start() - 24) : match.start()]):
            yield _notice(match, PUBLIC_DOMAIN, 0.9)
            break
    if "as vim" in folded and (same := _VIM.search(folded)):
        yield _notice(same, "Vim", 0.9)
    if "relicen" in folded and (changed := _RELICENSED.search(folded)):
        name = changed["name"]
        spdx = _RELICENSED_TO.get(name) or ("Apache-2.0" if name.startswith("a") else name.upper())
        yield _notice(changed, spdx.replace("-CLAUSE", "-Clause"), 0.9)


def find_alone(folded: str) -> Iterator[Evidence]:
    """Yield a license that is a sentence or a line of a comment for itself."""
    yield from _open_alone(folded)
    if "gpl" not in folded:
        return
    for match in (*_GPL_ALONE.finditer(folded), *_GPL_BEHIND.finditer(folded)):
        kind, number = match["kind"], match["number"]
        version = f"{number}.0" if number else _FIRST[kind]
        later = "or-later" if match["later"] or not number else "only"
        yield _notice(match, f"{kind.upper()}GPL-{version}-{later}", 0.7)
        return


def _open_alone(folded: str) -> Iterator[Evidence]:
    """Yield a permissive license that is a line or a sentence for itself."""
    if "apache" in folded or "bsd" in folded or "mit/x11" in folded:
        for match in _OPEN_ALONE.finditer(folded):
            name = match["name"]
            number = "3" if "3" in name else "2"
            spdx = f"BSD-{number}-Clause" if "bsd" in name else "Apache-2.0"
            yield _notice(match, "MIT" if name.startswith("mit") else spdx, 0.7)
            return
    if "mit" in folded and (owned := _OWNED_BY_MIT.search(folded)):
        yield _notice(owned, "MIT", 0.7)


def find_anything(folded: str) -> Iterator[Evidence]:
    """Yield a grant of everything in a sentence of its own."""
    for match in _ANYTHING.finditer(folded) if "you" in folded else ():
        if not _DENIES.search(folded[max(0, match.start() - 24) : match.start()]):
            yield _notice(match, OPEN, 0.6)
            return


def _notice(match: re.Match[str], spdx: str, score: float) -> Evidence:
    return Evidence(start=match.start(), end=match.end(), kind=Kind.NOTICE, spdx=spdx, score=score)
