"""Identity of the content rules: what has to change when a fact can change."""

from __future__ import annotations

import hashlib
from typing import Final

from ingest.detect.detector import DetectorConfig
from ingest.domain.installed import version

RULES: Final = "content-3"
"""Version of our own tables and thresholds; raise it with every change of a fact."""
ENGINES: Final = ("numpy", "pygments")


def engine_versions() -> dict[str, str]:
    """Return the version of our rules and of each engine package."""
    return {"content": RULES, **{name: version(name) for name in ENGINES}}


def ruleset_digest(config: DetectorConfig) -> str:
    """Return SHA-256 hex over rules and engine versions; loads no engine.

    Facts of this family depend on neither the key nor the company.
    """
    del config
    text = "\n".join(f"{name}={value}" for name, value in sorted(engine_versions().items()))
    return hashlib.sha256(text.encode()).hexdigest()
