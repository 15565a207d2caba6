"""Identity of the licensing rules: what has to change when a fact can change."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from ingest.detect.detector import DetectorConfig
from ingest.domain.installed import version

RULES: Final = "licensing-10"
"""Version of our own tables and thresholds; raise it with every change of a fact."""
ENGINES: Final = ("hyperscan", "license-expression", "licenseclassifier")


def engine_versions() -> dict[str, str]:
    """Return the version of our rules and of each engine package."""
    return {"licensing": RULES, **{name: version(name) for name in ENGINES}}


def ruleset_digest(config: DetectorConfig) -> str:
    """Return SHA-256 hex over rules, engine versions, key and company names; loads no engine.

    The names enter keyed, since ruleset digests leave the house.
    """
    names = json.dumps(sorted(config.company.names)).encode()
    lines = [f"{name}={value}" for name, value in sorted(engine_versions().items())]
    lines.append(config.key.digest("licensing-names", names))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
