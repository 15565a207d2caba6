"""Names of which lists know half or nothing, at the marks and in the places that tell them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("the patch that Heidi Bzornedal sent", "md", ["Heidi Bzornedal"]),
        ("x = 'Heidi Bzornedal'", "py", ["Heidi Bzornedal"]),
        ("Copyright (c) 2014-   , Zzelma Bzornedal (ABC)", "txt", ["Zzelma Bzornedal"]),
        ("Copyright: Copyright (C) 2025- Zzelma Bzornedal", "txt", ["Zzelma Bzornedal"]),
        ("; Copyright (c) Rich Bzornedal. All rights", "clj", ["Rich Bzornedal"]),
        ("{- |\n   Maintainer  : Zzelma Bzornedal\n-}\nmodule X where\n", "hs",
         ["Zzelma Bzornedal"]),
        ("# Heidi Miller              May 31st 2007\n", "sql", ["Heidi Miller"]),
        ("!  * Zzelma Bzornedal : 2/18/2015 : created\n", "f90", ["Zzelma Bzornedal"]),
        ("% Zzelma Bzornedal, Dec 2018\n", "m", ["Zzelma Bzornedal"]),
        ("- Zzelma Bzornedal (`@zz12 <https://x.org/zz12>`_)\n", "rst", ["Zzelma Bzornedal"]),
        ("led by **Zzelma Bzornedal** ([@bzornedal](https://x.org))", "md", ["Zzelma Bzornedal"]),
        ("Nominating Heidi Bzornedal @hb to the board", "md", ["Heidi Bzornedal"]),
        ("name: Zzelma Bzornedal\nurl: https://github.com/bzornedal\n", "yml",
         ["Zzelma Bzornedal"]),
        ("<blockquote>Fine. <cite>Zzelma Bzornedal</cite></blockquote>", "html",
         ["Zzelma Bzornedal"]),
        ("// base64 by Zzelma Bzornedal (thanks!)", "c", ["Zzelma Bzornedal"]),
        ("Author: Heidi + others\n", "md", ["Heidi"]),
        ("## Present\n\n* Heidi (chair)\n* Rajesh\n\n* Heidi: reads the report\n", "md",
         ["Heidi", "Rajesh", "Heidi"]),
        ('{"given": "Zzelma", "family": "Bzornedal"}', "json", ["Zzelma", "Bzornedal"]),
    ],
)  # fmt: skip
def test_a_place_tells_a_strange_name(text: str, suffix: str, names: list[str], find: Find) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("see Jordan Databricks and Travis Pipelines", "md"),
        ("the Spring Bzorn and Max Retries", "md"),
        ("51 Franklin St, Boston", "md"),
        ("* Wed Jul 5 2017\n* Mon Nov 2 2009\n", "spec"),
        ('{"name": "Heidi Zornedal", "sku": "4711"}', "json"),
        ("Wal-Mart Bzorn", "md"),
        ("Kata Kunci", "po"),
        ("from Visual Bzorn, see Heidi's", "md"),
        ("# Heidi Software, Dec 2018\n", "py"),
        ("Copyright (c) 2006 Bzorn Technologies, Davis (California)", "h"),
    ],
)
def test_words_beside_a_first_name_or_at_a_mark_are_nobody(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == []
