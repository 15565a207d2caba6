"""How people word notices in real files, and what they are under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]
GPL = (
    "This program is free software; you can redistribute it and/or modify it\n"
    "under the terms of the GNU General\nPublic License, version 2, or any later version.\n"
)


def _commented(text: str, mark: str) -> bytes:
    return "".join(f"{mark}{line}\n" for line in text.splitlines()).encode()


@pytest.mark.parametrize("mark", ["-- ", "dnl ", "rem ", ":: ", '.\\" ', "@c ", "// ", "# ", ";; "])
def test_comment_marks_do_not_break_a_name(scan: Scan, mark: str) -> None:
    assert scan(_commented(GPL, mark), "txt")["license_category"] == "copyleft"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("# You may distribute this under the same terms as Perl itself.", "weak_copyleft"),
        ("# available under the OpenIB.org BSD license", "permissive"),
        ("# dual license of GPL v2.0 and MIT", "permissive"),
        ("# under the GPLv2 and the MIT license. Either license may be used.", "permissive"),
        ("# distributed either under the terms of the BSD license or the GNU GPL", "permissive"),
        ("# licensed under both the GPLv2 and the MIT license", "copyleft"),
        ("# uses a library (MPL, LGPL, or GPL) and one under the Apache license", "weak_copyleft"),
        ("# This is WTFPL licensed, if you like.", "permissive"),
        ("# License - MIT", "permissive"),
        (
            (
                "# made available under the terms of the Eclipse Public License v1.0 and Eclipse\n"
                "# Distribution License v. 1.0 which accompanies this distribution."
            ),
            "permissive",
        ),
        ("# library is BSD-licensed under the MySQL FOSS License Exception", "copyleft"),
        ("# under GPLv3, or an Apache License 2.0 compatible license", "copyleft"),
        ("# licensed to use compiled versions of Widget, Inc. under an MIT license", "unknown"),
        ("# distributed with no warranty whatsoever", "unknown"),
        ("# under the Creative Commons\n# Attribution-ShareAlike 3.0 License", "weak_copyleft"),
        ("# distributed under the GFDL", "weak_copyleft"),
        ("# GPL licensed, commercial license available upon request", "copyleft"),
        ("# Permission to use and copy this is hereby NOT granted", "proprietary"),
        ("# Licensed Materials - Property of Widget Works", "proprietary"),
        ("# MIT license with the addition of the following condition: be nice", "unknown"),
        ("# Apache License (as modified)", "proprietary"),
        ("# in the public domain, to be used for C research purposes", "proprietary"),
        ("# Why this doesn't have an MIT license", "none"),
        ("# you may combine it with a work licensed under the Zope Public License", "none"),
        ("# Public domain", "permissive"),
        ("# a dual [BSD](LICENSE) and [GPLv2](COPYING) licensed library", "permissive"),
        ("# Released under MIT, BSD and GPL license. Comply with at least one.", "permissive"),
        (
            "# under the GPL version 2. You may also distribute it under the MIT license",
            "permissive",
        ),
        (
            "# Apache License 2.0, with an exception to allow linking against GPL software",
            "permissive",
        ),
        ("# All other programs are distributed under the LGPL", "weak_copyleft"),
        ("# licensed under the Widget Research License", "proprietary"),
        ("# use compiled versions of Widget under an MIT license", "unknown"),
    ],
)
def test_wordings_of_notices(scan: Scan, text: str, category: str) -> None:
    assert scan(f"{text}\nx = 1\n".encode())["license_category"] == category


def test_a_reference_to_the_license_file_adds_no_doubt(scan: Scan) -> None:
    tag = "SPDX-License-" + "Identifier: curl"
    text = f"""/*
 * This software is licensed as described in the file COPYING, which
 * you should have received as part of this distribution.
 *
 * You may opt to use, copy, modify, merge, publish, distribute and/or sell
 * copies of the Software, under the terms of the COPYING file.
 *
 * {tag}
 */
"""
    assert scan(text.encode(), "c")["license_expression"] == "curl"


def test_a_choice_does_not_free_what_was_stated_before_it(scan: Scan) -> None:
    choice = "# This part is dual licensed under the MIT license and the GPL version 2 or later\n"
    text = _commented(GPL, "# ") + b"\nx = 1\n" * 50 + choice.encode()
    assert scan(text, "sh")["license_category"] == "copyleft"


def test_a_script_that_begins_with_its_license_is_no_license_text(scan: Scan, mit: bytes) -> None:
    script = b"#!/bin/sh\n" + b"".join(b"# %s\n" % line for line in mit.splitlines())
    script += b"echo this option must not be given and is not allowed\n" * 200
    row = scan(script, "install-sh")
    assert (row["license_category"], row["is_license_text"]) == ("permissive", False)


def test_paragraphs_of_autotools_notices_are_read(scan: Scan) -> None:
    text = b"""# Copyright (C) 1994-2020 Free Software Foundation, Inc.

# This Makefile.in is free software; the Free Software Foundation
# gives unlimited permission to copy and/or distribute it,
# with or without modifications, as long as this notice is preserved.
"""
    assert scan(text, "in")["license_category"] == "permissive"
