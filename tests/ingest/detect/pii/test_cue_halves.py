from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ('{"nom": "Zornedalé", "prenom": "Zzelma"}', "json", ["Zornedalé", "Zzelma"]),
        ('{"nom": "Le Zornedic", "prenom": "Yannick"}', "json", ["Le Zornedic", "Yannick"]),
        ("vorname: Zzelma\nnachname: Zornedal\n", "yml", ["Zzelma", "Zornedal"]),
        ('p.setFirstName("Zzelma"); p.lastName = "van der Zornedal";', "java",
         ["Zzelma", "van der Zornedal"]),
        ("'first_name' => 'Zzelma', 'last_name' => 'Zornedal'", "php", ["Zzelma", "Zornedal"]),
        ("<firstName>Zzelma</firstName>", "xml", ["Zzelma"]),
        ("фамилия: Зорнедаленко\nимя: Зельма\n", "yml", ["Зорнедаленко", "Зельма"]),
        ('"lastName": "al-Zornedali"', "json", ["al-Zornedali"]),
        ('"first_name": "美咲"', "json", ["美咲"]),
        ('"surname": "O\'Zornedal-McZelma"', "json", ["O'Zornedal-McZelma"]),
        ('{first: "Heidi", last: "Zornedal"}', "js", ["Heidi", "Zornedal"]),
        ('m.put("lastName", "Zornedal");', "java", ["Zornedal"]),
        ("user.last_name=Zornedal\n", "properties", ["Zornedal"]),
    ],
)  # fmt: skip
def test_a_field_for_half_of_a_name_holds_one_that_no_list_knows(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("firstName: String", "yml"),
        ("lastName: Zornedal", "ts"),
        ('"firstName": "Vorname"', "json"),
        ('"last_name": "Last Name"', "json"),
        ('"lastName": "Förnamn krävs"', "json"),
        ('lastName = "Column"', "py"),
        ('"firstName": "FirstName"', "json"),
        ('"last_name": "LAST_NAME"', "json"),
        ("name: Zornedal, size: 3", "yml"),
        ('first_name = Field("First")', "py"),
        ('first: "Previous", last: "Next"', "js"),
        ('firstName = "John"; lastName = "Doe"', "java"),
        ('"last_name": "Mustermann"', "json"),
        ('"first_name": "{{first}}"', "json"),
    ],
)
def test_a_label_a_type_or_a_stand_in_is_no_half_of_a_name(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == []


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ('"contributors": [{"name": "Zzelma Zornedal", "url": "https://web.de"}]', "json",
         ["Zzelma Zornedal"]),
        ('new Antrag("Zzelma", "Zornedal", "z.zornedal@web.de");', "java",
         ["Zzelma", "Zornedal"]),
        ('new Person("Zzelma", "Zornedal")', "cs", ["Zzelma", "Zornedal"]),
        ("supervisor: Zzelma Zornedal\n", "yml", ["Zzelma Zornedal"]),
        ('"supervisor": "Zornedal, Heidi"', "json", ["Zornedal, Heidi"]),
        ("INSERT INTO k (nome, cpf) VALUES ('Zzelma Zornedal', '182.757.742-84');", "sql",
         ["Zzelma Zornedal"]),
    ],
)  # fmt: skip
def test_a_record_of_people_holds_names_that_no_list_knows(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("supervisor: Process Supervisor\n", "yml"),
        ('"assignedTo": "Night Shift"', "json"),
        ('"createdBy": "Nightly Job"', "json"),
        ('"members": [{"name": "Build Agents"}]', "json"),
        ('contacts: [{ name: "Sales Hotline" }]', "js"),
        ('new Widget("Zzelma", "Zornedal")', "cs"),
        ('new Pair("Hello", "World", "hello@web.de")', "java"),
        ("INSERT INTO k (nome, size) VALUES ('Zzelma Zornedal', 3);", "sql"),
    ],
)
def test_a_record_of_jobs_and_things_holds_no_names(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == []


@given(name=st.from_regex(r"[A-Z][a-z]{2}z[a-z]{3,8}q", fullmatch=True))
def test_any_capitalised_word_fills_a_field_for_surnames(find: Find, name: str) -> None:
    assert people(find(f'{{"last_name": "{name}"}}', "json")) == [name]


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ('assertEquals("Zornedal", owner.getLastName());', "java"),
        ('hasProperty("lastName", is("Zornedal"))', "java"),
        ('expect(user.lastName).toBe("Zornedal");', "ts"),
        ('assertThat(p.getLastName()).isEqualTo("Zornedal");', "java"),
        ('owner.LastName.Should().Be("Zornedal");', "cs"),
        ('self.assertEqual("Zornedal", user.last_name)', "py"),
        ('apellido = "Zornedal"', "py"),
    ],
)
def test_what_a_test_wants_of_a_field_for_half_of_a_name_is_one(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == ["Zornedal"]


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ('bind("Zornedal", lastName)', "ts"),
        ('expect(user.lastName).toBe("Required");', "ts"),
        ('assertEquals("LastName", field.lastName)', "java"),
        ('assertEquals("Zornedal", owner.getCity());', "java"),
        ('hasProperty("city", is("Zornedal"))', "java"),
    ],
)
def test_labels_and_what_a_test_wants_of_other_fields_are_no_names(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == []
