"""Copyright holders: organisations by name, everybody else by keyed digest.

Anything that may be the name of a person stays out of the facts: it is stored as ``person:`` and
12 hex characters of an HMAC, enough to see that two files name the same holder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.openings import OpeningIndex, matches_at, openings
from ingest.domain.secret import HmacKey

_YEAR: Final = rb"(?:19|20)\d\d"
_YEARS: Final = (
    rb"(?:"
    + _YEAR
    + rb"(?:[ \t]{0,2}(?:-|\xe2\x80\x93|,|to|and|/|&)[ \t]{0,2}(?:\d{2,4}|present|now))"
    rb"{0,12}[,.]?)"
)
_MARK: Final = rb"(?:\([cC]\)|\xc2\xa9|&copy;|@copyright\{\}|\\\(co)"
_HOLDER: Final = rb"([^\r\n]{2,200})"
_LINE = re.compile(
    rb"(?:\b(?:[Cc]opyright|COPYRIGHT|SPDX-(?:File|Snippet)CopyrightText)\b[ \t:]{0,4}"
    rb"(?:"
    + _MARK
    + rb"[ \t,:]{0,4})?(?:"
    + _YEARS
    + rb"[ \t]{0,4})?(?:"
    + _MARK
    + rb"[ \t]{0,4})?"
    rb"|" + _MARK + rb"[ \t,:]{0,4}(?:[Cc]opyright[ \t:]{0,4})?" + _YEARS + rb"[ \t]{0,4}"
    rb"|(?<![\w)])" + _MARK + rb"[ \t]{1,2}(?=[A-Z][\w.,&' -]{1,60}?[ ,]{1,2}" + _YEAR + rb"(?!\d))"
    # Without any year, a name has to fill the line or the sentence.
    rb"|(?<![\w)])"
    + _MARK
    + rb"[ \t]{1,2}(?=(?:[A-Z][\w'.&-]*[ \t]){1,4}?[A-Z][\w'&-]+[ \t]*(?:[.,;*<-]|\r?\n|\Z)))"
    + _HOLDER
)
_YEAR_BEHIND = re.compile(
    rb"^([A-Z][\w.,&' -]{1,60}?)[ ,]{1,2}" + _YEAR + rb"(?:-\d{2,4})?\b(?:[.,;].*|[ \t]*)$"
)
"""``Acme, Inc. 2020. What follows is no holder.``"""
_SECOND_ITEM = re.compile(rb"(?<!\w)\([bB]\)[ \t]")
_SURE_MARK = re.compile(_MARK + rb"|" + _YEAR + rb"|CopyrightText")
_NOISE = re.compile(
    rb"(?:[ \t]*(?:all rights? reserved|all rights"
    rb"|\.[ \t]+(?:confidential|proprietary|do not|use|unauthori[sz]ed|internal|not for)\b.*"
    rb"|and (?:other )?(?:contributors|others|(?:its )?(?:affiliates|subsidiaries)"
    rb"|its licensors|/or its affiliates)|and/or its (?:affiliates|subsidiaries)\b"
    rb"|see (?:the )?(?:authors|license|copying|copyright|credits).*"
    rb"|licensed .*|released .*|distributed .*"
    rb"|under the .*|this (?:file|program|software|code|library|source) .*|use of this .*"
    rb"|permission .*|subject to .*|for (?:license|details|terms) .*))",
    re.IGNORECASE,
)
_CLOSERS = re.compile(
    rb"\*/|-->|\*\)|\\n|['\"`]{1,3}[,;)]|\"\"\"|'''|<br ?/?>|</|\{\{|\$\{|%\(|[ \t]\|[ \t]"
)
_ADDRESS = re.compile(
    rb"[<(\[]?[\w.+-]{1,64}(?:@|[ \t]?(?:\(at\)|\[at\]|_at_)[ \t]?)[\w.-]{1,64}[>)\]]?"
    rb"|[<(]?https?://[^\s>)]{1,200}[>)]?|[<(]www\.[^\s>)]{1,200}[>)]"
)
_PLACEHOLDER = re.compile(
    rb"[\[<{(%$]|(?:the )?(?:name of |your name|author'?s? name|yyyy|owner\b|holders?\b|notices?\b"
    rb"|law\b|statements?\b|owners?\b|licen[cs]e|infring|protect|line|message|header|date|year\b"
    rb"|information|is\b|and\b|of\b|or\b|in\b|to\b|for\b|by\b|on\b|as\b|that\b|are\b|text\b"
    rb"|string\b"
    rb"|claims?\b|interest|symbol|holding|assign|disclaim|mark\b|term|page|file|comment|=|:)",
    re.IGNORECASE,
)
_LEGAL_FORM = re.compile(
    r"(?:^|[\s,.])(?:inc|incorporated|llc|l\.l\.c|ltd|limited|corp|corporation|company|co|gmbh"
    r"|ag|sa"
    r"|s\.a|sas|sarl|srl|bv|b\.v|nv|n\.v|oy|ab|as|aps|kg|kk|k\.k|plc|pty|s\.r\.o|s\.p\.a|spa|e\.v)"
    r"\.?(?:\s(?:co|kg|ltd|llc)\.?)?$",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:foundation|institut\w{1,3}|universit\w{1,4}|college|laborator(?:y|ies)|labs|project"
    r"|authors|contributors|developers|maintainers|team|consortium|community|organi[sz]ation"
    r"|association|society|committee|council|agency|department|ministry|technologies|systems"
    r"|corporation|regents|trustees|government|academy)\b",
    re.IGNORECASE,
)
_MAX_ORGANISATION_WORDS: Final = 8
# Inside "Inc., Ltd" a comma does not part two holders; before a legal form neither.
_AND = re.compile(
    r"\s+(?:and|und|et|&|for the|on behalf of|from|c/o|-)\s+|\s*[;()/]\s*"
    r"|,(?!\s*(?:inc|llc|ltd|l\.l\.c|corp|co|gmbh|limited|s\.a|b\.v|n\.v|plc|pty)\b)\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:by|and|copyright|present by|present|the copyright holders?|held by)\s+"
    r"|\s(?:and|all(?: rights)?)$|\b(?:19|20)\d\d\b(?:\s*-\s*\d+)?",
    re.IGNORECASE,
)
_MAX_NAME_CHARS: Final = 120
_MAX_HOLDERS: Final = 50
_MAX_LINES: Final = 400
_DIGEST_CHARS: Final = 12
_TEXT_AUTHORS = re.compile(r"free software foundation|open source initiative", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One holder named in one copyright line."""

    start: int
    """First byte of the copyright statement."""
    end: int
    label: str
    """Organisation's name, or ``person:`` and a digest."""
    is_company: bool
    is_text_author: bool
    """Wrote license texts; inside one, that is the text's copyright and not the code's."""


