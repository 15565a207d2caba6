"""One sign of a license in a file, before signs are folded into one expression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

PROPRIETARY: Final = "LicenseRef-shardgate-proprietary"
"""A notice that grants nothing: all rights reserved, proprietary, confidential."""
RESTRICTION: Final = "LicenseRef-shardgate-restriction"
"""Words that take away what a license beside them may give."""
NO_TRAINING: Final = "LicenseRef-shardgate-no-training"
"""Words against the use for training of models."""
UNKNOWN: Final = "LicenseRef-shardgate-unknown"
"""License-like text that no rule reads."""


class Kind(StrEnum):
    """Where a sign comes from.

    A mention names a license without putting the file under it; a reference says that a license
    holds, and leaves it to what stands above the file to tell which.
    """

    TAG = "tag"
    TEXT = "text"
    MANIFEST = "manifest"
    NOTICE = "notice"
    RESTRICTION = "restriction"
    MENTION = "mention"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Evidence:
    """A span of the text and the license it speaks of."""

    start: int
    end: int
    kind: Kind
    spdx: str
    """SPDX expression or LicenseRef."""
    score: float
    """1.0 for an exact sign, less where the words leave the version or the kind open."""

    def shifted(self, offset: int) -> Evidence:
        """Return the same sign counted from `offset` bytes earlier."""
        return replace(self, start=self.start + offset, end=self.end + offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The sentence in which somebody states a choice between licenses."""

    start: int
    end: int
    floor: int
    """How far back the license may begin that the sentence sets an alternative to; `start` where
    the sentence holds the whole choice."""

    def shifted(self, offset: int) -> Choice:
        """Return the same choice counted from `offset` bytes earlier."""
        return Choice(start=self.start + offset, end=self.end + offset, floor=self.floor + offset)
