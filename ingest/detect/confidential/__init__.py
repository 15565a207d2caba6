"""Confidential identifiers: internal hosts and addresses, tickets, and the company's own terms.

Everything here is configured by the company profile; nothing is learned. A hit may hold back a
whole file, so each rule asks for a context in which the text can mean what it looks like.
"""

from __future__ import annotations

from ingest.detect.confidential.digest import ruleset_digest
from ingest.detect.detector import BlobDetector, DetectorConfig

__all__ = ["build", "ruleset_digest"]


def build(config: DetectorConfig) -> BlobDetector:
    """Return the loaded detector; 100,000 terms compile in a few seconds without a warm cache.

    Raises:
        ConfigurationError: a term or suffix cannot be compiled.
    """
    # The pattern engine is heavy and the digest is wanted without it.
    from ingest.detect.confidential.detector import ConfidentialDetector  # noqa: PLC0415

    return ConfidentialDetector(config)
