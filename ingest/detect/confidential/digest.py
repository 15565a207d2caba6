"""What can change a fact of the confidential family, without loading the engine."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from ingest.detect.detector import VIEWS_VERSION, DetectorConfig
from ingest.domain.installed import version

RULES_VERSION: Final = "2"
"""Raise when a rule, context or exception of this package changes what is found."""


def engine_versions() -> dict[str, str]:
    """Return engine name to version; our own rules count as an engine."""
    return {"shardgate-confidential": RULES_VERSION, "hyperscan": version("hyperscan")}


def ruleset_digest(config: DetectorConfig) -> str:
    """Return the SHA-256 hex of rules, engine and, keyed, the company's terms."""
    parts = {
        "engines": engine_versions(),
        "key_id": config.key.key_id,
        "views": VIEWS_VERSION,
        "company": config.company.digest(config.key),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
