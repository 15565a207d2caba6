from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]

KNOWN = ("Heidi Miller", "Peter Schmidt", "Rajesh Patel", "Emily Johnson")


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("row", "suffix"),
    [
        ('  {{ "label": "{}" }},\n', "json"),
        ("<tr><td>{}</td><td>7</td></tr>\n", "html"),
        ("expect(cell(1)).toBe('{}');\n", "js"),
        ("- {} (3 talks)\n", "md"),
        ("INSERT INTO t VALUES (3, '{}', 2);\n", "sql"),
    ],
)
def test_a_strange_name_among_people_is_one(row: str, suffix: str, find: Find) -> None:
    names = [*KNOWN, "Zzelma Zornedal"]

    found = people(find("".join(row.format(name) for name in names), suffix))

    assert found == names


@pytest.mark.parametrize(
    "stranger", ["Zzelma Software", "Save Changes", "zzelma", "Zzelma", "Http"]
)
def test_a_word_among_people_is_none(stranger: str, find: Find) -> None:
    text = "".join(f"<td>{name}</td>\n" for name in (*KNOWN, stranger))

    assert people(find(text, "html")) == list(KNOWN)


def test_among_two_people_a_stranger_is_left(find: Find) -> None:
    text = "".join(f"<td>{name}</td>\n" for name in (*KNOWN[:2], "Zzelma Zornedal"))

    assert people(find(text, "html")) == list(KNOWN[:2])


def test_where_most_values_are_things_a_stranger_is_left(find: Find) -> None:
    things = ("Save Changes", "Open File", "New Window", "Print Page", "Zoom In")
    text = "".join(f"<td>{each}</td>\n" for each in (*KNOWN, *things, "Zzelma Zornedal"))

    assert people(find(text, "html")) == list(KNOWN)


def test_what_stands_in_other_bytes_is_left(find: Find) -> None:
    text = "".join(f"<td>{name}</td>\n" for name in KNOWN) + "<th>Zzelma Zornedal</th>\n"

    assert people(find(text, "html")) == list(KNOWN)
