"""What the family looks for, and the digest of everything that can change its facts."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from typing import Final

from ingest.detect.detector import VIEWS_VERSION, DetectorConfig
from ingest.detect.pii.model import MODEL, model_version
from ingest.domain.finding import NATIONAL_IDS, Category
from ingest.domain.installed import version

RULES_VERSION: Final = "9"
"""Raised with every change of a pattern, threshold or acceptance rule of this package."""

ENGINES: Final = (
    "presidio-analyzer",
    "phonenumbers",
    "tldextract",
    "Faker",
    "names",
    "hyperscan",
    "tree-sitter",
    "tree-sitter-language-pack",
)
"""Distributions whose version can change a fact; Faker and tldextract bring the lists."""

THRESHOLDS: Final[dict[Category, float]] = {
    Category.EMAIL_ADDRESS: 0.5,
    Category.CREDIT_CARD: 0.3,
    Category.IBAN_CODE: 0.5,
    Category.US_SSN: 0.5,
    # Presidio scores every phone number 0.4, so one threshold of 0.5 for all would lose them
    Category.PHONE_NUMBER: 0.4,
    Category.IP_ADDRESS: 0.6,
    Category.PERSON: 0.5,
    Category.USERNAME: 0.5,
    **dict.fromkeys(NATIONAL_IDS, 0.5),
}
"""Least Presidio score by entity, 0 to 1; its keys are all entities that Presidio is asked for."""


def engine_versions(*, ner: bool = False) -> dict[str, str]:
    """Return distribution name to installed version; with `ner` that of the model too.

    Raises:
        ConfigurationError: the model is asked for and not installed.
    """
    versions = {name.lower(): version(name) for name in ENGINES}
    return versions | {MODEL: model_version()} if ner else versions


def read_exclusions() -> bytes:
    """Return the packaged list of what is not personal."""
    return resources.files(__package__).joinpath("exclusions.yaml").read_bytes()


def read_names() -> bytes:
    """Return the packaged list of names that the lists of other distributions lack."""
    return resources.files(__package__).joinpath("more_names.yaml").read_bytes()


def ruleset_digest(config: DetectorConfig) -> str:
    """Return SHA-256 hex over rules, lists, engine versions and the company's mail suffixes.

    The suffixes enter keyed: the digest stands in manifests that outsiders read.
    """
    suffixes = json.dumps(sorted(config.company.internal_suffixes)).encode()
    parts = {
        "rules": RULES_VERSION,
        "views": VIEWS_VERSION,
        "thresholds": {category.value: score for category, score in THRESHOLDS.items()},
        "engines": engine_versions(ner=config.ner),
        "exclusions": hashlib.sha256(read_exclusions()).hexdigest(),
        "names": hashlib.sha256(read_names()).hexdigest(),
        "suffixes": config.key.digest("pii-suffixes", suffixes),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
