"""Presidio, used narrowly: our registry, no language model, no network, small windows."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from ingest.detect.pii.rules import THRESHOLDS
from ingest.detect.pii.shapes import Chars, SpanRecognizer, outermost
from ingest.domain.finding import Category

_LANGUAGE: Final = "en"
_MAX_KNOWN: Final = 4096

MAX_WINDOW_BYTES: Final = 4096
"""Bounds what any one pattern has to read at a time."""


class Hit(NamedTuple):
    """What a recognizer matched, before our own rules have looked at it; spans in bytes."""

    category: Category
    rule: str
    start: int
    end: int


class PresidioEngine:
    """A registry of recognizers that is asked about one window and one entity.

    `find` asks the recognizers themselves; `analyze` asks Presidio's `AnalyzerEngine` over the same
    registry. Both give the same hits.
    """

    def __init__(self, recognizers: Sequence[SpanRecognizer]) -> None:
        """Build the registry and the analyzer; nothing is read from outside the packages."""
        for recognizer in recognizers:
            recognizer.score_thresholds = {recognizer.entity.value: THRESHOLDS[recognizer.entity]}
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(
                recognizers=list(recognizers), supported_languages=[_LANGUAGE]
            ),
            nlp_engine=NoOpNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": ""}]),
            supported_languages=[_LANGUAGE],
        )
        self._recognizers: dict[Category, list[SpanRecognizer]] = defaultdict(list)
        for recognizer in sorted(recognizers, key=lambda each: -each.score):
            if recognizer.score >= THRESHOLDS[recognizer.entity]:
                self._recognizers[recognizer.entity].append(recognizer)
        # Headers repeat all over a repository; the memory is bounded and changes no hit.
        self._known: OrderedDict[tuple[Category, bytes], tuple[Hit, ...]] = OrderedDict()

    @property
    def entities(self) -> set[str]:
        """Return every entity that the analyzer knows."""
        return set(self._analyzer.get_supported_entities(_LANGUAGE))

    def find(self, data: bytes, start: int, end: int, category: Category) -> list[Hit]:
        """Return hits of one entity in a window of the text, spans in bytes of the text.

        The window is widened to whole characters. Bytes that are no UTF-8 stay countable.

        Raises:
            ValueError: the window is longer than `MAX_WINDOW_BYTES`.
        """
        start, end = whole_characters(data, start, end)
        if end - start > MAX_WINDOW_BYTES:
            raise ValueError("a window is too long for the patterns")
        window = data[start:end]
        known = self._known.get((category, window))
        if known is None:
            text = window.decode("utf-8", "surrogateescape")
            known = tuple(_to_bytes(text, self._spans(text, category), category))
            self._known[category, window] = known
            if len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return [Hit(hit[0], hit[1], start + hit[2], start + hit[3]) for hit in known]

    def find_in_all(self, data: bytes, category: Category) -> list[Hit]:
        """Return the hits of one entity in a whole text of any length, without any window.

        This is what the funnel must not lose; it is slow, and only tests ask.
        """
        text = data.decode("utf-8", "surrogateescape")
        return list(_to_bytes(text, self._spans(text, category), category))

    def analyze(self, data: bytes, category: Category) -> list[Hit]:
        """Return what `find` returns of a whole short text, by way of `AnalyzerEngine`."""
        text = data.decode("utf-8", "surrogateescape")
        results = self._analyzer.analyze(text, language=_LANGUAGE, entities=[category.value])
        key = RecognizerResult.RECOGNIZER_NAME_KEY
        spans = [(r.start, r.end, r.recognition_metadata[key]) for r in results]
        return list(_to_bytes(text, spans, category))

    def _spans(self, text: str, category: Category) -> list[tuple[int, int, str]]:
        """Return (start, end, rule) of every span that no span of a better rule holds."""
        found: list[tuple[int, int, str]] = []
        better: list[list[Chars]] = []
        for recognizer in self._recognizers[category]:
            spans = outermost(recognizer.spans(text))
            found += [(*s, recognizer.name) for s in spans if not any(_holds(b, s) for b in better)]
            better.append(spans)
        return found


def _holds(spans: list[Chars], span: Chars) -> bool:
    """Tell whether one of the spans, none of which holds another, holds this one."""
    index = bisect_right(spans, (span[0], 1 << 60)) - 1
    return index >= 0 and span[1] <= spans[index][1]


def whole_characters(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the span widened so that it cuts no UTF-8 character; at most 3 bytes each side."""
    for _ in range(3):
        if 0 < start < len(data) and data[start] & 0xC0 == 0x80:  # noqa: PLR2004 - continuation
            start -= 1
        if end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - continuation byte
            end += 1
    return start, end


def _to_bytes(
    text: str, spans: Iterable[tuple[int, int, str]], category: Category
) -> Iterator[Hit]:
    """Yield hits for spans in characters, sorted."""
    ordered = sorted(spans)
    if text.isascii():
        yield from (Hit(category, rule, start, end) for start, end, rule in ordered)
        return
    chars = size = 0
    for start, end, rule in ordered:
        size += _byte_length(text[chars:start])
        chars = start
        yield Hit(category, rule, size, size + _byte_length(text[start:end]))


def _byte_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
