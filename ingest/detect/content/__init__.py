"""What a file is: language, generated or minified, statistics, and its near-copy signature."""

from __future__ import annotations

from ingest.detect.content.rules import ruleset_digest
from ingest.detect.detector import BlobDetector, DetectorConfig

__all__ = ["build", "ruleset_digest"]


def build(config: DetectorConfig) -> BlobDetector:
    """Return the loaded detector of the family; takes a fraction of a second."""
    from ingest.detect.content.scanner import ContentDetector  # noqa: PLC0415 - loads engines

    return ContentDetector(config)
