from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.detect import confidential
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Finding
from ingest.domain.text import ScanText
from ingest.errors import ConfigurationError

ScanConfidential = Callable[..., list[Finding]]

PIECES = (
    "BlueFalcon",
    "zephyr",
    "10.1.2.3",
    "https://wiki.corp/",
    "PAY-12",
    "jroe",
    "Initech",
    "é",
    "_",
    " ",
    "\n",
    "x",
    '"',
)
blobs = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=15).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=blobs)
def test_spans_lie_inside_the_blob_and_repeat_whatever_came_before(
    text: str, scan_confidential: ScanConfidential
) -> None:
    data = text.encode("utf-8", "ignore")
    first = scan_confidential(data)
    scan_confidential("zephyr at 10.9.8.7")
    assert scan_confidential(data) == first
    assert all(0 <= f.start < f.end <= len(data) for f in first)
    assert all(f.line == data.count(b"\n", 0, f.start) + 1 for f in first)


def test_nothing_of_a_row_holds_a_value(scan_confidential: ScanConfidential) -> None:
    values = ("BlueFalcon", "zephyr", "10.11.12.13", "wiki-7.corp", "PAY-1234", "jroe", "Initech")
    found = scan_confidential("\n".join(f'"{v}"' for v in values))
    shown = repr(found) + json.dumps([asdict(f) for f in found])
    assert len(found) == len(values)
    assert not [v for v in values if v.lower() in shown.lower()]


def test_the_detector_works_after_a_fork(scan_confidential: ScanConfidential) -> None:
    expected = scan_confidential("zephyr 10.1.2.3")
    child = os.fork()
    if child == 0:
        os._exit(0 if scan_confidential("zephyr 10.1.2.3") == expected else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_company_without_terms_is_scanned_for_shapes(
    confidential_config: DetectorConfig, tmp_path: Path
) -> None:
    config = replace(confidential_config, company=CompanyProfile(), cache_dir=tmp_path)
    row = confidential.build(config).scan(
        ScanText(blob_id="0" * 40, suffix="", data=b"zephyr at https://wiki.corp/")
    )
    assert len(row["findings"]) == 1  # type: ignore[arg-type]


def test_an_impossible_term_is_refused_without_naming_it(
    confidential_config: DetectorConfig, tmp_path: Path
) -> None:
    company = CompanyProfile(codenames=("q" * 20_000,))
    config = replace(confidential_config, company=company, cache_dir=tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        confidential.build(config)
    assert "qqq" not in str(caught.value)
