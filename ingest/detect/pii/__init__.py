"""Personal data: people's names, addresses, numbers and logins, through Presidio.

Presidio runs with our own registry and no language model, on small windows that a prefilter
chose. What only looks personal is named in ``exclusions.yaml`` and dropped with a reason code.
"""

from __future__ import annotations

from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.detect.pii.rules import ruleset_digest

__all__ = ["build", "ruleset_digest"]


def build(config: DetectorConfig) -> BlobDetector:
    """Return the loaded detector of the family; takes a second or two."""
    from ingest.detect.pii.scanner import PiiDetector  # noqa: PLC0415 - imports Presidio and spaCy

    return PiiDetector(config)
