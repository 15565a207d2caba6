from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]
SSN = "536-22-" + "8174"
PHONE = "020 7183 " + "8750"

CSV = f"id,first_name,Last Name,phone,ssn,note\n7,Zzelma,Quendrel,{PHONE},{SSN},Blue Chair\n"
EXPECTED = {
    ("PERSON", "Zzelma"),
    ("PERSON", "Quendrel"),
    ("PHONE_NUMBER", PHONE),
    ("US_SSN", SSN),
}


def test_the_header_of_a_table_says_what_its_cells_are(find: Find) -> None:
    assert set(find(CSV, "csv")) == EXPECTED


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_any_common_delimiter_does(delimiter: str, find: Find) -> None:
    assert set(find(CSV.replace(",", delimiter), "csv")) == EXPECTED


def test_quoted_cells_are_read_without_their_quotes(find: Find) -> None:
    text = 'full_name,phone\n"Quendrel, Zzelma","020 7183 8750"\n'
    assert set(find(text, "csv")) == {
        ("PERSON", "Quendrel, Zzelma"),
        ("PHONE_NUMBER", "020 7183 8750"),
    }


def test_inserts_are_read_by_their_columns(find: Find) -> None:
    text = (
        "INSERT INTO `people` (id, first_name, phone, n) VALUES\n"
        f"(1, 'Zzelma', '{PHONE}', NULL), (2, 'Torv''ald', NULL, 3);\n"
    )
    assert set(find(text, "sql")) >= {("PERSON", "Zzelma"), ("PHONE_NUMBER", PHONE)}


def test_a_dump_is_read_by_its_columns(find: Find) -> None:
    text = f"COPY public.people (id, surname, ssn) FROM stdin;\n1\tQuendrel\t{SSN}\n\\.\n"
    assert set(find(text, "sql")) == {("PERSON", "Quendrel"), ("US_SSN", SSN)}


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name\n7,string\n8,\n9,N/A\n",
        "id,phone\n7,555-0123\n8,12\n",
        "id,ssn\n7,000-12-3456\n",
        "",
        "first_name",
        "first_name\n",
    ],
)
def test_cells_that_are_nothing_of_the_kind_are_left(text: str, find: Find) -> None:
    assert find(text, "csv") == []
