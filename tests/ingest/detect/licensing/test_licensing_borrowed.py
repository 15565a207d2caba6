"""Foreign parts without a license name, and dedications in few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    "text",
    [
        "# Public domain; do as you like.",
        "# No copyright. Use it however you want, it is in the public domain.",
        "# Feel free to do whatever you want with this.",
    ],
)
def test_a_dedication_in_few_words_is_one(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "permissive"


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("# Copied from https://stackoverflow.com/a/77 with changes", "CC-BY-SA-4.0"),
        ("# (c) 2011 K. Lund. LGPL.", "LGPL-2.0-or-later"),
        ("# snippet, CC BY-SA 2.0", "CC-BY-SA-2.0"),
        ("# Relicensed from LGPL to Apache 2.0 with consent", "Apache-2.0"),
        ("# see https://stackoverflow.com/a/77 for a discussion", None),
    ],
)
def test_a_foreign_part_has_its_license(scan: Scan, text: str, expression: str | None) -> None:
    assert scan(f"{text}\n\nvalue = 3\n".encode())["license_expression"] == expression
