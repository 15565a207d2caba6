"""Second thoughts on a match: the same span under a more modest category.

Nothing is dropped here. A category decides whether a file is withheld or only redacted, and a
vendor's short format that occurs by chance must not cost the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.placeholders import is_named_word
from ingest.domain.finding import Category, Confidence

_RUN_BYTES: Final = 40
_RUN: Final = re.compile(rb"[A-Za-z0-9+/]{40}")


def weigh_match(data: bytes, match: Match) -> Match:
    """Return the match, or a humbler one where its surroundings explain it.

    - ``user:password@host``, where the value is the word itself, is a weak password;
    - a vendor's format in the midst of a long encoded text (a font, a compiled module) is a
      random-looking value.
    """
    if match.category is Category.URI_CREDENTIAL:
        if is_named_word(data[match.start : match.end]):
            return _humbled(match, Category.PASSWORD, "word")
    elif match.category is Category.PROVIDER_TOKEN and _is_embedded(data, match):
        return _humbled(match, Category.GENERIC_SECRET, "embedded")
    return match


def _is_embedded(data: bytes, match: Match) -> bool:
    before = data[max(0, match.start - _RUN_BYTES) : match.start]
    return _RUN.fullmatch(before) is not None or _RUN.match(data, match.end) is not None


def _humbled(match: Match, category: Category, evidence: str) -> Match:
    return replace(match, category=category, confidence=Confidence.LOW, evidence=evidence)
