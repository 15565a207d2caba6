"""What a phrase is: words behind which a secret stands, and how it is written there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ingest.domain.finding import Category

SHELL_WORD: Final = (
    rb"(?:\"(?P<v1>[^\"\n]{1,200})\"|'(?P<v2>[^'\n]{1,200})'"
    rb"|\\?\"(?P<v3>[^\"\\\n]{1,200})\\?\"|(?P<v4>[^\s\"'`|;&<>()\\,]{2,200}))"
)
"""One argument of a command, quoted or not, also inside a string of a program."""
QUOTED: Final = (
    rb"[bBuUrR@L]{0,2}(?:\"(?P<v1>(?:\\.|[^\"\\\n]){1,200})\"|'(?P<v2>(?:\\.|[^'\\\n]){1,200})'"
    rb"|`(?P<v3>[^`\n$]{1,200})`)"
)
"""A string literal of most languages."""
BARE_WORD: Final = rb"(?:\"(?P<v1>[^\"\n]{1,200})\"|(?P<v4>[^\s\"';]{2,200}))"
"""A word of a configuration file, or a string of it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A head that the funnel looks for, and the rest up to the value."""

    name: str
    """The program, product or construct."""
    head: bytes
    tail: bytes
    """Read from where the head ends; its groups are the value."""
    before: bytes = b""
    """What the line must hold up to there; nothing if empty."""
    fewest: int = 4
    """Bytes that a value has at least."""
    category: Category = Category.PASSWORD
    is_caseless: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """A phrase, ready to read."""

    phrase: Phrase
    tail: re.Pattern[bytes]
    before: re.Pattern[bytes] | None

    @classmethod
    def of(cls, phrase: Phrase) -> Reader:
        """Compile a phrase."""
        before = re.compile(phrase.before, re.IGNORECASE) if phrase.before else None
        return cls(phrase, re.compile(phrase.tail), before)
