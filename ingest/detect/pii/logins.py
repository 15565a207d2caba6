"""Recognizers of logins for Presidio: in notes to a colleague, home paths and mentions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex  # type: ignore[import-untyped]  # it brings no types

from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.domain.finding import Category

_SCORES: Final = {"username.note": 0.8, "username.home": 0.7, "username.mention": 0.6}
"""All different: of two hits on one login Presidio keeps the better, and of two equals either."""
_LOGIN: Final = r"[A-Za-z_][\w.-]{0,38}\w"
_PAGE: Final = r"[\w.-]*\.(?:html?|php|jsp|aspx?|jsx?|tsx?|json|css|md|txt|xml|png|svg)\b"
MENTION: Final = r"[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])|_){2,38}"
"""A login behind an at sign."""
_PATTERNS: Final = {
    # TODO(login): Google's style guides, "TODO comments"
    "username.note": (
        rf"\b(?:TODO|FIXME|XXX|HACK|BUG|NOTE)\s?[(\[]\s?@?(?P<login>{_LOGIN})(?=\s?[)\]:,/])"
    ),
    "username.home": (
        rf"(?<![\w.~%$-])(?:/home/|/Users/|/export/home/)(?!{_PAGE})(?P<login>{_LOGIN})"
        rf"|\b[A-Za-z]:[\\/]{{1,2}}(?:Users|Documents and Settings)[\\/]{{1,2}}(?P<login>{_LOGIN})"
    ),
    "username.mention": rf"(?<![\w@/.:%$&+=~-])@(?P<login>{MENTION})",
}


class LoginRecognizer(SpanRecognizer):
    """Finds logins of one kind."""

    category = Category.USERNAME

    def __init__(self, rule: str, pattern: str, score: float) -> None:
        """Take the rule id and its pattern."""
        super().__init__(rule, score=score)
        self._pattern = regex.compile(pattern, regex.MULTILINE)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield logins without their at sign."""
        return (match.span("login") for match in self._pattern.finditer(text))


def login_recognizers() -> list[SpanRecognizer]:
    """Return the recognizers of logins; their names are rule ids."""
    return [LoginRecognizer(name, pattern, _SCORES[name]) for name, pattern in _PATTERNS.items()]
