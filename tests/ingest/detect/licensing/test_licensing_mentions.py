"""Licenses that are talked about, listed or handled as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

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
        "# WITHOUT ANY WARRANTY. See the GNU General Public License for details.",
    ],
)
def test_what_is_declared_is_no_mention(scan: Scan, text: str) -> None:
    assert scan(text.encode())["license_category"] == "copyleft"


def test_a_tag_in_backticks_is_an_example(scan: Scan) -> None:
    tag = "SPDX-License-" + "Identifier: GPL-3.0-only"
    assert scan(f"Begin with `{tag}` and save.\n".encode(), "md")["license_category"] == "none"
    assert scan(f"# {tag}\n".encode())["license_category"] == "copyleft"
