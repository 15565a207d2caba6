"""Names of licenses whose own sentence takes back that they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ingest.detect.licensing.qualifiers import is_narrowed

Scan = Callable[..., Mapping[str, Any]]
HELD = ("unknown", "proprietary")


@pytest.mark.parametrize(
    "text",
    [
        "# Licensed under the BSD 3-Clause License for non-profit institutions.",
        "// Apache 2.0, for partners of Quell GmbH only",
        "# ISC license, unless you work for a bank.",
        "/* MIT License -- excluding military users */",
        "# zlib license (students and teachers)",
        "# Released under the MIT license for use by hobbyists.",
        "-- This script is MIT licensed, but not for resellers.",
        "# This module is neither MIT nor BSD licensed; ask Karla.",
        "# The Apache License covers the headers only; this source is closed.",
        "/* Company internal.\n * Derived from code under the BSD license. */",
        "# Licensed under the MIT license.\n# After 1 March 2023 this permission lapses.",
        (
            "# Licensed under the MIT license.\n"
            "# Operators of cloud platforms need a contract with us."
        ),
        "# Licensed under the MIT license.\n# Runs and may run solely on Brandt controllers.",
        (
            "# Licensed under the Apache License, Version 2.0.\n"
            "# Redistribution outside of the consortium is not foreseen."
        ),
        "# License: MIT (evaluation)",
    ],
)
def test_a_name_with_a_qualifier_is_not_the_plain_license(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] in HELD


@pytest.mark.parametrize(
    "text",
    [
        "# Licensed under the MIT license, unless otherwise stated.",
        "# Licensed under the MIT license only.",
        "# Licensed under the Apache License 2.0 to the users.",
        "// Licensed under the MIT license. Tests need a GPU and run only on Linux.",
        "# Released under the MIT license for everyone.",
        "# Released under the BSD license. Internal helpers live in util.py.",
        "# MIT License. Permission to use is not restricted to students or schools.",
        "# Licensed under the MIT license. The cache expires after an hour.",
        "# Released under the MIT license. See the examples for use in the classroom.",
    ],
)
def test_a_customary_remark_takes_nothing_back(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "permissive"


@pytest.mark.parametrize(
    ("value", "narrowed"),
    [
        ("MIT for members of the guild", True),
        ("Apache-2.0 (evaluation)", True),
        ("BSD, commercial use excepted", True),
        ("Apache License, Version 2.0", False),
        ("BSD 3-Clause License", False),
        ("GPL-2.0-only", False),
        ("SIL Open Font License 1.1", False),
        ("MIT No Attribution", False),
    ],
)
def test_free_text_that_says_whom_or_what_for_is_narrowed(value: str, narrowed: bool) -> None:  # noqa: FBT001
    assert is_narrowed(value) is narrowed


def test_an_exception_that_nobody_knows_is_not_the_base_license(scan: Scan) -> None:
    tag = "SPDX-License-" + "Identifier: "
    assert scan(f"# {tag}MIT WITH Extra-Clause\n".encode())["license_category"] == "unknown"
    known = f"# {tag}GPL-2.0-only WITH Classpath-exception-2.0\n"
    assert scan(known.encode())["license_category"] in {"weak_copyleft", "copyleft"}
