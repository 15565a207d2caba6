"""Licenses that are talked about, listed or handled as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

TAG = "SPDX-License-" + "Identifier:"
Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    "text",
    [
        'x = ["GPL-2.0", "MIT"]',
        'raise ValueError("GPL licensed packages are not allowed")',
        "# We compared the AGPL with the SSPL in the talk.",
        '# parse "License: GPL" lines of the control file',
        'log.info("subject to the license agreement")',
        'fetch(pkg, license="gpl2")',
        "# | left | GPL-3.0 | shell |",
        "# - talk about the GPL",
        'NAMES = """\nMIT\nGPL-3.0\nISC\nAGPL-3.0\n"""',
        'NAMES = {\n    "GPL-2.0": "GNU General Public License v2.0",\n}',
        'NAMES = [\n    "GNU General Public License v2.0",\n]',
        'assert "GNU General Public License" in header',
        'return "GNU General Public License"',
        'GNU = re.compile(r"GNU\\s+General Public License")',
        "# Parses an SPDX expression, e.g. `MIT OR Apache-2.0` or\n# `GPL-2.0-only WITH X`.",
        "# checks the header of each file, e.g. GPL-2.0-only",
        "# Tell whether the file is under the GPL.",
        "# Returns true for copyleft (GPL, AGPL, LGPL).",
        "# Please do not paste code from Stack Overflow or from GPL projects.",
        '  { value: "gpl-3.0", label: "GNU GPL v3" },',
        "# Check the trial license keys of customers.",
        "denied_licenses: [GPL-3.0-only, AGPL-3.0-only]",
        "      - run: licensee detect --license GPL-3.0",
        "# Check a license first. MIT and GPL are fine, AGPL needs approval by legal.",
        "enum class Level { PUBLIC, INTERNAL, CONFIDENTIAL, PROPRIETARY }",
        'string Head(string y) => $"// {y}\\n// Licensed under the GPL License";',
        "<option>CC BY-NC 4.0</option><option>All rights reserved</option>",
        f'assert tag("// {TAG} GPL-2.0-only") == 1',
        f'CASES = ["# {TAG} GPL-3.0-only", "x"]',
        f'grep -L "{TAG} GPL-2.0-only" src/*.c',
        "# An evaluation license is valid for 30 days.",
        "# Opens the EULA dialog on first start.",
        "# Unauthorized access is logged and returns 401.",
        "# all rights reserved for admins go through here",
        "# The license key; confidential terms never leave this module.",
    ],
)
def test_what_is_talked_about_puts_no_file_under_it(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n\nvalue = compute(3)\n".encode())["license_category"] == "none"


@pytest.mark.parametrize(
    "text",
    [
        '__license__ = "GPL"',
        'setup(name="x", license="GPL-2.0")',
        "# License: GPL",
        "# GPLv3",
        "# x.pl (c) 1999 R. Tanguay -- GPL",
        "# by R. Tanguay, GPL'ed",
        "# under the GNU license",
        "# licensed under `GPL-2.0-only`",
        '"License :: OSI Approved :: GNU General Public License v3 (GPLv3)",',
        "# released under the terms of the <abbr title='GNU GPL'>GPL</abbr> version 2",
        "# WITHOUT ANY WARRANTY. See the GNU General Public License for details.",
    ],
)
def test_what_is_declared_is_no_mention(scan: Scan, text: str) -> None:
    assert scan(text.encode())["license_category"] == "copyleft"


def test_the_heading_of_a_dialog_is_no_license(scan: Scan) -> None:
    heading = b"<h2>License agreement</h2>\n<p>Please read it and press Accept.</p>\n"
    binding = b"// By using this software you accept the license agreement of Quell.\n"

    assert scan(heading, "tsx")["license_category"] == "none"
    assert scan(binding, "ts")["license_category"] == "unknown"


def test_a_tag_in_backticks_is_an_example(scan: Scan) -> None:
    tag = "SPDX-License-" + "Identifier: GPL-3.0-only"
    assert scan(f"Begin with `{tag}` and save.\n".encode(), "md")["license_category"] == "none"
    assert scan(f"# {tag}\n".encode())["license_category"] == "copyleft"


@pytest.mark.parametrize(
    "text",
    [
        '{"dependencies": [{"name": "left", "license": "GPL-3.0"}]}',
        '{"packages": {\n "node_modules/a": {\n  "version": "1",\n  "license": "GPL-3.0"\n }\n}}',
    ],
)
def test_the_licenses_of_listed_packages_are_theirs(scan: Scan, text: str) -> None:
    assert scan(text.encode(), "json")["license_category"] == "none"


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "x", "license": "GPL-3.0"}',
        '{"info": {"title": "x", "license": "GPL-3.0"}, "packages": {}}',
        '{"packages": {"a": 1}, "license": "GPL-3.0"}',
    ],
)
def test_the_license_of_a_document_is_its_own(scan: Scan, text: str) -> None:
    assert scan(text.encode(), "json")["license_category"] == "copyleft"
