"""The detector of the content family."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.detect.content.language import LanguageTable
from ingest.detect.content.marks import has_generator_mark, is_minified
from ingest.detect.content.rules import engine_versions, ruleset_digest
from ingest.detect.content.signature import sign
from ingest.detect.content.statistics import measure
from ingest.detect.detector import DetectorConfig
from ingest.domain.finding import Family
from ingest.domain.text import ScanText


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
        shape = measure(text.data)
        signature = sign(text.data)
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
