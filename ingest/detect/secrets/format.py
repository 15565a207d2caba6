"""What a vendor's format is, and the sets of characters that tokens are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

WORD: Final = rb"[A-Za-z0-9]"
URL_SAFE: Final = rb"[A-Za-z0-9_-]"
BASE64: Final = rb"[A-Za-z0-9+/]"
HEX: Final = rb"[0-9a-fA-F]"
UPPER: Final = rb"[A-Z0-9]"
BASE32: Final = rb"[A-Z2-7]"
UUID_HEAD: Final = rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}"


@dataclass(frozen=True, slots=True)
class Format:
    """A head, at least `fewest` characters of a body and at most `most`, and a tail."""

    vendor: str
    source: str
    """The vendor's page that shows the format."""
    head: bytes
    body: bytes
    fewest: int
    most: int
    tail: bytes = b""

    @property
    def expression(self) -> bytes:
        """What the funnel looks for."""
        return self.head + self.body + b"{%d}" % self.fewest

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """The token in its whole length, not begun in the middle of a word."""
        body = self.body + b"{%d,%d}" % (self.fewest, self.most)
        return re.compile(rb"(?<![A-Za-z0-9])" + self.head + body + self.tail)
