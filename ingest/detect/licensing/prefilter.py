"""Where in a text license words stand: one pass for most files is all there is.

A literal here is looser than every rule behind it: a rule may only fire inside a region, and a
region exists only around one of these words.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.detect.licensing.head_refusals import find_head_refusals
from ingest.detect.licensing.languages import stems
from ingest.detect.licensing.plain_limits import PLAIN_WORDS
from ingest.detect.licensing.training import TRAINING_STEMS, TRAINING_WORDS

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
    "no rights reserved",
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
    "no part of th",
    "written permission",
    "written consent",
    "without warrant",
    "warranties of",
    "no warrant",
    "any warrant",
    "as you please",
    "distributed without",
    "research purposes",
    "personal use",
)
_REFUSALS: Final = (
    "distribution statement",
    "distribution authorized",
    "not for distribution",
    "do not distribute",
    "not distribute",
    "not for publication",
    "not for resale",
    "for official use",
    "export control",
    "export-control",
    "itar ",
    "under nda",
    "by nda",
    "an nda",
    "the nda",
    "to nda",
    "non-disclosure",
    "nondisclosure",
    "breach of",
    "be destroyed",
    "source-available",
    "source available",
    "closed source",
    "closed-source",
    "numerical recipes",
    "did not buy",
    "did not pay",
    "second purchase",
    "resold",
    "installed on up to",
    "members only",
    "employees only",
    "customers only",
    "beta agreement",
    "customer agreement",
    "internal fork",
    "functional source",
    "fair source",
    "the eula",
    "our eula",
    "an eula",
    "free for personal",
    "free for private",
    "free for academic",
    "paid subscription",
    "valid subscription",
    "active subscription",
    "paid for everyone",
    "paid for companies",
    "not welcome to",
    "or passed on",
    "returned on",
    "cc by-",
    " mit (for",
    " mit for ",
    "fsl-1",
    "stackoverflow",
    "stack overflow",
    "so answer",
    "cc-by",
    "do anything",
    "do whatever",
    "do what ever",
    "anything you like",
    "waived all",
    "united states code",
    "rest of the project",
    " mit, ",
    "apache 2.0",
    "2-clause bsd",
    "3-clause bsd",
    "mit/x11",
    "ship it",
)
"""Openings of the short refusals, of foreign parts and of dedications without other legal words."""
_GAP: Final = rb"[^\w.]{1,60}"
_GIVEN: Final = (
    rb"(?:re-?)?(?:distribut|us|avail|cop|modif|chang|making|make|do|taking|take|shar|edit"
    rb"|licens|give|giving)"
)
_CONFIRMED: Final = {
    # "Relationship items", "guitar music", "can be freely mixed", "will be returned on error".
    "ship it": rb"(?i)\bship it\b",
    "itar ": rb"(?i)\bitar ",
    **PLAIN_WORDS,
    **TRAINING_WORDS,
    # Who gives no year; "(c)" is an argument, too.
    "(c) ": rb"(?<![\w)])\([cC]\) (?:[A-Z][\w'.&-]* ){1,4}?[A-Z][\w'&-]+[ \t]*"
    rb"(?:[.,;*<-]|\r?\n|\Z)",
    "returned on": rb"(?i)\b(?:must|shall)" + _GAP + rb"be" + _GAP + rb"returned on",
    "freely": rb"(?i)\bfreely" + _GAP + _GIVEN + rb"|(?:it|them|this|that|cop\w{1,5}|use[sd]?"
    rb"|modif\w{1,4}|distribut\w{1,4}|free|software|code|is|are)" + _GAP + rb"freely\b",
}
"""Words that code is full of, and what has to stand around them."""
_NEAR: Final = 140
MAX_HITS: Final = 4000
"""Hits that are read; a text with more is all about licenses."""


class Prefilter:
    """All license words as one automaton."""

    def __init__(self, cache_dir: Path | None) -> None:
        """Compile the words, or load what an earlier process compiled."""
        words = dict.fromkeys(
            (*_WORDS, *_PHRASES, *_REFUSALS, *_CONFIRMED, *stems(), *TRAINING_STEMS, "©")
        )
        literals = [word.encode() for word in words]
        self._confirmed = {list(words).index(w): re.compile(p) for w, p in _CONFIRMED.items()}
        self._funnel = Funnel(
            [Pattern(id=i, expression=w, flags=CASELESS) for i, w in enumerate(literals)],
            literal=True,
            cache_dir=cache_dir,
        )

    def hit_ends(self, data: bytes) -> list[int]:
        """Return the ascending ends of license words, at most `MAX_HITS` + 1."""
        refusals = {sign.end for sign in find_head_refusals(data)}
        hits = self._funnel.matches(data)
        ends = {end for end, number, _start in hits if self._is_sure(data, end, number)}
        return sorted(ends | refusals)[: MAX_HITS + 1]

    def _is_sure(self, data: bytes, end: int, number: int) -> bool:
        around = self._confirmed.get(number)
        return around is None or bool(around.search(data, max(0, end - _NEAR), end + _NEAR))
