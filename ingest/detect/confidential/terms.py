"""Codenames, customers and logins: whole words, and whole words inside identifiers.

One literal pass finds every spelling of every term; what stands around a hit then decides
whether it is a word. ``Blue Falcon`` is found in ``blue-falcon``, ``BLUE_FALCON_URL``,
``newBlueFalconClient`` and ``bluefalcon2``, not in ``bluefalconry``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.detect.confidential.matches import Match
from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category, Confidence

_MIN_CHARS: Final = 2
_JOINTS: Final = ("", " ", "_", "-", ".")
"""How the words of a term are written together in text and identifiers."""
_GAPS: Final = re.compile(r"[\s_.-]+")
_NEIGHBOUR_BYTES: Final = 4
"""Longest UTF-8 character."""


@dataclass(frozen=True, slots=True)
class _Spelling:
    category: Category
    rule_id: str
    size: int


class Terms:
    """All configured terms, compiled once."""

    def __init__(self, company: CompanyProfile, cache_dir: Path | None = None) -> None:
        """Compile every spelling of every term, or load them from the private `cache_dir`.

        Raises:
            ConfigurationError: the spellings cannot be compiled.
        """
        spellings: dict[tuple[bytes, Category], _Spelling] = {}
        for category, rule_id, terms in (
            (Category.CODENAME, "codename", company.codenames),
            (Category.CUSTOMER, "customer", company.customers),
            (Category.EMPLOYEE_LOGIN, "employee-login", company.logins),
        ):
            for term in terms:
                for text in _spellings(term):
                    spellings[text, category] = _Spelling(category, rule_id, len(text))
        ordered = sorted(spellings)
        self._spellings = [spellings[key] for key in ordered]
        self._funnel = Funnel(
            [Pattern(id=n, expression=text, flags=CASELESS) for n, (text, _) in enumerate(ordered)],
            literal=True,
            cache_dir=cache_dir,
        )

    def matches(self, data: bytes) -> Iterator[Match]:
        """Yield every place where a term stands as a word."""
        for end, identifier, _start in self._funnel.matches(data):
            spelling = self._spellings[identifier]
            start = end - spelling.size
            if is_word(data, start, end):
                yield Match(
                    start=start,
                    end=end,
                    rule_id=spelling.rule_id,
                    category=spelling.category,
                    confidence=Confidence.HIGH,
                    evidence="term",
                )


def is_word(data: bytes, start: int, end: int) -> bool:
    """Say whether a span is a word of its own, or a part of a compound identifier.

    A part ends at anything but a letter, at a digit, and where the case turns: ``new|Falcon``,
    ``Falcon|Client``, ``HTTP|Falcon``, ``FALCON|Client``.
    """
    before = data[max(0, start - _NEIGHBOUR_BYTES) : start].decode("utf-8", "ignore")[-1:]
    after = data[end : end + _NEIGHBOUR_BYTES].decode("utf-8", "ignore")[:2]
    text = data[start:end].decode("utf-8", "ignore")
    if not text:
        return False
    return _is_left_edge(before, text) and _is_right_edge(text, after)


def _is_left_edge(before: str, text: str) -> bool:
    first, second = text[0], text[1:2]
    if not before.isalpha() or not first.isalpha():
        return True
    if not first.isupper():
        return False
    # HTTPFalcon: the capital run before belongs to another word only if ours goes on in lower case.
    return before.islower() or second.islower()


def _is_right_edge(text: str, after: str) -> bool:
    last, following = text[-1], after[:1]
    if not following.isalpha() or not last.isalpha():
        return True
    if not following.isupper():
        return False
    return last.islower() or after[1:2].islower()


def _spellings(term: str) -> set[bytes]:
    """Return the byte spellings of a term; ASCII case is the engine's business, the rest ours."""
    words = [word for word in _GAPS.split(term.strip()) if word]
    joined = {joint.join(words) for joint in _JOINTS} | {term.strip()}
    cased = {
        form
        for text in joined
        for form in (text, text.lower(), text.upper(), text.title(), text.casefold())
    }
    forms = {unicodedata.normalize(kind, text) for text in cased for kind in ("NFC", "NFD")}
    # ASCII letters are matched caselessly, so spellings that differ only there are one.
    return {_fold_ascii(form.encode()) for form in forms if len(form) >= _MIN_CHARS}


def _fold_ascii(text: bytes) -> bytes:
    return text.lower()
