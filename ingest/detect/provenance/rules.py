"""Identity of the provenance rules: what has to change when a fact can change."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from ingest.detect.detector import DetectorConfig

RULES: Final = "provenance-3"
"""Version of our tables and precedence; raise it with every change of a fact."""


def engine_versions() -> dict[str, str]:
    """Return the version of our rules; the family uses no engine."""
    return {"provenance": RULES}


def ruleset_digest(config: DetectorConfig, known_content: str = "") -> str:
    """Return SHA-256 hex over the rules, the list of known content and the company's terms.

    `known_content` is the digest of the list, see `digest_known_content`. Names tell holders
    apart, domains authors; they enter keyed, since ruleset digests leave the house.
    """
    company = json.dumps([sorted(config.company.names), sorted(config.company.domains)])
    lines = [
        f"provenance={RULES}",
        f"known={known_content}",
        config.key.digest("provenance-company", company.encode()),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
