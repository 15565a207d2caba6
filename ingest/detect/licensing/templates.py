"""The license texts that `licenseclassifier` ships, as words.

The package (SPDX data under CC0-1.0, templates under BSD-3-Clause) keeps them as "license regular
expressions" of google/licensecheck: ``(( a || b ))`` alternatives, ``(( a ))??`` optional,
``__3__`` up to three free words, ``//** a **//`` remarks. Nothing of them is copied here.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise
from typing import Final

from ingest.detect.licensing.words import words_of

_REMARK = re.compile(r"//\*\*(.*?)\*\*//", re.DOTALL)
_LEXEME = re.compile(r"\(\(|\)\)\?\?|\)\)|\|\||__\d+__|[^\s(|)_]+|[(|)_]")
_MIN_WORDS: Final = 12
_MAIN_OPTION: Final = 100
_MAIN_SHARE: Final = 0.3
"""Words of an optional part, and their share of all, from which it is the body of the license;
what is shorter is a preamble, an appendix or a history that most copies lack."""
_MAIN_CHOICE: Final = 30
_MAIN_RATIO: Final = 3
_GAP: Final = ""
_FILLS: Final = (
    "this software",
    "the author",
    "the authors",
    "the author and contributors",
    "the author or contributors",
    "the authors or copyright holders",
    "the copyright holders",
    "the copyright holders and contributors",
    "the copyright holder and contributors",
    "the copyright holders or contributors",
    "the copyright holder or contributors",
    "the copyright owner or contributors",
    "the regents and contributors",
    "the regents or contributors",
    "the name of the copyright holder nor the names of its contributors may be",
    "the name of the copyright holders nor the names of its contributors may be",
    "the name of the author nor the names of its contributors may be",
    "the name of the organization nor the names of its contributors may be",
    "the name of the university nor the names of its contributors may be",
    "the name of the author may not be",
)
"""What stands for free words in most files; it tells a text from its siblings."""

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One license text as the runs of three words that it may hold."""

    license_id: str
    title: str
    """Name of the license, empty for a notice."""
    possible: frozenset[Triple]
    needed: frozenset[Triple]
    """Runs outside all options and alternatives, apart from long ones."""


@dataclass(slots=True)
class _Graph:
    """Words and which may follow which; node 0 is the start."""

    words: list[str] = field(default_factory=lambda: [_GAP])
    following: list[list[int]] = field(default_factory=lambda: [[]])
    main: list[bool] = field(default_factory=lambda: [False])
    own: list[bool] = field(default_factory=lambda: [False])
    """Whether the word stands in the template, and not for a gap of it."""
    options: list[tuple[int, int]] = field(default_factory=list)
    """Optional parts that may be the body; inner ones come before those around them."""

    def add(self, word: str, ends: set[int], *, is_own: bool = True) -> set[int]:
        node = len(self.words)
        self.words.append(word)
        self.following.append([])
        self.main.append(is_own)
        self.own.append(is_own)
        for end in ends:
            self.following[end].append(node)
        return {node}

    def demote(self, start: int, end: int, least: int = sys.maxsize) -> None:
        """Take nodes out of the body, unless they are at least so many words."""
        if sum(self.main[start:end]) < least:
            self.main[start:end] = [False] * (end - start)

    def demote_options(self) -> None:
        """Take the optional parts out of the body that are a small part of the whole."""
        least = int(_MAIN_SHARE * sum(self.main))
        for start, end in self.options:
            self.demote(start, end, least)

    def possible(self) -> Iterator[Triple]:
        """Yield every run of three words."""
        for first, word in enumerate(self.words):
            for second in self.following[first] if word else ():
                for third in self.following[second] if self.words[second] else ():
                    if self.words[third]:
                        yield word, self.words[second], self.words[third]

    def needed(self) -> Iterator[Triple]:
        """Yield the runs of the body between which nothing may stand."""
        for first in range(len(self.words) - 2):
            follows = self.following[first : first + 2]
            if all(self.main[first : first + 3]) and follows == [[first + 1], [first + 2]]:
                yield self.words[first], self.words[first + 1], self.words[first + 2]


def read_templates() -> Iterator[Template]:
    """Yield the templates of the installed package, in its order."""
    packed = files("licenseclassifier").joinpath("_engine", "licenses.json.gz").read_bytes()
    for entry in json.loads(gzip.decompress(packed)):
        text = entry["lre"].strip()
        graph = _Graph()
        _read(_pieces(_REMARK.sub(" ", text)), graph, {0})
        graph.demote_options()
        if len(graph.words) > _MIN_WORDS:
            remark = _REMARK.match(text)
            title = remark[1].strip().split("\n", 1)[0].strip() if remark else ""
            needed = frozenset(graph.needed())
            possible = frozenset(graph.possible())
            yield Template(
                license_id=entry["id"],
                title="" if title.startswith("http") else title,
                possible=possible,
                needed=needed if len(needed) >= _MIN_WORDS else possible,
            )


def _pieces(text: str) -> Iterator[str]:
    """Yield marks, and what stands between two marks as one text."""
    plain: list[str] = []
    for lexeme in _LEXEME.findall(text):
        is_mark = lexeme in {"((", "))", "))??", "||"} or re.fullmatch(r"__\d+__", lexeme)
        if not is_mark:
            plain.append(lexeme)
            continue
        yield " ".join(plain)
        yield lexeme
        plain = []
    yield " ".join(plain)


def _read(pieces: Iterable[str], graph: _Graph, ends: set[int]) -> set[int]:
    """Add one group up to its end to the graph, and return the nodes that may be its last."""
    incoming, outgoing = ends, set[int]()
    bounds = [len(graph.words)]
    for piece in pieces:
        if piece == "((":
            ends = _read(pieces, graph, ends)
        elif piece == "||":
            bounds.append(len(graph.words))
            outgoing, ends = outgoing | ends, incoming
        elif piece in {"))", "))??"}:
            _demote_choices(graph, [*bounds, len(graph.words)])
            if piece == "))??":
                graph.demote(bounds[0], len(graph.words), _MAIN_OPTION)
                graph.options.append((bounds[0], len(graph.words)))
                outgoing = outgoing | incoming
            return outgoing | ends
        elif piece.startswith("__"):
            ends = _read_gap(graph, ends)
        else:
            ends = _read_words(piece, graph, ends)
    return outgoing | ends


def _read_words(text: str, graph: _Graph, ends: set[int]) -> set[int]:
    for word in words_of(text.encode("utf-8", "ignore")).words:
        ends = graph.add(word, ends)
    return ends


def _read_gap(graph: _Graph, ends: set[int]) -> set[int]:
    """Add free words: none, any, or what mostly stands there."""
    outgoing = ends | graph.add(_GAP, ends, is_own=False)
    for fill in _FILLS:
        last = ends
        for word in fill.split():
            last = graph.add(word, last, is_own=False)
        outgoing = outgoing | last
    return outgoing


def _demote_choices(graph: _Graph, bounds: list[int]) -> None:
    """Take alternatives out of the body, but for one that is much longer than the others."""
    spans = list(pairwise(bounds))
    sizes = sorted((sum(graph.own[slice(*span)]) for span in spans), reverse=True)
    is_body = len(sizes) > 1 and sizes[0] >= max(_MAIN_CHOICE, _MAIN_RATIO * sizes[1])
    for start, end in spans:
        if len(spans) > 1 and not (is_body and sum(graph.own[start:end]) == sizes[0]):
            graph.demote(start, end)
