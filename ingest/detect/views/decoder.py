"""From a text to its views, level by level."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from ingest.detect.views.binary import OPAQUE_MAGIC, printable_view
from ingest.detect.views.containers import kind_of
from ingest.detect.views.escapes import (
    backslash_rewrites,
    html_rewrites,
    percent_rewrites,
    quoted_rewrites,
)
from ingest.detect.views.gate import Gate, Kind
from ingest.detect.views.joins import seams
from ingest.detect.views.model import Budget, Limits, Shut, SpanMap, Undecoded, View, Views
from ingest.detect.views.notebook import cells
from ingest.detect.views.opened import DEFAULT_LIMITS, Frame, open_payload
from ingest.detect.views.rewrite import Rewrite, Window, rewrite, windows_around
from ingest.detect.views.runs import Run, apart_runs, base64_runs, hex_runs, number_runs
from ingest.detect.views.shelf import shelf
from ingest.domain.text import NotText, normalise

_Hits = dict[int, list[int]]
_RUNS: Final[tuple[tuple[str, Callable[[bytes, _Hits], Iterator[Run]]], ...]] = (
    ("base64", base64_runs),
    ("hex", hex_runs),
    ("hex", apart_runs),
    ("bytes", number_runs),
)
_ESCAPES: Final[
    tuple[tuple[str, Kind, Callable[[bytes, Sequence[Window]], Iterator[Rewrite]]], ...]
] = (
    ("escape", Kind.ESCAPE, backslash_rewrites),
    ("percent", Kind.PERCENT, percent_rewrites),
    ("html", Kind.HTML, html_rewrites),
)
_NO_VIEWS: Final = Views(views=(), undecoded=())
_READABLE: Final = bytes([*range(0x20, 0x7F), 9, 10, 13])
_HEADER: Final = 32
"""Bytes of a header, within which every kind of media has some that no text holds."""
_ASCII_SHARE: Final = 0.9
_NO_SPACES: Final = dict.fromkeys(map(ord, "\n\r\t"))
_MOST_LETTERS: Final = 0.2
"""Share of letters beyond ASCII in languages of Latin script, at most."""
_MIN_TEXT: Final = 8
_MIN_STRING: Final = 16
_BEFORE: Final = 48
_AFTER: Final = 16


class Decoder:
    """Finds the views of texts. Safe after a fork, not for two threads at once."""

    def __init__(self, cache_dir: Path | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        """Compile the gate, or load it from `cache_dir`."""
        self._gate = Gate(cache_dir)
        self._limits = limits

    def views_of(self, data: bytes) -> Views:
        """Return the views of a text (UTF-8), and what stays shut. Bounded by the limits."""
        views = shelf.find(data, self._limits)
        if views is None:
            hits = self._gate.hits(data)
            views = self._opened(data, hits) if hits else _NO_VIEWS
            shelf.put(data, self._limits, views)
        return views

    def _opened(self, data: bytes, hits: _Hits) -> Views:
        search = _Search(self._gate, Budget(self._limits))
        search.decode(_Level(data=data, hits=hits, maps=(), chain=()))
        return Views(views=tuple(search.views), undecoded=tuple(search.undecoded))


class _Search:
    """One text's views while they are found."""

    def __init__(self, gate: Gate, budget: Budget) -> None:
        self._gate = gate
        self._budget = budget
        self.views: list[View] = []
        self.undecoded: list[Undecoded] = []

    def expand(self, data: bytes, maps: tuple[SpanMap, ...], chain: tuple[str, ...]) -> None:
        """Decode what a text holds, and what that holds."""
        hits = self._gate.hits(data)
        if hits:
            self.decode(_Level(data=data, hits=hits, maps=maps, chain=chain))

    def decode(self, level: _Level) -> None:
        """Decode what the hits of a text are about, and what that holds."""
        data, hits, chain = level.data, level.hits, level.chain
        if len(chain) >= self._budget.limits.depth:
            self._refuse(level)
            return
        for name, find in _RUNS:
            self._decode_runs(level, name, find)
        for name, windows, rewrites in _escapes(level):
            found = list(islice(rewrites, self._budget.limits.rewrites + 1))
            # What a string says over several lines is no program.
            is_lines = name == "escape" and any(r.text == b"\n" for r in found)
            self._keep(level, name, windows, found, suffix="" if is_lines else None)
        self._join(level)
        if Kind.QUOTED_PRINTABLE in hits and not chain:
            windows = [(0, len(data))]
            self._keep(level, "quoted-printable", windows, quoted_rewrites(data, windows))
        if Kind.NOTEBOOK in hits and not chain:
            self._read_notebook(level)

    def _refuse(self, level: _Level) -> None:
        """Say of whatever would be decoded here that it lies too deep."""
        for name, find in _RUNS:
            for run in find(level.data, level.hits):
                if level.is_fresh(run.start, run.end) and _holds(run.payload):
                    frame = level.frame(run.start, run.end, name)
                    self.undecoded.append(frame.shut(Shut.LIMIT))
        for name, _, rewrites in (*_escapes(level), ("concat", (), _seams(level))):
            for found in rewrites:
                frame = level.frame(found.start, found.end, name)
                self.undecoded.append(frame.shut(Shut.LIMIT))
                break

    def _decode_runs(
        self, level: _Level, name: str, find: Callable[[bytes, _Hits], Iterator[Run]]
    ) -> None:
        texts: list[Rewrite] = []
        strings: list[Rewrite] = []
        for run in find(level.data, level.hits):
            if not level.is_fresh(run.start, run.end):
                continue
            if kind_of(run.payload):
                self._open(run, level.frame(run.start, run.end, name))
            elif (text := _read(run.payload)) is not None:
                texts.append(Rewrite(run.start, run.end, text))
            elif text := _strings(run.payload):
                strings.append(Rewrite(run.start, run.end, text))
        for rewrites, is_plausible in ((texts, True), (strings, False)):
            windows = windows_around(level.data, ((r.start, r.end) for r in rewrites))
            self._keep(level, name, windows, rewrites, suffix="", is_plausible=is_plausible)

    def _open(self, run: Run, frame: Frame) -> None:
        views, undecoded = open_payload(run.payload, frame, self._budget)
        # Pictures and the like inside an archive are decoded: they are just no text.
        self.undecoded += [shut for shut in undecoded if shut.reason is not Shut.BINARY]
        for view in views:
            self._add(view)

    def _join(self, level: _Level) -> None:
        found = _seams(level)
        windows = windows_around(level.data, ((seam.start, seam.end) for seam in found))
        self._keep(level, "concat", windows, found)

    def _read_notebook(self, level: _Level) -> None:
        windows: list[Window] = []
        rewrites: list[Rewrite] = []
        for window, escapes in cells(level.data):
            windows.append(window)
            rewrites += escapes
        self._keep(level, "notebook", windows, rewrites, suffix="py")

    def _keep(  # noqa: PLR0913 - what a view is made of
        self,
        level: _Level,
        name: str,
        windows: Sequence[Window],
        found: Iterable[Rewrite],
        *,
        suffix: str | None = None,
        is_plausible: bool = True,
    ) -> None:
        """Add the view of some rewrites, if there are any, and what it holds in turn."""
        limit = self._budget.limits.rewrites
        rewrites = list(islice(found, limit + 1))
        if not rewrites:
            return
        frame = level.frame(rewrites[0].start, rewrites[-1].end, name)
        if len(rewrites) > limit:
            self.undecoded.append(frame.shut(Shut.LIMIT))
            del rewrites[limit:]
        data, way = rewrite(level.data, windows, rewrites)
        if not self._budget.take_view(len(data)):
            self.undecoded.append(frame.shut(Shut.LIMIT))
            return
        self._add(
            View(
                data=data,
                chain=(*level.chain, name),
                maps=(way, *level.maps),
                suffix=suffix,
                is_rewritten=True,
                is_plausible=is_plausible,
            )
        )

    def _add(self, view: View) -> None:
        self.views.append(view)
        self.expand(view.data, view.maps, view.chain)


