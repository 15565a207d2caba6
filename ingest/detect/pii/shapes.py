"""Recognizers for Presidio whose spans can also be had without Presidio's bookkeeping.

`AnalyzerEngine.analyze` takes about a millisecond for any window (it copies results, looks for
context lemmas that no model made, and compares every result with every other). So a recognizer of
ours yields plain spans, and wraps them for Presidio where Presidio asks; the engine's own way and
Presidio's give the same hits, and a test holds that.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from ingest.domain.finding import Category

Chars = tuple[int, int]
"""First character, and one past the last."""


class SpanRecognizer(LocalRecognizer):
    """Finds one type of entity by one rule, always with the same score."""

    category: ClassVar[Category]
    name: str

    def __init__(self, rule: str, *, score: float, category: Category | None = None) -> None:
        """Take the rule id and the score, 0 to 1; of two hits on one value the better stays.

        Scores of rules for one type all differ: of two equals Presidio would keep either.
        """
        self.score = score
        self.entity = category or self.category
        super().__init__(supported_entities=[self.entity.value], name=rule)

    def load(self) -> None:
        """Do nothing: everything is in the constructor."""

    @abstractmethod
    def spans(self, text: str) -> Iterable[Chars]:
        """Yield the spans of matched values, in characters."""

    def analyze(
        self,
        text: str,
        entities: list[str],  # noqa: ARG002 - Presidio's interface
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - Presidio's interface
    ) -> list[RecognizerResult]:
        """Return the spans as Presidio wants them."""
        return [
            RecognizerResult(
                entity_type=self.entity.value,
                start=start,
                end=end,
                score=self.score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                },
            )
            for start, end in sorted(set(self.spans(text)))
        ]


def outermost(spans: Iterable[Chars]) -> list[Chars]:
    """Return the spans that no other span holds, sorted; equal spans once."""
    kept: list[Chars] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept
