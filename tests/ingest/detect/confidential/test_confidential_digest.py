from __future__ import annotations

from dataclasses import replace

from ingest.detect import confidential
from ingest.detect.confidential.detector import ConfidentialDetector
from ingest.detect.detector import DetectorConfig
from ingest.domain.secret import HmacKey


def test_the_digest_is_that_of_the_built_detector(
    confidential_config: DetectorConfig, confidential_detector: ConfidentialDetector
) -> None:
    digest = confidential.ruleset_digest(confidential_config)
    assert digest == confidential_detector.ruleset_digest


def test_the_digest_changes_with_terms_and_key(confidential_config: DetectorConfig) -> None:
    company = replace(confidential_config.company, codenames=("Other",))
    others = (
        replace(confidential_config, company=company),
        replace(confidential_config, key=HmacKey(key_id="test", material=b"j" * 32)),
    )
    digests = {confidential.ruleset_digest(c) for c in (confidential_config, *others)}
    assert len(digests) == 3
