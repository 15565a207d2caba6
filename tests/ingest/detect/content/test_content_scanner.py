"""The content family as a detector."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.content import build, ruleset_digest
from ingest.detect.detector import BatchDetector, DetectorConfig
from ingest.domain.artefacts import facts_schema
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText

_CONFIG = DetectorConfig(
    key=HmacKey(key_id="test", material=b"k" * 32), company=CompanyProfile(), cache_dir=Path()
)
_DETECTOR = build(_CONFIG)
_SCAN = {"blob_id": "0" * 40, "suffix": "py", "status": "completed", "reason": ""}


@given(st.text(max_size=300))
def test_every_row_fits_the_schema(text: str) -> None:
    scanned = _DETECTOR.scan(ScanText(blob_id="0" * 40, suffix="py", data=text.encode()))
    table = pa.Table.from_pylist([{**_SCAN, **scanned}], schema=facts_schema(Family.CONTENT))

    assert table.num_rows == 1
    assert set(scanned) | set(_SCAN) == set(table.schema.names)
    assert scanned == _DETECTOR.scan(ScanText(blob_id="1" * 40, suffix="py", data=text.encode()))


def test_the_detector_says_who_it_is() -> None:
    assert _DETECTOR.family is Family.CONTENT
    assert _DETECTOR.ruleset_digest == ruleset_digest(_CONFIG)
    assert {"content", "numpy"} <= _DETECTOR.versions.keys()


@given(st.lists(st.text(alphabet="ab é\r\n\t9_", max_size=60), max_size=6))
def test_many_texts_at_once_give_what_each_gives_alone(contents: list[str]) -> None:
    texts = [
        ScanText(blob_id=f"{n:040x}", suffix="js", data=text.encode())
        for n, text in enumerate(contents)
    ]
    assert isinstance(_DETECTOR, BatchDetector)
    assert _DETECTOR.scan_all(texts) == [_DETECTOR.scan(text) for text in texts]
