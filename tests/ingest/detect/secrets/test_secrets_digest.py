from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from ingest.detect import secrets
from ingest.detect.detector import DetectorConfig
from ingest.detect.secrets.detector import SecretsDetector
from ingest.detect.secrets.digest import engine_versions
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey


def test_the_digest_is_that_of_the_built_detector(
    secrets_config: DetectorConfig, secrets_detector: SecretsDetector
) -> None:
    assert secrets.ruleset_digest(secrets_config) == secrets_detector.ruleset_digest


def test_the_digest_changes_with_the_key_and_not_with_the_company(
    secrets_config: DetectorConfig,
) -> None:
    digest = secrets.ruleset_digest(secrets_config)
    other_key = replace(secrets_config, key=HmacKey(key_id="other", material=b"k" * 32))
    other_company = replace(secrets_config, company=CompanyProfile(codenames=("x",)))
    assert secrets.ruleset_digest(other_key) != digest
    assert secrets.ruleset_digest(other_company) == digest


def test_the_digest_needs_no_engine() -> None:
    code = (
        "import sys; from ingest.detect import secrets, confidential;"
        "assert not {'hyperscan', 'kingfisher_sdk', 'detect_secrets'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_digest_changes_with_the_content_of_a_rule_pack_and_its_version_is_told(
    secrets_config: DetectorConfig, tmp_path: Path
) -> None:
    pack = tmp_path / "maker@1.2.yml"
    pack.write_text("rules: []")
    config = replace(secrets_config, rule_packs=(pack,))
    first = secrets.ruleset_digest(config)
    pack.write_text("rules: [ ]")
    assert len({first, secrets.ruleset_digest(config), secrets.ruleset_digest(secrets_config)}) == 3
    assert engine_versions((pack,))["rules of maker"] == "1.2"
