from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.detect import pii
from ingest.detect.detector import DetectorConfig, findings_of
from ingest.detect.pii.model import MODEL, model_version
from ingest.domain.finding import Confidence
from ingest.domain.text import ScanText
from ingest.errors import ConfigurationError


def is_installed() -> bool:
    try:
        model_version()
    except ConfigurationError:
        return False
    return True


@pytest.mark.skipif(is_installed(), reason="the model is installed")
def test_a_missing_model_is_a_mistake_in_the_configuration(config: DetectorConfig) -> None:
    with pytest.raises(ConfigurationError, match="ner"):
        pii.ruleset_digest(replace(config, ner=True))


@pytest.mark.skipif(not is_installed(), reason="needs requirements/ner.txt")
def test_what_only_the_model_finds_has_low_confidence(config: DetectorConfig) -> None:
    asked = pii.build(replace(config, ner=True))
    assert MODEL in asked.versions
    assert asked.ruleset_digest != pii.ruleset_digest(config)
    text = ScanText(
        blob_id="0" * 40, suffix="md", data=b"We had dinner with Emily Zzquendrel yesterday.\n"
    )
    (finding,) = findings_of(asked, text)
    assert finding.rule_id in {"pii.person.ner", "pii.person.hinted"}
    assert (finding.evidence == "ner") is (finding.confidence is Confidence.LOW)


def test_the_model_is_off_by_default(config: DetectorConfig) -> None:
    assert not config.ner
    assert MODEL not in pii.build(config).versions
