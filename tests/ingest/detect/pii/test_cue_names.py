from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]
SARA_HASAN = "\u0633\u0627\u0631\u0629 \u062d\u0633\u0646"


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "name"),
    [
        (" *  2011-03-04  K. Zornedal  first version", "java", "K. Zornedal"),
        ("// 04.03.2011 Heidi Zornedal: rounding", "c", "Heidi Zornedal"),
        ("# 12-Mar-1999 by Heidi Zornedal - created", "py", "Heidi Zornedal"),
        ("       AUTHOR.      HEIDI ZORNEDAL.", "cbl", "HEIDI ZORNEDAL"),
        ("      * CHANGED: 11/94 K. ZORNEDAL", "cbl", "K. ZORNEDAL"),
        ("% Author: Heidi Zornedal\nx = 1;", "m", "Heidi Zornedal"),
        ("! modified: K. Zornedal (2003)", "f90", "K. Zornedal"),
        ("' Bearbeitet von Heidi Zornedal am 1.2.2003", "vb", "Heidi Zornedal"),
        (' * @author <a href="mailto:h@zornedal.at">Heidi Zornedal</a>', "java", "Heidi Zornedal"),
        ('<meta name="author" content="Zzelma Zornedal">', "html", "Zzelma Zornedal"),
        ('<a href="mailto:h@zornedal.at">Heidi Zornedal</a>', "html", "Heidi Zornedal"),
        ("see [Heidi Zornedal](mailto:h@zornedal.at)", "md", "Heidi Zornedal"),
        ("1999-11-05  Zzelma Zornedal  <z@zornedal.at>", "", "Zzelma Zornedal"),
        ("Best regards,\nZzelma Zornedal\n", "txt", "Zzelma Zornedal"),
        ("a copy of Heidi Zornedal (No. 12)", "txt", "Heidi Zornedal"),
    ],
)
def test_a_name_is_found_where_people_sign(text: str, suffix: str, name: str, find: Find) -> None:
    assert name in people(find(text, suffix))


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        (" *  2011-03-04  Release Notes  first version", "java"),
        ("2011-03-04 Rounding Fixed: see below", "txt"),
        ("x, 2011-03-04 Heidi Zornedal: y and z = 3", "c"),
        ("modified: Some File", "txt"),
        ("last change: Second Quarter", "txt"),
        ('<a href="mailto:sales@zornedal.at">Contact Sales</a>', "html"),
        ("[Email Support](mailto:help@zornedal.at)", "md"),
        ('<meta name="generator" content="Hugo Static">', "html"),
        ("Best regards,\n\nRelease Notes\n", "txt"),
        ("Best regards,\nThe Whole Team went on\n", "txt"),
    ],
)
def test_what_only_stands_like_a_signature_is_nobody(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\u5f20\u6653\u971e <x@zornedal.cn>", "\u5f20\u6653\u971e"),
        ("# \ubc15\uc11c\uc5f0 <s@zornedal.kr>", "\ubc15\uc11c\uc5f0"),
        ("\u5c71\u672c \u5065 <k@zornedal.jp>", "\u5c71\u672c \u5065"),
        (f"{SARA_HASAN} <s@zornedal.ae>", SARA_HASAN),
        ("// \u4f5c\u8005: \u5f20\u6653\u971e\n", "\u5f20\u6653\u971e"),
        ("# author: \ubc15\uc11c\uc5f0\n", "\ubc15\uc11c\uc5f0"),
    ],
)  # fmt: skip
def test_the_place_of_an_author_makes_a_name_in_any_script(
    text: str, name: str, find: Find
) -> None:
    assert name in people(find(text, "authors"))


@pytest.mark.parametrize(
    "text",
    [
        "\u8bf7\u5c06\u60a8\u7684\u95ee\u9898\u53d1\u9001\u5230\u8fd9\u91cc <x@zornedal.cn>",
        "\u95ee\u9898\u8bf7\u53d1\u9001\u5230 \u6211\u4eec\u7684\u516c\u53f8\u90ae <x@zornedal.cn>",
        "- \u8acb\u5bc4\u4fe1\u81f3 <x@zornedal.cn>",
        "--author \u53c2\u6570",
        "author: \u8fd9\u662f\u4e00\u4e2a\u5f88\u957f\u7684\u53e5\u5b50\u4e0d\u662f\u540d\u5b57\n",
    ],
)
def test_a_sentence_before_an_address_is_no_name(text: str, find: Find) -> None:
    assert people(find(text)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from the mail of Frau Zornedal", "Zornedal"),
        ("as Mr. Zornedal asked", "Zornedal"),
        ("Mme Zornedal a dit", "Zornedal"),
        ("Sra. Zornedal y otros", "Zornedal"),
    ],
)
def test_a_title_makes_a_surname(text: str, name: str, find: Find) -> None:
    assert people(find(text)) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Frau Professorin kam",
        "Herr Direktor",
        "Mr. Robot",
        "Mr. Robot-style",
        "Ms. Right",
        "Mr. TODO",
        "Dr. Dobbs(",
    ],
)
def test_a_title_before_a_word_names_nobody(text: str, find: Find) -> None:
    assert people(find(text)) == []


@pytest.mark.parametrize(
    ("text", "suffix", "name"),
    [
        ("// ask Annegret before release\n", "c", "Annegret"),
        ("-- maintained by Rajesh until 2020\n", "lua", "Rajesh"),
        ("* assigned to Priyanka\n", "org", "Priyanka"),
        ("Done; Annegret will look at it.", "md", "Annegret"),
    ],
)
def test_a_first_name_alone_counts_where_only_a_person_fits(
    text: str, suffix: str, name: str, find: Find
) -> None:
    assert name in people(find(text, suffix))


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("// call Jasmine for the tests\n", "c"),
        ("// ask Jenkins\n", "c"),
        ("# call Annegret() twice\n", "py"),
        ('x = "ask Annegret"\n', "py"),
        ("Then Julia will compile it.", "md"),
        ("the word annegret, then ask Annegret", "md"),
        ("approved by Legal", "md"),
    ],
)
def test_a_tool_or_an_identifier_is_no_first_name(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == []


def test_neighbours_in_a_list_of_people_are_people(find: Find) -> None:
    assert people(find("Attendees: Heidi Zornedal, Annegret, Rajesh Voss\n", "md")) == [
        "Heidi Zornedal",
        "Annegret",
        "Rajesh Voss",
    ]
    text = '__credits__ = ["Heidi Zornedal",\n    "Rajesh Zornedal"]\n'
    assert people(find(text, "py")) == ["Heidi Zornedal", "Rajesh Zornedal"]


@pytest.mark.parametrize(
    "text", ["members: Public Field, Private Field", "present: Red Herring, Some Thing"]
)
def test_a_list_of_things_under_such_a_word_is_none(text: str, find: Find) -> None:
    assert people(find(text, "md")) == []


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("upgrade to Jackson Heller 2.12", "md"),
        ('COLORS = ["Rosy Heller", "Olive Miller"]', "py"),
        ('name = "Monte Carlo"', "py"),
        ('{"name": "Heidi Zornedal", "population": 44, "role": "town"}', "json"),
        ("The Victoria Metrics cluster and Crystal Reports", "md"),
    ],
)
def test_products_colours_and_places_are_nobody(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == []
