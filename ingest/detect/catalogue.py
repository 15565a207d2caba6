"""The detectors that exist, as an explicit list.

What ran must be listable and digestible, so nothing is discovered: an installed package cannot
add a detector and change a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType

from ingest.detect import confidential, content, licensing, pii, secrets
from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.domain.finding import BLOB_FAMILIES, Family

_FAMILIES: Mapping[Family, ModuleType] = {
    Family.CONTENT: content,
    Family.SECRETS: secrets,
    Family.PII: pii,
    Family.CONFIDENTIAL: confidential,
    Family.LICENSING: licensing,
}


def build_detectors(
    config: DetectorConfig, families: Iterable[Family] = BLOB_FAMILIES
) -> list[BlobDetector]:
    """Return loaded detectors, in the order of the families given. Takes seconds: load once."""
    return [_FAMILIES[family].build(config) for family in families]


def ruleset_digests(config: DetectorConfig) -> dict[Family, str]:
    """Return each blob family's ruleset digest without loading any engine."""
    return {family: _FAMILIES[family].ruleset_digest(config) for family in BLOB_FAMILIES}
