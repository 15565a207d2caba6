"""Notices that leave the license to something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    "text",
    [
        b"# See the LICENSE file for details.\n",
        b"# This file is distributed under the same license as the widget package.\n",
        b"# Use of this source is governed by a license that is in the LICENSE file.\n",
        b"# This product is used under license.\n",
    ],
)
def test_a_reference_is_a_fact_and_no_license(scan: Scan, text: bytes) -> None:
    row = scan(text + b"x = 1\n")

    assert row["license_category"] == "none"
    assert [sign["kind"] for sign in row["evidence"]] == ["reference"]


def test_a_name_beside_a_reference_is_the_answer(scan: Scan) -> None:
    row = scan(b"# Licensed under the MIT license, see the LICENSE file.\nx = 1\n")

    assert row["license_expression"] == "MIT"
    assert "reference" not in {sign["kind"] for sign in row["evidence"]}


def test_a_license_file_of_its_own_in_a_directory_leaves_doubt(scan: Scan) -> None:
    text = b"# Code outside ee/ is under the MIT license. The rest is licensed under the license"

    assert scan(text + b" defined in ee/LICENSE.\n")["license_category"] == "unknown"


def test_an_unknown_license_is_no_reference(scan: Scan) -> None:
    assert scan(b"# available under the same license as Frobnicator\n")["license_category"] == (
        "unknown"
    )
