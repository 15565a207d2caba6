"""Where in a text license words stand: one pass for most files is all there is.

A literal here is looser than every rule behind it: a rule may only fire inside a region, and a
region exists only around one of these words.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, Funnel, Pattern

_WORDS: Final = (
    "license",
    "licence",
    "copyleft",
    "gpl",
    "spdx-",
    "proprietary",
    "confidential",
    "copyright",
    "redistribut",
    "noncommercial",
    "&copy;",
    "unauthori",
)
_PHRASES: Final = (
    "non-commercial",
    "non commercial",
    "(c) 19",
    "(c) 20",
    "(c)19",
    "(c)20",
    "public domain",
    "public-domain",
    "free software",
    "permission to copy",
    "terms and conditions",
    "same terms",
    "restricted rights",
    "not permitted",
    "wtfpl",
    "all rights reserved",
    "permission is hereby",
    "permission to use",
    "permission to make",
    "permission is granted",
    "granted permission",
    "lisence",
    "gnu public",
    "free to use",
    "freely",
    "not be sold",
    "property of",
    "company private",
    "internal use",
    "terms of use",
    "openrail",
    "creative-commons",
    "beerware",
    "beer-ware",
    "trade secret",
    "creative commons",
    "creativecommons",
    "released under",
    "distributed under",
    "available under",
    "under the terms",
    "under the mit",
    "under mit",
    "under the bsd",
    "under the apache",
    "under apache",
    "commons clause",
    "evaluation only",
    "evaluation purposes",
    "internal use only",
    "commercial use",
    "commercial purpose",
    "not be used",
    "not for use",
    "for good, not evil",
    "military",
    "right to sell",
    "machine learning",
    "machine-learning",
    "artificial intelligence",
    "language model",
    "ai training",
    "ai model",
    "train any",
    "train an ai",
    "train ai",
    "to train",
    "training of",
    "training purposes",
    "training data",
    "text and data mining",
)
MAX_HITS: Final = 4000
"""Hits that are read; a text with more is all about licenses."""


class Prefilter:
    """All license words as one automaton."""

    def __init__(self, cache_dir: Path | None) -> None:
        """Compile the words, or load what an earlier process compiled."""
        literals = [*(word.encode() for word in (*_WORDS, *_PHRASES)), "©".encode()]
        self._funnel = Funnel(
            [Pattern(id=i, expression=w, flags=CASELESS) for i, w in enumerate(literals)],
            literal=True,
            cache_dir=cache_dir,
        )

    def hit_ends(self, data: bytes) -> list[int]:
        """Return the ascending ends of license words, at most `MAX_HITS` + 1."""
        ends = sorted({end for end, _id, _start in self._funnel.matches(data)})
        return ends[: MAX_HITS + 1]
