"""License fields of formats that have no reader of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    ("text", "suffix", "category"),
    [
        ('MODULE_LICENSE("Proprietary");\n', "c", "proprietary"),
        ("  license = lib.licenses.unfreeRedistributable;\n", "nix", "proprietary"),
        ('LICENSE = "CLOSED"\n', "bb", "proprietary"),
        ("---\nlicense: other\n---\n# Weights\n", "md", "unknown"),
        ('__license__ = "Apache-2.0 for students"\n', "py", "unknown"),
        ("name: b\nlicense:\n  - AGPL-3.0-only\n", "yml", "copyleft"),
        ('  [licenses: ["ISC"], links: %{}]\n', "exs", "permissive"),
        ('find(license="proprietary")\n', "py", "none"),
        ("license = other.license\n", "py", "none"),
        ('license_key = "closed"\n', "py", "none"),
    ],
)
def test_a_field_is_read(scan: Scan, text: str, suffix: str, category: str) -> None:
    assert scan(text.encode(), suffix)["license_category"] == category
