"""The detectors that exist, as an explicit list.

What ran must be listable and digestible, so nothing is discovered: an installed package cannot
add a detector and change a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import ModuleType

from ingest.detect import confidential, content, licensing, pii, secrets
from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import BLOB_FAMILIES, Family
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText

_FAMILIES: Mapping[Family, ModuleType] = {
    Family.CONTENT: content,
    Family.SECRETS: secrets,
    Family.PII: pii,
    Family.CONFIDENTIAL: confidential,
    Family.LICENSING: licensing,
}


_WARM_UP = tuple(
    ScanText(blob_id="0" * 40, suffix=suffix, data=b"%s\n" % comment)
    for suffix, comment in (
        ("py", b"# Copyright 2001 A B. Written by A B <a.b@c.de>. Licensed under the MIT license."),
        ("c", b"/* Author: A B <a.b@c.de>, see http://u:p@h.de, password = 'x1' */"),
        ("md", b"Call A B: +1 202 555 0100. Apache License, Version 2.0"),
    )
)
"""What makes engines load what they load late: children are forked per batch, and each would load
it again."""


def build_detectors(
    config: DetectorConfig, families: Iterable[Family] = BLOB_FAMILIES
) -> list[BlobDetector]:
    """Return loaded detectors, in the order of the families given. Takes seconds: load once."""
    detectors = [_FAMILIES[family].build(config) for family in families]
    for detector in detectors:
        for text in _WARM_UP:
            detector.scan(text)
    return detectors


def ruleset_digests(config: DetectorConfig) -> dict[Family, str]:
    """Return each blob family's ruleset digest without loading any engine."""
    return {family: _FAMILIES[family].ruleset_digest(config) for family in BLOB_FAMILIES}


def neutral_digests(config: DetectorConfig) -> dict[Family, str]:
    """Return each blob family's ruleset digest as it were without a key, company or terms.

    Rules that are the same in two installations have the same one.
    """
    key = HmacKey(key_id="neutral", material=bytes(32))
    return ruleset_digests(replace(config, key=key, company=CompanyProfile()))
