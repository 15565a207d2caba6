"""Codenames, customers and logins: whole words, and whole words inside identifiers.

``Blue Falcon`` is found in ``blue-falcon``, ``BLUE_FALCON_URL``, ``newBlueFalconClient`` and
``bluefalcon2``, not in ``bluefalconry``. One pass hashes the pieces of a text; the few whose hash
begins a term are compared with it. Terms that need other letters than ASCII's go through a literal
matcher instead: source code is ASCII nearly everywhere, so it seldom has anything to report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from ingest.detect.confidential.edges import is_plural, is_whole, is_word
from ingest.detect.confidential.index import TermIndex
from ingest.detect.confidential.matches import Match
from ingest.detect.confidential.pieces import OVERLAP, hash_pieces, windows
from ingest.detect.confidential.spelling import Spelling, spellings_of
from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.domain.company import CompanyProfile, Term, TermKind
from ingest.domain.finding import Category, Confidence
from ingest.errors import ConfigurationError

_RULES: Final = {
    TermKind.CODENAMES: (Category.CODENAME, "codename"),
    TermKind.CUSTOMERS: (Category.CUSTOMER, "customer"),
    TermKind.LOGINS: (Category.EMPLOYEE_LOGIN, "employee-login"),
}
_PERSON_WORD: Final = re.compile(
    rb"(?:user|login|owner|author|assign|review|maintain|account|contact|member|approve|signed|"
    rb"created|changed|modified|by|cc|to)[\w -]{0,12}[\"'\])]{0,2}\s{0,3}[:=(,>\s]{1,3}"
    rb"[\"'`\[(@\s-]{0,4}$"
    rb"|(?:/home/|/Users/|\\Users\\|(?<![\w.])[@~])$|(?:TODO|FIXME|XXX|HACK|NOTE)\($",
    re.IGNORECASE,
)
_CUSTOMER_WORD: Final = re.compile(
    rb"customer|client|account|tenant|compan|partner|contract|project|codename|code name",
    re.IGNORECASE,
)
_REACH: Final = 48
MAX_BYTES: Final = OVERLAP // 2


class Terms:
    """All configured terms, indexed once: 4 s per 100,000, or below 1 s from the cache."""

    def __init__(
        self, company: CompanyProfile, cache_dir: Path | None = None, *, name: str = ""
    ) -> None:
        """Index every spelling of every term, or load the index `name` of the private `cache_dir`.

        Raises:
            ConfigurationError: a term is too long, or cannot be compiled.
        """
        self._terms = company.all_terms()
        if any(len(term.text.encode()) > MAX_BYTES for term in self._terms):
            # The term itself is confidential, so the message does not name it.
            raise ConfigurationError(f"A term of the company is longer than {MAX_BYTES} bytes.")
        path = cache_dir / f"terms-{name}.npy" if cache_dir and name else None
        self._index = TermIndex.load(self._terms, path)
        self._foreign = [
            s
            for term in self._terms
            if not term.text.isascii()
            for s in spellings_of(term)
            if not s.is_ascii
        ]
        literals = sorted((lit, n) for n, s in enumerate(self._foreign) for lit in s.literals())
        self._literals = [(len(literal), n) for literal, n in literals]
        self._funnel = Funnel(
            [
                Pattern(id=place, expression=literal, flags=CASELESS)
                for place, (literal, _) in enumerate(literals)
            ],
            literal=True,
            cache_dir=cache_dir,
        )

    def matches(self, data: bytes) -> Iterator[Match]:
        """Yield every place where a term stands as a word; some may come twice."""
        if not self._index.is_empty:
            for offset, window in windows(data):
                for start, number in set(self._index.candidates(hash_pieces(window))):
                    for spelling in _ascii_spellings(self._terms[number]):
                        found = spelling.pattern.match(data, offset + start)
                        if found:
                            yield from _judge(data, found.span(), spelling)
        for end, literal, _start in self._funnel.matches(data):
            size, place = self._literals[literal]
            yield from _judge(data, (end - size, end), self._foreign[place])


@lru_cache(maxsize=4096)
def _ascii_spellings(term: Term) -> tuple[Spelling, ...]:
    return tuple(s for s in spellings_of(term) if s.is_ascii)


def _judge(data: bytes, span: tuple[int, int], spelling: Spelling) -> Iterator[Match]:
    start, end = span
    if spelling.is_whole:
        is_there = is_whole(data, start, end)
    else:
        is_there = is_word(data, start, end) or (
            spelling.may_be_plural and is_plural(data, start, end)
        )
    if not is_there or (spelling.needs_context and not _is_introduced(data, span, spelling)):
        return
    category, rule_id = _RULES[spelling.term.kind]
    yield Match(
        start=start,
        end=end,
        rule_id=rule_id,
        category=category,
        confidence=Confidence.HIGH,
        evidence="context" if spelling.needs_context else "term",
    )


def _is_introduced(data: bytes, span: tuple[int, int], spelling: Spelling) -> bool:
    start, end = span
    line = data.rfind(b"\n", max(0, start - _REACH), start) + 1
    before = data[max(line, start - _REACH) : start]
    if spelling.term.kind is TermKind.LOGINS:
        return _PERSON_WORD.search(before) is not None
    behind = data[end : end + _REACH].partition(b"\n")[0]
    return _CUSTOMER_WORD.search(before + b" " + behind) is not None
