from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("Authors: Zzelma Bzorn, Heidi Zornedal", "txt", ["Zzelma Bzorn", "Heidi Zornedal"]),
        (
            "with Heidi Miller, Rajesh Patel and Zzelma Bzorn",
            "md",
            ["Heidi Miller", "Rajesh Patel", "Zzelma Bzorn"],
        ),
        (
            "from Heidi Miller, zbzorn, Zzelma Bzorn, Rajesh Patel",
            "md",
            ["Heidi Miller", "Zzelma Bzorn", "Rajesh Patel"],
        ),
        ("* Fix it (Heidi Miller, Zzelma Bzorn)\n", "txt", ["Heidi Miller", "Zzelma Bzorn"]),
        ("@item Heidi Miller @tab Zzelma Miller", "texi", ["Heidi Miller", "Zzelma Miller"]),
        ('due-to="Zzelma Miller, Heidi Miller">', "xml", ["Zzelma Miller", "Heidi Miller"]),
    ],
)
def test_a_name_beside_names_is_one(text: str, suffix: str, names: list[str], find: Find) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    "text",
    [
        "with Heidi Miller, Visual Studio and Zzelma Bzorn",
        "Heidi Miller, zbzorn, Zzelma Bzorn",
    ],
)
def test_a_strange_name_beside_one_name_is_left(text: str, find: Find) -> None:
    assert people(find(text, "md")) == ["Heidi Miller"]


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ('u(first_name: "Zzelma", last_name: "Bzorn")\neq "Zzelma Bzorn"', "rb"),
        ('b.firstName("Zzelma").lastName("Bzorn"); is("Zzelma Bzorn");', "java"),
    ],
)
def test_two_fields_tell_the_whole_name(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == ["Zzelma", "Bzorn", "Zzelma Bzorn"]
