from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import product

import pytest

from ingest.detect.detector import BatchDetector
from ingest.detect.pii.scanner import PiiDetector
from ingest.domain.finding import Category, Finding
from ingest.domain.text import ScanText

MAIL = "maria.oliveira" + "@" + "harbor-mail.com"
ENCODED = {
    ("base64",): base64.b64encode(f"please write to {MAIL} soon".encode()).decode(),
    ("percent",): "".join(f"%{ord(c):02X}" for c in MAIL),
    ("html",): "".join(f"&#{ord(c)};" for c in MAIL),
    ("concat",): MAIL.replace("@", '" + "@'),
}


@pytest.mark.parametrize("chain", ENCODED)
def test_an_encoded_address_is_found_where_its_encoded_form_stands(
    chain: tuple[str, ...], scan: Callable[..., list[Finding]]
) -> None:
    text = f'x = "{ENCODED[chain]}"\n'
    spans = {
        text[finding.start : finding.end]
        for finding in scan(text)
        if finding.category is Category.EMAIL_ADDRESS and finding.views == chain
    }
    assert spans == {ENCODED[chain]}


def test_many_texts_in_one_call_give_what_each_gives_alone(detector: PiiDetector) -> None:
    lines = [*ENCODED.values(), "", "x = 1\n", f"# by Emily Johnson <{MAIL}>\n", "# 王小明\n"]
    asked = [
        ScanText(blob_id=f"{n:040x}", suffix=suffix, data=f'x = "{line}"\n'.encode())
        for n, (line, suffix) in enumerate(product(lines, ("py", "md")))
    ]
    assert isinstance(detector, BatchDetector)
    found = detector.scan_all(asked)
    assert found == [detector.scan(text) for text in asked]
    assert any(row["findings"] for row in found)