class _Level:
    """A text on the way in: its hits, and how to get out."""

    def __init__(
        self, *, data: bytes, hits: _Hits, maps: tuple[SpanMap, ...], chain: tuple[str, ...]
    ) -> None:
        self.data = data
        self.hits = hits
        self.maps = maps
        self.chain = chain

    def is_fresh(self, start: int, end: int) -> bool:
        """Tell whether a span was not in the level above as it is, and tried there."""
        return not self.maps or not self.maps[0].is_unchanged(start, min(end, len(self.data)))

    def fresh(self, ends: Sequence[int]) -> Iterator[int]:
        """Yield the ends of matches near something that the level above did not show."""
        for end in ends:
            if self.is_fresh(max(0, end - _BEFORE), end + _AFTER):
                yield end

    def frame(self, start: int, end: int, name: str) -> Frame:
        """Return the frame of a run."""
        return Frame(start=start, end=end, maps=self.maps, chain=(*self.chain, name))


def _escapes(level: _Level) -> Iterator[tuple[str, list[Window], Iterator[Rewrite]]]:
    """Yield each kind of escapes: its name, the lines that hold any, and what they stand for."""
    for name, kind, decode in _ESCAPES:
        ends = level.fresh(level.hits.get(kind, ()))
        windows = windows_around(level.data, ((end - 1, end) for end in ends))
        yield name, windows, decode(level.data, windows)


def _seams(level: _Level) -> list[Rewrite]:
    """Return the seams of values in pieces that the level above did not show."""
    return [
        seam
        for seam in seams(level.data, level.hits)
        if level.is_fresh(max(0, seam.start - _BEFORE), seam.end + _AFTER)
    ]


def _holds(payload: bytes) -> bool:
    """Tell whether decoded bytes would be opened or read."""
    return bool(kind_of(payload) or _read(payload) is not None or _strings(payload))


def _is_opaque(payload: bytes) -> bool:
    """Tell whether bytes are media or a program; a text may begin with the same letters."""
    head = payload[:_HEADER]
    return head.startswith(OPAQUE_MAGIC) and bool(head.translate(None, _READABLE))


def _read(payload: bytes) -> bytes | None:
    """Return decoded bytes as text; None where they do not read like one."""
    if len(payload) < _MIN_TEXT or _is_opaque(payload):
        return None
    try:
        text, _ = normalise(payload)
    except NotText:
        return None
    text = text.removeprefix(codecs.BOM_UTF8)
    others = len(text.translate(None, _READABLE))
    if others <= (1 - _ASCII_SHARE) * len(text):
        return text
    # Other scripts have no such share; they must be UTF-8 to the last byte, without controls.
    shown = text.decode("utf-8", "ignore").translate(_NO_SPACES)
    if not shown.isprintable():
        return None
    return text if payload.endswith(text) or _is_western(shown) else None


def _is_western(text: str) -> bool:
    """Tell whether a text in another encoding is ASCII but for some letters."""
    odd = [character for character in text if not character.isascii()]
    return len(odd) <= _MOST_LETTERS * len(text) and all(c.isalpha() for c in odd)


def _strings(payload: bytes) -> bytes | None:
    """Return the longer printable runs of decoded bytes that are no text."""
    if _is_opaque(payload):
        return None
    view = printable_view(payload)
    if view is None:
        return None
    runs = [run for run in view.data.split(b"\n") if len(run) >= _MIN_STRING]
    return b"\n".join(runs) or None
