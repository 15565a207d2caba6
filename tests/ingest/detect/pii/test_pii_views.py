from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from ingest.domain.finding import Category, Finding

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
