"""Licenses, restrictions and copyright holders that one file names."""

from __future__ import annotations

from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.detect.licensing.rules import ruleset_digest

__all__ = ["build", "ruleset_digest"]


def build(config: DetectorConfig) -> BlobDetector:
    """Return the loaded detector of the family; takes half a second."""
    from ingest.detect.licensing.scanner import LicensingDetector  # noqa: PLC0415 - loads engines

    return LicensingDetector(config)