class HolderReader:
    """Finds copyright lines and tells the company from others."""

    def __init__(self, key: HmacKey, company_names: Iterable[str]) -> None:
        """Take the key of digests and the company's names as they stand in copyright lines."""
        names = "|".join(re.escape(n) for n in sorted(company_names, key=len, reverse=True) if n)
        self._company = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if names else None
        self._marks = _company_marks(company_names)
        self._key = key
        self._openings = OpeningIndex({_LINE: openings(_LINE.pattern)}, None)

    def find_holders(self, data: bytes) -> list[Holder]:
        """Return the holders in a region, spans relative to it."""
        found: list[Holder] = []
        starts = self._openings.read(data).get(_LINE, ())
        for match, _ in zip(matches_at(_LINE, data, starts), range(_MAX_LINES), strict=False):
            if not _is_statement(match) or _is_item(data, match):
                continue
            found += [self._holder(n, match.start(), match.end()) for n in _names(match[1])]
        if self._marks is not None:
            marks = zip(self._marks.finditer(data), range(_MAX_LINES), strict=False)
            found += [self._own(match) for match, _ in marks]
        return found[:_MAX_HOLDERS]

    @staticmethod
    def _own(match: re.Match[bytes]) -> Holder:
        label = (match[1] or match[2]).decode("utf-8", "replace")
        return Holder(
            start=match.start(), end=match.end(), label=label, is_company=True, is_text_author=False
        )

    def _holder(self, name: str, start: int, end: int) -> Holder:
        own = self._company.search(name) if self._company else None
        if own:
            return Holder(start=start, end=end, label=own[0], is_company=True, is_text_author=False)
        label = name if _is_organisation(name) else self._person(name)
        return Holder(
            start=start,
            end=end,
            label=label,
            is_company=False,
            is_text_author=bool(_TEXT_AUTHORS.search(name)),
        )

    def _person(self, name: str) -> str:
        identity = " ".join(name.casefold().split()).encode()
        return f"person:{self._key.digest('holder', identity)[:_DIGEST_CHARS]}"


def _company_marks(company_names: Iterable[str]) -> re.Pattern[bytes] | None:
    """Return how a company marks its own files without a copyright line, in a notice.

    ``Property of Acme, Inc.`` and ``Acme confidential``. "Licensed to Acme" is no such mark.
    """
    names = b"|".join(re.escape(n).encode() for n in company_names if n)
    if not names:
        return None
    return re.compile(
        rb"\b(?:property of|owned by|belongs? to)[ \t]{1,3}(?:the[ \t])?(" + names + rb")(?!\w)"
        rb"|(?<!\w)(" + names + rb")(?:,?[ \t](?:inc|corp|corporation|ltd|llc|gmbh|ag)\b\.?)?"
        rb"(?:'s|\xe2\x80\x99s)?[ \t:,-]{0,3}(?:proprietary|confidential|internal[ \t]use)",
        re.IGNORECASE,
    )


def _is_statement(match: re.Match[bytes]) -> bool:
    """Tell a copyright statement from prose about copyright."""
    rest = match[1]
    if _PLACEHOLDER.match(rest):
        return False
    statement = match[0][: len(match[0]) - len(rest)]
    return bool(_SURE_MARK.search(statement)) or rest[:1].isupper()


def _is_item(data: bytes, match: re.Match[bytes]) -> bool:
    """Tell whether a "(c)" is the third item of a list."""
    return match[0][:3].lower() == b"(c)" and bool(_SECOND_ITEM.search(data, 0, match.start()))


def _names(raw: bytes) -> list[str]:
    """Return the holders of one statement, without addresses, years and legal phrases."""
    raw = _CLOSERS.split(raw, maxsplit=1)[0]
    raw = _YEAR_BEHIND.sub(rb"\1", raw)
    raw = _ADDRESS.sub(b" ", raw)
    raw = _NOISE.sub(b"", raw)
    text = raw.decode("utf-8", "replace")
    names = []
    for part in _AND.split(text):
        name = _LEAD.sub("", part.strip())
        name = " ".join(name.strip(" \t.,:;*/#-_|'\"()<>[]{}!\\").split())
        if len(name) > 1 and any(c.isalpha() for c in name):
            names.append(name[:_MAX_NAME_CHARS])
    return names


def _is_organisation(name: str) -> bool:
    """Tell whether a name is surely no person's.

    A legal form or a word for a body of people decides; without one a name may be a person's.
    """
    if "@" in name or len(name.split()) > _MAX_ORGANISATION_WORDS:
        return False
    return bool(_LEGAL_FORM.search(name) or _BODY.search(name))
