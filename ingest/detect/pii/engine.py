"""Presidio, used narrowly: our registry, no language model, no network, small windows."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final, Self

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from ingest.detect.pii.logins import login_recognizers
from ingest.detect.pii.names import NameJudge
from ingest.detect.pii.numbers import number_recognizers
from ingest.detect.pii.people import ListedPersonRecognizer, MarkedPersonRecognizer
from ingest.detect.pii.rules import THRESHOLDS
from ingest.domain.finding import Category

_LANGUAGE: Final = "en"
_MAX_KNOWN: Final = 4096

MAX_WINDOW_BYTES: Final = 4096
"""Presidio's e-mail pattern takes quadratic time in the length of a run of its characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a recognizer matched, before our own rules have looked at it; spans in bytes."""

    category: Category
    rule: str
    start: int
    end: int


class PresidioEngine:
    """A loaded `AnalyzerEngine` that is asked about one window and explicit entities."""

    def __init__(self, analyzer: AnalyzerEngine) -> None:
        """Take the configured analyzer."""
        self._analyzer = analyzer
        # Headers repeat all over a repository; the memory is bounded and changes no hit.
        self._known: OrderedDict[tuple[Category, bytes], tuple[Hit, ...]] = OrderedDict()

    @classmethod
    def load(cls, judge: NameJudge, internal_suffixes: tuple[str, ...]) -> Self:
        """Build the registry and the analyzer; nothing is read from outside the packages."""
        registry = RecognizerRegistry(
            recognizers=[
                *number_recognizers(internal_suffixes),
                MarkedPersonRecognizer(judge),
                ListedPersonRecognizer(judge),
                *login_recognizers(),
            ],
            supported_languages=[_LANGUAGE],
        )
        for recognizer in registry.recognizers:
            recognizer.score_thresholds = {
                entity: THRESHOLDS[Category(entity)] for entity in recognizer.supported_entities
            }
        nlp_engine = NoOpNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": ""}])
        return cls(
            AnalyzerEngine(
                registry=registry, nlp_engine=nlp_engine, supported_languages=[_LANGUAGE]
            )
        )

    def find(self, data: bytes, start: int, end: int, category: Category) -> list[Hit]:
        """Return hits of one entity in a window of the text, spans in bytes of the text.

        The window is widened to whole characters. Bytes that are no UTF-8 stay countable.

        Raises:
            ValueError: the window is longer than `MAX_WINDOW_BYTES`.
        """
        start, end = whole_characters(data, start, end)
        if end - start > MAX_WINDOW_BYTES:
            raise ValueError("a window is too long for Presidio's patterns")
        window = data[start:end]
        known = self._known.get((category, window))
        if known is None:
            text = window.decode("utf-8", "surrogateescape")
            results = self._analyzer.analyze(text, language=_LANGUAGE, entities=[category.value])
            known = tuple(_to_hit(result, text, category) for result in results)
            self._known[category, window] = known
            if len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return [replace(hit, start=start + hit.start, end=start + hit.end) for hit in known]


def whole_characters(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the span widened so that it cuts no UTF-8 character; at most 3 bytes each side."""
    for _ in range(3):
        if 0 < start < len(data) and data[start] & 0xC0 == 0x80:  # noqa: PLR2004 - continuation
            start -= 1
        if end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - continuation byte
            end += 1
    return start, end


def _to_hit(result: RecognizerResult, text: str, category: Category) -> Hit:
    start = _byte_length(text[: result.start])
    return Hit(
        category=category,
        rule=result.recognition_metadata[RecognizerResult.RECOGNIZER_NAME_KEY],
        start=start,
        end=start + _byte_length(text[result.start : result.end]),
    )


def _byte_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
