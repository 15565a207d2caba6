"""Short notices of other words: names that are a line, dialogs, licenses of one day."""

from __future__ import annotations

import pytest

from tests.ingest.detect.licensing.conftest import Scan


@pytest.mark.parametrize(
    ("text", "suffix", "expression"),
    [
        ("# Copyright 2011 Ola Berg\n# Apache 2.0\n", "sh", "Apache-2.0"),
        ("# Copyright 2011 Ola Berg\n# MIT\n", "sh", "MIT"),
        ("/* Apache 2.0. Turns the pump. */\n", "c", "Apache-2.0"),
        ("// 2-clause BSD\n", "c", "BSD-2-Clause"),
        ("// (c) 2011 Ola Berg. BSD terms apply.\n", "c", "BSD-3-Clause"),
        ("// LGPL, see lesser.txt\n", "c", "LGPL-2.0-or-later"),
        (";; License: LLGPL\n", "lisp", "LLGPL"),
        ("/* The author disclaims copyright to this code. */\n", "c", None),
        ("// No rights reserved.\n", "c", None),
        ("% License: https://www.latex-project.org/lppl/\n", "tex", "LPPL-1.3c"),
        ("# Your choice of the FreeType License or the GPL version 2.\n", "py", None),
        ("# As long as the notice stays, do what ever you want with this file.\n", "py", None),
        ("# Permission to use this program for anything is granted.\n", "py", None),
    ],
)
def test_a_short_notice_is_read(scan: Scan, text: str, suffix: str, expression: str | None) -> None:
    row = scan(f"{text}\nvalue = compute(3)\n".encode(), suffix)
    assert row["license_category"] != "none"
    assert expression in {None, row["license_expression"]}


@pytest.mark.parametrize(
    "text",
    [
        "# Copyright 1990 MIT\n# Cambridge\n",
        "// Players have to accept the commercial license first.\n",
        "// Tenants with an enterprise license come first.\n",
        "// Shows the end-user license.\n",
        "# apache 2.0 is checked for here\n",
    ],
)
def test_what_only_names_a_license_grants_nothing(scan: Scan, text: str) -> None:
    assert scan(f"{text}\nvalue = compute(3)\n".encode())["license_expression"] is None


def test_what_a_license_becomes_one_day_is_a_mention(scan: Scan) -> None:
    text = (
        "# Use of this file is governed by the Business Source License 1.1.\n"
        "# Change License: Apache License, Version 2.0\n\nvalue = 3\n"
    )
    assert scan(text.encode())["license_expression"] == "BUSL-1.1"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("# Pump\n\n## License\n\nPrivate, all work for the port.\n", "proprietary"),
        ("# Pump\n\n## License\n\nMIT license.\n", "permissive"),
    ],
)
def test_a_section_of_a_manual_may_give_nothing(scan: Scan, text: str, category: str) -> None:
    assert scan(text.encode(), "md")["license_category"] == category


@pytest.mark.parametrize(
    "text",
    [
        "# MIT until the end of 2024.\n",
        "# BSD 3-clause, except that dealers have no rights.\n",
        "// Nur fuer internen Gebrauch.\n",
        "// Licensed for research, educational and individual use only.\n",
        "/* We grant you a non-exclusive, non-transferable license. */\n",
    ],
)
def test_what_is_taken_back_is_not_permissive(scan: Scan, text: str) -> None:
    row = scan(f"{text}\nvalue = compute(3)\n".encode())
    assert row["license_category"] in {"proprietary", "unknown"}


def test_an_exception_for_named_files_takes_nothing_back(scan: Scan) -> None:
    text = (
        b"# Licensed under the MIT license, except that the logo files are not covered.\n\nx = 3\n"
    )
    assert scan(text)["license_category"] == "permissive"


def test_a_remark_behind_a_text_is_no_duty(scan: Scan, mit: bytes) -> None:
    said = b"# Calls display the state. It can only install one file at a time.\n"
    text = b"".join(b"# " + line + b"\n" for line in mit.split(b"\n")) + said + b"\nvalue = 3\n"
    assert scan(text)["license_category"] == "permissive"


@pytest.mark.parametrize(
    "text",
    [
        # One bus of chips, a file of JSON, a header's name: none is a license or a mark.
        "// SPDX-License-Identifier: BSD-3-Clause\n// Mode 0 of the bus (CPOL=0).\n",
        "// pump-internal.h - for the pump\n// Released under a BSD-style license.\n",
        "# MIT license. Reads package.json licenses: all of them.\n",
    ],
)
def test_words_of_code_are_no_terms(scan: Scan, text: str) -> None:
    assert scan(f"{text}\nint pump;\n".encode(), "c")["license_category"] == "permissive"


def test_a_grant_for_the_chips_of_one_maker_is_not_permissive(scan: Scan) -> None:
    text = (
        "// Permission to use, copy, modify, and distribute this software is granted, without\n"
        "// fee, provided that it is used in conjunction with the chips of Orla Pumps.\n\n"
        "int pump;\n"
    )
    assert scan(text.encode(), "c")["license_category"] in {"proprietary", "unknown"}


_PAIR = (
    "// Subject to the terms of either the GNU General Public License Version 2 only\n"
    '// ("GPL") or the Common Development and Distribution License ("CDDL").\n'
    "// See https://orla.example/licenses/CDDL+GPL-1.1\n"
)
_EITHER = (
    "// Licensed under the Apache License, Version 2.0 or the MIT license, at your option.\n"
    "// This file may not be used, copied or distributed except under those terms.\n"
)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (_PAIR, "CDDL-1.0 OR GPL-2.0-only"),
        ("/* License: none (public domain) */\n", "LicenseRef-scancode-public-domain"),
        (_EITHER, "Apache-2.0 OR MIT"),
    ],
)
def test_customary_words_beside_a_name_change_nothing(
    scan: Scan, text: str, expression: str
) -> None:
    assert scan(f"{text}\nint pump;\n".encode(), "c")["license_expression"] == expression


def test_parts_under_this_and_that_are_not_permissive(scan: Scan) -> None:
    text = "# The files are variously licensed under the Apache License 2.0 or the Orla License.\n"
    assert scan(f"{text}\nvalue = 3\n".encode())["license_category"] != "permissive"
