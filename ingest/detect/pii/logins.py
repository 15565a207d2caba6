"""Recognizers of logins for Presidio: in notes to a colleague, home paths and mentions."""

from __future__ import annotations

import re
from typing import Final

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer

_ENTITY: Final = "USERNAME"
_SCORES: Final = {"username.note": 0.8, "username.home": 0.7, "username.mention": 0.6}
"""All different: of two hits on one login Presidio keeps the better, and of two equals either."""
_LOGIN: Final = r"[A-Za-z_][\w.-]{0,38}\w"
_PAGE: Final = r"[\w.-]*\.(?:html?|php|jsp|aspx?|jsx?|tsx?|json|css|md|txt|xml|png|svg)\b"
_PATTERNS: Final = {
    # TODO(login): Google's style guides, "TODO comments"
    "username.note": (
        rf"(?<=\b(?:TODO|FIXME|XXX|HACK|BUG|NOTE)\s?[(\[]\s?@?){_LOGIN}(?=\s?[)\]:,/])"
    ),
    "username.home": (
        rf"(?<=(?<![\w.~%$-])(?:/home/|/Users/|/export/home/))(?!{_PAGE}){_LOGIN}"
        rf"|(?<=\b[A-Za-z]:[\\/]{{1,2}}(?:Users|Documents and Settings)[\\/]{{1,2}}){_LOGIN}"
    ),
    "username.mention": (
        r"(?<=(?<![\w@/.:%$&+=~-])@)[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])|_){2,38}"
    ),
}


def login_recognizers() -> list[EntityRecognizer]:
    """Return the recognizers of logins; their names are rule ids."""
    return [
        PatternRecognizer(
            supported_entity=_ENTITY,
            name=name,
            patterns=[Pattern(name, pattern, _SCORES[name])],
            global_regex_flags=int(re.MULTILINE),
        )
        for name, pattern in _PATTERNS.items()
    ]
