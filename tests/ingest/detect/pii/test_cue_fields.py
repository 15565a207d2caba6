from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("BEGIN:VCARD\nN:Zornedal;Heidi;;;\n", "vcf", ["Zornedal", "Heidi"]),
        ('person("Heidi", "Zornedal", role = "aut")', "", ["Heidi", "Zornedal"]),
        ('var p = new Person("Rajesh", "Zornedal");', "cs", ["Rajesh", "Zornedal"]),
        ('new Employee("Heidi Zornedal")', "java", ["Heidi Zornedal"]),
        ('new MailAddress("heidi@zornedal.at", "Heidi Z.")', "cs", ["Heidi Z."]),
        ('ADMINS = [("Zzelma Zornedal", "z.zornedal@web.de")]', "py", ["Zzelma Zornedal"]),
        ("{ name: 'Zzelma Zornedal', born: '1980-01-02' }", "ts", ["Zzelma Zornedal"]),
        ("{ name: 'Heidi Zornedal', phone: '1' }", "ts", ["Heidi Zornedal"]),
        ('{"name": "Zzelma Zornedal", "email": "zornedal@web.de"}', "json", ["Zzelma Zornedal"]),
        ("<vorname>Heidi</vorname><nachname>Zornedal</nachname>", "xml", ["Heidi", "Zornedal"]),
        ("cn: Heidi Zornedal\nsn: Zornedal\ngivenName: Heidi\n", "ldif",
         ["Heidi Zornedal", "Zornedal", "Heidi"]),
        ('DEFAULT_OPERATOR = "Heidi Zornedal"', "py", ["Heidi Zornedal"]),
        ('"holder": "HEIDI ZORNEDAL"', "json", ["HEIDI ZORNEDAL"]),
        ("Zornedal, Heidi\n", "authors", ["Zornedal, Heidi"]),
        ("O'Zornedal, Rajesh <r@web.de>\n", "contributors", ["O'Zornedal, Rajesh"]),
    ],
)  # fmt: skip
def test_a_record_of_a_person_holds_the_name(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("N:Some;Thing\n", "c"),
        ('new Person("Hello", "World")', "cs"),
        ('new User("John", "Doe")', "cs"),
        ('{"name": "Acme Distribution", "email": "acme@web.de"}', "json"),
        ('name("Table", "Column")', "py"),
        ('new User("Access Denied")', "java"),
        ('[("Support Team", "support@web.de")]', "py"),
        ('[("Weekly Figures", "z.zornedal@web.de")]', "py"),
        ("{ name: 'Zzelma Zornedal', size: 3 }", "ts"),
        ("{ name: 'Blue Button', role: 'button' }", "ts"),
        ("{ name: 'Zzelma Zornedal', price: 3, born: 1 }", "ts"),
        ("firstName: String, lastName: Zornedal", "ts"),
        ("const l = { firstName: 'First Name', lastName: 'Last Name' }", "ts"),
        ('"holder": "VIEW HOLDER"', "json"),
        ("Hello, World\n", "authors"),
        ("Berlin, Germany\n", "authors"),
    ],
)
def test_what_only_looks_like_a_record_is_nobody(text: str, suffix: str, find: Find) -> None:
    assert people(find(text, suffix)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('person(c("Zzelma", "E", "Quendrel", "Jr"), role = "ctb")', ["Zzelma", "Quendrel", "Jr"]),
        ('person("Zzelma N.", "Quendrel", email = "q@quux.at")', ["Zzelma N.", "Quendrel"]),
        ('person(c("Zzelma", "K."), "Quendrel", role = "ctb")', ["Zzelma", "K.", "Quendrel"]),
        ('person("Foo", "Bar", role = "ctb")', []),
        ('person(name, "Quendrel")', []),
        ('person("Posit Software, PBC", role = "cph")', []),
    ],
)
def test_the_strings_of_a_person_are_parts_of_one_name(
    text: str, names: list[str], find: Find
) -> None:
    found = [value for kind, value in find(f"Authors@R: {text}", "description") if kind == "PERSON"]
    assert found == names
