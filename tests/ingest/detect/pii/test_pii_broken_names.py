from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.pii.names import parts_of_lines, read_broken_name

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("- Fixed a leak. Reported by Heidi\n  Zornedal. GH #3", "changes", ["Heidi", "Zornedal"]),
        ("/* Thanks to\n * Zzelma Quendrel for it. */", "c", ["Zzelma Quendrel"]),
        ("# Patch from us. Thanks\n# to Zzelma Quendrel.", "py", ["Zzelma Quendrel"]),
        ("// fixed by Peter van der\n// Zornedal, thanks", "js", ["Peter van der", "Zornedal"]),
        ("-- Suggested by Zzelma\n-- Quendrel.\n", "sql", ["Zzelma", "Quendrel"]),
        (
            "/* derived from software contributed to Berkeley by\n * Zzelma Quendrel. */",
            "c",
            ["Zzelma Quendrel"],
        ),
    ],
)
def test_a_name_goes_on_in_the_next_line_and_is_found_line_by_line(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    "text",
    [
        "Thanks to everybody\nZornedal",
        "- Reported by Support\n  Fixed the leak",
        "- Written by Microsoft\n  Windows is next",
        "- Fixed by Quendrel\n\n  Zornedal is next",
        "- Fixed by Quendrel\n- Zornedal is next",
    ],
)
def test_two_lines_that_are_no_sentence_are_no_name(text: str, find: Find) -> None:
    assert people(find(text, "changes")) == []


@given(st.lists(st.sampled_from(["Ab", "Cd", "\n", " * ", "# ", " "]), max_size=12))
def test_the_parts_of_a_span_hold_no_line_end(pieces: list[str]) -> None:
    text = "".join(pieces)
    run = read_broken_name(text, 0)
    for start, end in parts_of_lines(text, 0, run.end) if run else ():
        assert "\n" not in text[start:end]
        assert text[start:end].strip(" *#\n") or start == end


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Heidi <heidi@zornedal.at>", ["Heidi"]),
        ("Heidi Z <heidi@zornedal.at>", ["Heidi Z"]),
        ("To: Heidi <h@zornedal.at>, Peter <p@quux.at>", ["Heidi", "Peter"]),
        ("Zzelma Quendrel <zq(at)zornedal(dot)at> - a patch", ["Zzelma Quendrel"]),
        ("Zzelma QUENDREL <quendrel@zornedal.at>", ["Zzelma QUENDREL"]),
        ("MAINTAINER Zzelma Quendrel <zzelma.quendrel@zornedal.at>", ["Zzelma Quendrel"]),
        ("Zzelma QUENDREL <info@zornedal.at>", []),
        ("Thanks to Heidi Z, and Peter Q.", ["Heidi Z", "Peter Q"]),
        ("Support <support@zornedal.at>", []),
        ("Jenkins <jenkins@zornedal.at>", []),
        ("Thanks to Vitamin C, and Plan B.", []),
        ("the fine Heidi <h@zornedal.at>", []),
    ],
)
def test_an_address_or_an_initial_tells_a_short_name(
    text: str, names: list[str], find: Find
) -> None:
    assert people(find(text, "txt")) == names
