"""A hit with its surroundings, and the verdict on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.words import WordIndex
from ingest.domain.finding import Confidence

_CONTEXT_BYTES: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The span that counts, or the reason why there is none."""

    start: int = 0
    end: int = 0
    confidence: Confidence = Confidence.MEDIUM
    evidence: str = ""
    """A code; never text of the blob."""
    reason: str = ""
    """Why the hit is not personal; empty when it is accepted."""

    @property
    def is_accepted(self) -> bool:
        """Tell whether a finding follows."""
        return not self.reason


@dataclass(slots=True, kw_only=True)
class Place:
    """A hit with what stands around it on the same line.

    Context is read byte by byte as Latin-1: the rules ask for ASCII marks only.
    """

    data: bytes
    hit: Hit
    words: WordIndex = field(default_factory=lambda: WordIndex(b""))

    @property
    def value(self) -> str:
        """Return the matched text."""
        return self.data[self.hit.start : self.hit.end].decode("utf-8", "surrogateescape")

    def before(self, size: int = _CONTEXT_BYTES) -> str:
        """Return up to `size` characters before the hit."""
        start = self.hit.start
        return self.data[max(0, start - size) : start].decode("latin-1").rpartition("\n")[2]

    def after(self, size: int = _CONTEXT_BYTES) -> str:
        """Return up to `size` characters after the hit."""
        end = self.hit.end
        return self.data[end : end + size].decode("latin-1").partition("\n")[0]

    def text_before(self, size: int = _CONTEXT_BYTES) -> str:
        """Return what `before` returns as UTF-8, for words of other scripts."""
        return self.before(size).encode("latin-1").decode("utf-8", "replace")

    def accept(
        self, *, confidence: Confidence, evidence: str = "", skip: int = 0, cut: int = 0
    ) -> Verdict:
        """Return acceptance of the span without `skip` leading and `cut` trailing bytes."""
        return Verdict(
            start=self.hit.start + skip,
            end=self.hit.end - cut,
            confidence=confidence,
            evidence=evidence,
        )


def first_reason(checks: Iterable[tuple[str, object]]) -> str:
    """Return the code of the first check that holds (its second part is true), or nothing.

    Nothing is asked behind it: checks that take time come last, from a generator.
    """
    for code, holds in checks:
        if holds:
            return code
    return ""


def drop(reason: str) -> Verdict:
    """Return the verdict that a hit is not personal."""
    return Verdict(reason=reason)
