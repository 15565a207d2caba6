from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ('let heidi = User::new(1, "Heidi");', "rs", ["Heidi"]),
        ("expect(list).toEqual(['Heidi', 'Rajesh']);", "js", ["Heidi", "Rajesh"]),
        ('users.filter(name.eq("Heidi"))', "rs", ["Heidi"]),
        ('p = Owner("Heidi", "Schmidt")', "py", ["Heidi", "Schmidt"]),
        ('val m = Map("Heidi" -> 1, "Rajesh" -> 2)', "scala", ["Heidi", "Rajesh"]),
    ],
)
def test_a_first_name_is_a_literal_among_people(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ('mode = pick("Heidi")', "py"),
        ('tools = ["Jenkins", "Travis"]', "py"),
        ('user.city = "Milan"', "py"),
        ('months = ["Marzo", "Aprile", "Agosto"]', "py"),
        ('user = load("Heidi.json")', "py"),
        ('name = "String"', "py"),
    ],
)
def test_a_literal_without_people_around_or_a_thing_is_none(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == []
