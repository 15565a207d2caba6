"""The surroundings of a cue's end, as its reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import NameJudge, NameRun, read_name
from ingest.domain.finding import Category

_AHEAD: Final = 240
_BEHIND: Final = 240


@dataclass(kw_only=True)
class Reading:
    """A match end of a cue; texts are characters, hits are bytes.

    Bytes that are no UTF-8 stay countable.
    """

    data: bytes
    suffix: str
    end: int
    """One past the last byte of the match."""
    judge: NameJudge
    reach: int = _AHEAD
    """How many bytes `ahead` holds."""
    read_to: int = 0
    """Set by a reader of long stretches: its cues that end before this byte ask nothing more."""

    @cached_property
    def start(self) -> int:
        """Return the first byte of the character that ends the match."""
        start = self.end - 1
        while start > 0 and self.data[start] & 0xC0 == 0x80:  # noqa: PLR2004 - continuation byte
            start -= 1
        return start

    @cached_property
    def ahead(self) -> str:
        """Return the text from the last character of the match on."""
        return self.data[self.start : self.start + self.reach].decode("utf-8", "surrogateescape")

    @cached_property
    def behind(self) -> str:
        """Return the text up to and without the last character of the match."""
        data = self.data[max(0, self.start - _BEHIND) : self.start]
        while data and data[0] & 0xC0 == 0x80:  # noqa: PLR2004 - continuation byte
            data = data[1:]
        return data.decode("utf-8", "surrogateescape")

    @cached_property
    def line_behind(self) -> str:
        """Return what of `behind` stands on the same line."""
        return self.behind.rpartition("\n")[2]

    def around(self, before: int, after: int) -> str:
        """Return so many bytes before and after the value's start as text."""
        data = self.data[max(0, self.start - before) : self.start + after]
        return data.decode("utf-8", "replace")

    def run(self, at: int = 0) -> NameRun | None:
        """Return the name-shaped run at an offset of `ahead`, if nothing speaks against it."""
        run = read_name(self.ahead, at)
        return None if run is None or self.judge.reason_against(run.words) else run

    def hit(self, rule: str, span: tuple[int, int], category: Category = Category.PERSON) -> Hit:
        """Return a hit over characters of `ahead`."""
        start = self.start + _size(self.ahead[: span[0]])
        return Hit(category, rule, start, start + _size(self.ahead[span[0] : span[1]]))

    def hit_behind(
        self, rule: str, span: tuple[int, int], category: Category = Category.PERSON
    ) -> Hit:
        """Return a hit over characters of `behind`."""
        stop = self.start - _size(self.behind[span[1] :])
        return Hit(category, rule, stop - _size(self.behind[span[0] : span[1]]), stop)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
