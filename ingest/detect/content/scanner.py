"""The detector of the content family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ingest.detect.content.headers import body_start
from ingest.detect.content.language import LanguageTable
from ingest.detect.content.marks import has_generator_mark, is_minified
from ingest.detect.content.rules import engine_versions, ruleset_digest
from ingest.detect.content.signature import MAX_TEXTS, Signature, sign_all
from ingest.detect.content.statistics import Statistics, measure_all
from ingest.detect.content.words import Joined
from ingest.detect.detector import DetectorConfig
from ingest.domain.finding import Family
from ingest.domain.text import ScanText

_BATCH_BYTES: Final = 512 * 1024


class ContentDetector:
    """Language, marks, statistics and signature of one blob."""

    family = Family.CONTENT

    def __init__(self, config: DetectorConfig) -> None:
        """Load the language tables."""
        self.ruleset_digest = ruleset_digest(config)
        self.versions: Mapping[str, str] = engine_versions()
        self._languages = LanguageTable()

    def scan(self, text: ScanText) -> Mapping[str, object]:
        """Return the content columns; `language` is None where nothing names it."""
        return self.scan_all([text])[0]

    def scan_all(self, texts: Sequence[ScanText]) -> list[Mapping[str, object]]:
        """Return the columns of each text, as `scan` does."""
        found: list[Mapping[str, object]] = []
        for batch in _batches(texts):
            contents = [text.data for text in batch]
            joined = Joined.of(contents)
            signatures = sign_all(joined.without_heads([*map(body_start, contents)]))
            parts = zip(batch, measure_all(contents, joined), signatures, strict=True)
            found += [self._columns(*part) for part in parts]
        return found

    def _columns(
        self, text: ScanText, shape: Statistics, signature: Signature
    ) -> Mapping[str, object]:
        language, source = self._languages.identify(text.suffix, text.data)
        return {
            "language": language,
            "language_source": source,
            "is_generated": has_generator_mark(text.data),
            "is_minified": is_minified(text.data, text.suffix, shape),
            "length_bytes": shape.length_bytes,
            "num_lines": shape.num_lines,
            "avg_line_length": shape.avg_line_length,
            "max_line_length": shape.max_line_length,
            "alphanum_fraction": shape.alphanum_fraction,
            "alpha_fraction": shape.alpha_fraction,
            "num_shingles": signature.num_shingles,
            "minhash": signature.minhash,
            "bands": signature.bands,
        }


def _batches(texts: Sequence[ScanText]) -> Iterator[Sequence[ScanText]]:
    """Cut texts so that the arrays over a batch stay small, a large text by itself."""
    first = size = 0
    for index, text in enumerate(texts):
        if index > first and (size + len(text.data) > _BATCH_BYTES or index - first == MAX_TEXTS):
            yield texts[first:index]
            first, size = index, 0
        size += len(text.data)
    if first < len(texts):
        yield texts[first:]
