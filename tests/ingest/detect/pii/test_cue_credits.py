from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("Contributed by **Zzelma Zornedal** and **Rajesh Quux**.", "rst",
         ["Zzelma Zornedal", "Rajesh Quux"]),
        ("Pull request courtesy Zzelma Zornedal.", "rst", ["Zzelma Zornedal"]),
        ("  - **Heidi Zornedal**\n", "rst", ["Heidi Zornedal"]),
        ("* Fix the build (Heidi Zornedal, Rajesh Quuxdal)\n", "md",
         ["Heidi Zornedal", "Rajesh Quuxdal"]),
        ("* [Zzelma Zornedal](https://github.com/zornedal): fix", "md", ["Zzelma Zornedal"]),
        ("# Heidi Zornedal, 2009\nx = 1\n", "pl", ["Heidi Zornedal"]),
        ("// <copyright> Zzelma van der Zornedal </copyright>", "cs", ["Zzelma van der Zornedal"]),
        ("Jean ZORNEDAL <jean@web.de>", "txt", ["Jean ZORNEDAL"]),
        ("Contributors\n\nHeidi Zornedal, Rajesh Quux, Heidi Mbeki\n", "rst",
         ["Heidi Zornedal", "Rajesh Quux", "Heidi Mbeki"]),
        ("Heidi Zornedal\n田中 美咲\n", "authors", ["Heidi Zornedal", "田中 美咲"]),
    ],
)  # fmt: skip
def test_a_credit_names_a_person(text: str, suffix: str, names: list[str], find: Find) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("- **Getting Started**\n", "md"),
        ("- **Apache Kafka**\n", "md"),
        ("Works with containers (Docker Compose)\n", "md"),
        ("supports CSV (Comma Separated)\n", "md"),
        ("[Visual Studio](https://github.com/microsoft/vscode)", "md"),
        ("[Hugging Face](https://github.com/huggingface)", "md"),
        ("# Levenshtein Distance, 1966\n", "py"),
        ("# New York, 2009\n", "py"),
        ("powered by Amazon Alexa\n", "md"),
    ],
)
def test_a_heading_a_product_or_a_place_is_no_credit(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == []


def test_a_name_that_a_mark_told_is_found_wherever_the_text_repeats_it(find: Find) -> None:
    text = "Author: Zzelma Zornedal\n\nas Zzelma Zornedal found, not Zzelma Zornedaling\n"

    assert people(find(text, "txt")) == ["Zzelma Zornedal", "Zzelma Zornedal"]


def test_a_repeated_name_in_code_is_left(find: Find) -> None:
    text = '# Author: Zzelma Zornedal\nx = 1 if Zzelma else "Zzelma Zornedal"\n'

    assert people(find(text, "py")) == ["Zzelma Zornedal", "Zzelma Zornedal"]
