from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


TOLD = "Thanks to Heidi Zornedal.\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "* Heidi: works on it",
        "ACTION on Heidi to finish",
        "## Opening (Co-Chair Heidi)",
        "as Heidi's patch shows",
        "Heidi, please look",
    ],
)
def test_who_is_told_once_is_called_by_the_first_name(text: str, find: Find) -> None:
    assert people(find(TOLD + text, "md")) == ["Heidi Zornedal", "Heidi"]
    assert people(find(text, "md")) == []


@pytest.mark.parametrize(
    "text",
    [
        "the Heidi Framework",
        "Heidi(x)",
        "see Heidi.run and Heidi::call",
        "lib/Heidi/main",
        "@Heidi",
        "heidi.conf and heidi alone say that Heidi is a word here",
    ],
)
def test_a_first_name_in_code_or_in_a_longer_name_is_not_that_person(text: str, find: Find) -> None:
    assert people(find(TOLD + text, "md")) == ["Heidi Zornedal"]


def test_a_surname_before_a_comma_is_not_called_alone(find: Find) -> None:
    text = "# [1] Lucas, P. (1990). A method\n# the Lucas test and the algorithm of Lucas\n"
    assert people(find(text, "py")) == ["Lucas, P."]


def test_names_of_tools_never_stand_alone(find: Find) -> None:
    text = "Thanks to Travis Zornedal.\n\nThe build runs on Travis now.\n"
    assert people(find(text, "md")) == ["Travis Zornedal"]


def test_code_does_not_speak_of_people(find: Find) -> None:
    text = '# thanks to Heidi Zornedal\nx = "Heidi"\n# Heidi knows why\n'
    assert people(find(text, "py")) == ["Heidi Zornedal", "Heidi"]
