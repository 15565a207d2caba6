"""What can change a fact of the secrets family, without loading an engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ingest.detect.detector import VIEWS_VERSION, DetectorConfig
from ingest.domain.installed import version

ENGINE_FOLDER: Final = "kingfisher"
"""Where, in the directory of compiled rules, those of the engine lie."""
RULES_VERSION: Final = "8"
"""Raise when a rule, filter or bound of this package changes what is found."""

_ENGINES: Final = ("detect-secrets", "hyperscan", "kingfisher-secret-scanner")


def engine_versions(packs: Iterable[Path] = ()) -> dict[str, str]:
    """Return engine name to version; our own rules and each rule pack count as an engine."""
    named = (pack.name.removesuffix(pack.suffix).partition("@") for pack in packs)
    return {
        "shardgate-secrets": RULES_VERSION,
        **{name: version(name) for name in _ENGINES},
        **{f"rules of {name}": number for name, _at, number in named},
    }


def ruleset_digest(config: DetectorConfig) -> str:
    """Return the SHA-256 hex of rules and engines.

    The HMAC key is part of it through its id: identities under two keys cannot be compared.
    """
    parts = {
        "engines": engine_versions(config.rule_packs),
        "key_id": config.key.key_id,
        "views": VIEWS_VERSION,
        # The content too: a pack may be edited, or be somebody's own.
        "packs": [hashlib.sha256(pack.read_bytes()).hexdigest() for pack in config.rule_packs],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
