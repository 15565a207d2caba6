from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    "heading", ["Contributors", "## Contributors", "Patches and Suggestions\n-----", "# AUTHORS"]
)
def test_a_list_under_a_heading_for_people_holds_people(heading: str, find: Find) -> None:
    text = f"{heading}\n\n- Emily Quendrel\n* Zzelma Voss (@zvoss)\n- **Peter Zzorn**\n"
    assert people(find(text, "md")) == ["Emily Quendrel", "Zzelma Voss", "Peter Zzorn"]


def test_a_file_of_authors_needs_no_heading(find: Find) -> None:
    assert people(find("Emily Quendrel\nPeter Zzorn <p@x>\n", "authors")) == [
        "Emily Quendrel",
        "Peter Zzorn",
    ]


def test_another_heading_ends_the_list(find: Find) -> None:
    text = "# Contributors\n\n- Emily Quendrel\n\n# Usage\n\nRun it.\n\n- Bzorn Zzorn\n"
    assert people(find(text, "md")) == ["Emily Quendrel"]


def test_things_in_a_list_are_no_people(find: Find) -> None:
    text = "# Team\n\n- Getting Started\n- Visual Studio\n- Release Notes\n"
    assert people(find(text, "md")) == []


def test_a_bare_item_is_no_code_in_any_language(find: Find) -> None:
    text = "define AUTHORS\nContributors\n------------\n- Emily Quendrel\n- Zzelma Voss\nendef\n"
    assert "Emily Quendrel" in people(find(text, "makefile"))
    assert people(find("Contributors\n\nx = Emily Quendrel\n", "makefile")) == []


def test_a_company_goes_before_whom_it_sends(find: Find) -> None:
    text = "Liaison: Acme Security/Emily Johnson, Quux/Peter Miller"
    assert people(find(text, "md")) == ["Emily Johnson", "Peter Miller"]
    assert people(find("see Pictures/Emily Johnson/one.png", "md")) == []
