"""Limits of use in everyday words, and sentences about code that sound like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    "text",
    [
        (
            "/* You may use and redistribute this code freely, except that it may not be used\n"
            " * by any military or intelligence organisation. */"
        ),
        "// Free to use and change, but not by police or the military.",
        "# You can use this code for anything except weapons.",
        "# May be used freely for any purpose but military.",
        "-- Use is subject to the terms of your Master Services Agreement with Quell.",
        "/* Theme bought from ThemeBarn, regular license. */",
        "# Single site font, no resale or redistribution.",
        "// You may not disclose this file.",
        "-- Students may not publish this code or their solutions to it.",
        "# Course material. Students must not post this code publicly.",
        "# Please do not upload this solution to public repositories.",
        "# (c) Univ. of Wollarra, reproduction prohibited.",
        "// Copying or redistribution without permission is strictly forbidden.",
        "# (c) Dan Whitlock. Please ask me before reusing any of this.",
        "# Contact me before using this code in your own project.",
        "# Ask the author if you want to use it.",
        "# You may copy this, provided it is not sold.",
        (
            "# No part of this software, material or conceptual, may be copied, distributed,\n"
            "# transmitted, transcribed or stored in a retrieval system in any form or by any\n"
            "# means, electronic or mechanical, without the express written permission of Acme."
        ),
    ],
)
def test_a_limit_in_everyday_words_restricts(scan: Scan, text: str) -> None:
    assert scan(f"{text}\n".encode(), "c")["license_category"] in {"proprietary", "unknown"}


@pytest.mark.parametrize(
    "text",
    [
        "// military time is not used by the parser",
        "// Weapons are never used twice in one turn.",
        "# the police unit uses no weapons",
        "# students may not have a grade yet",
        "# ask the user before deleting the file",
        "# ask if the cache is full",
        "# subject to agreement by both peers",
        "# according to the service agreement table in the database",
        "// Items purchased from the shop are listed.",
        "// No redistribution of load happens here.",
        "// the client may not disclose the token to others",
        "# reproduction of issue 12",
        "# copying is not needed here",
        "// do not publish the event twice",
        "# not sold yet",
        "x = f(c) And",
        "# (a) Open The File, (b) Read It, (c) Close The File.",
    ],
)
def test_what_code_does_is_no_limit(scan: Scan, text: str) -> None:
    row = scan(f"{text}\n".encode(), "py")

    assert (row["license_category"], row["has_foreign_holder"]) == ("none", False)


@pytest.mark.parametrize("text", ["# (c) Dan Whitlock", "/* (C) Widget Works GmbH */"])
def test_a_holder_needs_no_year(scan: Scan, text: str) -> None:
    assert scan(f"{text}\nint x;\n".encode(), "c")["has_foreign_holder"]
