"""Secrets: provider tokens, private keys, credentials in URIs, passwords, random-looking values.

Three engines look at every blob, and what any of them finds counts: Kingfisher's rules over the
bytes, detect-secrets' plugins on the lines a prefilter picks, and a rule of our own for values
without quotes. No engine is given a path, may call out, or obeys a repository's allow marker.
"""

from __future__ import annotations

from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.detect.secrets.digest import ruleset_digest

__all__ = ["build", "ruleset_digest"]


def build(config: DetectorConfig) -> BlobDetector:
    """Return the loaded detector; takes seconds without a warm cache.

    Raises:
        ConfigurationError: an engine refuses its rules.
    """
    # The engines are heavy and the digest is wanted without them.
    from ingest.detect.secrets.detector import SecretsDetector  # noqa: PLC0415

    return SecretsDetector(config)
