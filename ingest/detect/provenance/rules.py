"""Identity of the provenance rules: what has to change when a fact can change."""

from __future__ import annotations

import hashlib
from typing import Final

from ingest.detect.detector import DetectorConfig

RULES: Final = "provenance-1"
"""Version of our tables and precedence; raise it with every change of a fact."""


def engine_versions() -> dict[str, str]:
    """Return the version of our rules; the family uses no engine."""
    return {"provenance": RULES}


def ruleset_digest(config: DetectorConfig) -> str:
    """Return SHA-256 hex over the rules.

    The company is part of it only through the licensing facts, which carry their own digest.
    """
    del config
    return hashlib.sha256(f"provenance={RULES}".encode()).hexdigest()
