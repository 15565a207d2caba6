"""What can change a fact of the secrets family, without loading an engine."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import Final

from ingest.detect.detector import DetectorConfig

RULES_VERSION: Final = "1"
"""Raise when a rule, filter or bound of this package changes what is found."""

_ENGINES: Final = ("detect-secrets", "hyperscan", "kingfisher-secret-scanner")


def engine_versions() -> dict[str, str]:
    """Return engine name to version; our own rules count as an engine."""
    return {"shardgate-secrets": RULES_VERSION, **{name: version(name) for name in _ENGINES}}


def ruleset_digest(config: DetectorConfig) -> str:
    """Return the SHA-256 hex of rules and engines.

    The HMAC key is part of it through its id: identities under two keys cannot be compared.
    """
    parts = {"engines": engine_versions(), "key_id": config.key.key_id}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
