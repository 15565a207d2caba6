"""What stands beside the signs of a region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    "text",
    [
        "# Passwords must not be shared or distributed. See the license server docs.",
        "# confidential containers: a copyright of nobody",
        "# permission is granted if the caller owns the lock",
    ],
)
def test_sentences_about_what_code_does_are_no_notice(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = 3\n".encode())["license_category"] == "none"


def test_a_sale_beside_the_gpl_changes_nothing(scan: Scan) -> None:
    text = "# Licensed under the GPL. Or buy a commercial license from Orla.\n"
    assert scan(text.encode())["license_category"] == "copyleft"
