"""Short refusals in English, and what code says in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]
HELD = ("unknown", "proprietary")


@pytest.mark.parametrize(
    "text",
    [
        "# Strictly for staff of Norden Bank.",
        "# Please do not share this file outside the company.",
        "# This code is covered by a mutual NDA with Tarn Ltd.",
        "// Not for redistribution.",
        "/* This theme is licensed per site. You need to buy another copy for each site. */",
        "# Personal use is free, companies pay.",
        "# Source may be viewed but not used.",
        "# Look but do not touch: no reuse.",
        "# This plugin is paid software. Sharing it is piracy.",
        "# UNCLASSIFIED//FOR OFFICIAL USE ONLY",
        "# Distribution limited to U.S. Government agencies.",
        (
            "# WARNING - This document contains technical data whose export is "
            "restricted by the Arms Export Control Act"
        ),
        "# Pro feature, requires an Enterprise license. See ee/LICENSE.",
        "# Not open source. Ask the author.",
        "# Proprietary to Hollis Ltd.",
        "# Licensed exclusively to Customer 4711.",
        "# May only be used by licensed customers of Dorn.",
        "# This software may be used only at the site it was bought for.",
        "# Delivered under license agreement 22-17; all copies to be returned.",
    ],
)
def test_a_refusal_at_the_top_of_a_file_holds(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] in HELD


@pytest.mark.parametrize(
    "text",
    [
        "# Do not share the cursor between threads.",
        "# Not for the faint of heart; do not copy values by reference.",
        "# Passed on to the next handler. Valid until the cache is flushed.",
        "# Free for reuse by the allocator.",
        "# Only for members of this struct; customers only see the total.",
        "# Requires a valid subscription id in the request.",
        "# You must pay attention to the order of arguments.",
        "# The token expires; the license plate is read by the camera.",
        "# Returns the distribution of samples. Do not publish before commit().",
        "# Export controlled by the --export flag.",
        "# See https://stackoverflow.com/a/99182 for why this is slow.",
        "# Internal use only methods start with an underscore.\n# See the docs.",
    ],
)
def test_sentences_about_code_refuse_nothing(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "none"


@pytest.mark.parametrize(
    "text",
    [
        "// MIT license. A bank with more than 50 branches requires a commercial license.",
        "# Licensed under Apache-2.0; resellers must obtain a commercial license from Orvik AS.",
        "/* Under the ISC license, but hosting firms need a paid licence from us. */",
    ],
)
def test_who_needs_another_license_takes_the_named_one_back(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] in HELD


def test_software_that_needs_a_license_of_its_own_takes_nothing_back(scan: Scan) -> None:
    text = b"# MIT license\n\n# The plotter needs a license key and a paid account.\nx = 1\n"
    assert scan(text)["license_category"] == "permissive"


def test_a_refusal_above_a_grant_governs(scan: Scan, mit: bytes) -> None:
    commented = b"".join(b"# " + line + b"\n" for line in mit.splitlines())
    assert scan(b"# For use by consortium members only.\n" + commented)["license_category"] in HELD
    assert scan(commented)["license_category"] == "permissive"


@pytest.mark.parametrize(
    "term",
    [
        "Running the Software as a managed service for others needs a contract.",
        "This permission lapses on 1 May 2026.",
        "You have to pay the authors for use in products.",
        "The Software may be used only with processors of Brandt Ltd.",
    ],
)
def test_a_term_after_a_whole_permissive_text_is_part_of_it(
    scan: Scan, mit: bytes, term: str
) -> None:
    lines = [*mit.splitlines(), b"", term.encode()]
    commented = b"".join(b"# " + line + b"\n" for line in lines)
    assert scan(commented + b"\nvalue = 3\n")["license_category"] in HELD
