from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("// Ansprechpartnerin: Zzelma Zornedal, Durchwahl 12", "php", ["Zzelma Zornedal"]),
        ("# ask Zzelma Zornedal if it breaks", "sh", ["Zzelma Zornedal"]),
        ("-- spoke with Zzelma van der Zornedal about this", "sql", ["Zzelma van der Zornedal"]),
        ("# mantenido por Zzelma Zornedal", "properties", ["Zzelma Zornedal"]),
        ("/* développé par Zzelma Zornedal */", "c", ["Zzelma Zornedal"]),
        ("// geschrieben von Zzelma Zornedal", "java", ["Zzelma Zornedal"]),
        ("# napisane przez Zzelma Zornedal", "py", ["Zzelma Zornedal"]),
        ("# owner: Heidi Zornedal / platform", "tf", ["Heidi Zornedal"]),
        ("# voir Maëlys Zornedal avant de modifier", "yml", ["Maëlys Zornedal"]),
        ("Call Heidi al-Zornedal (desk 4) first, then Rajesh Zornedal.", "md",
         ["Heidi al-Zornedal", "Rajesh Zornedal"]),
        ('"Last-Translator: Zzelma Zornedal\\n"', "po", ["Zzelma Zornedal"]),
        ("# per Rajesh Zornedal's request", "py", ["Rajesh Zornedal"]),
        ("# ask Heidi ZORNEDAL first", "py", ["Heidi ZORNEDAL"]),
        ("# отправил и написал: Олексий Иванченко", "py", ["Олексий Иванченко"]),
    ],
)  # fmt: skip
def test_a_request_or_a_duty_in_any_language_names_a_person(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("ask Stack Overflow for help", "md"),
        ("see Spring Boot for details", "md"),
        ("# contact Customer Success", "yml"),
        ("# owner: Growth Squad", "yml"),
        ("maintainer: Debian Python Team", "yml"),
        ("reviewer: Security Champions", "yml"),
        ("desarrollado por Banco Zornedal", "md"),
        ("entwickelt von Deutsche Telekom", "md"),
        ("siehe Anhang Bravo", "md"),
        ("voir Annexe Technique", "md"),
        ("selon Norme Européenne", "md"),
        ("ping Redis Sentinel", "sh"),
        ("// ask Zornedal.Builder for one", "java"),
        ("call Parse Tree", "py"),
        ('"Last-Translator: FULL NAME <EMAIL@ADDRESS>\\n"', "po"),
        ('"Last-Translator: Automatically generated\\n"', "po"),
    ],
)
def test_a_request_to_a_team_or_a_pointer_to_a_thing_names_nobody(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == []
