from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        (
            "author = {Zornedal, Heidi and van der Quell, Rajesh and Otto Zornedal},",
            "bib",
            ["Heidi", "Quell", "Otto"],
        ),
        ("dn: cn=Zzelma Zornedal,ou=people,dc=quux,dc=at", "ldif", ["Zzelma Zornedal"]),
        (r"user=CN=Zornedal\, Zzelma,OU=Users,DC=quux", "properties", ["Zornedal\\, Zzelma"]),
        ('To: "Zornedal, Heidi" <h@quux.at>', "txt", ["Zornedal, Heidi"]),
        (
            'msgid "translator-credits"\nmsgstr "Zzelma Zornedal\\nHeidi Zornedal <h@quux.at>"',
            "po",
            ["Zzelma Zornedal", "Heidi Zornedal"],
        ),
        ('<td class="name">Heidi Zornedal</td>', "html", ["Heidi Zornedal"]),
        ("  full_name { 'Zzelma Zornedal' }", "rb", ["Zzelma Zornedal"]),
        ("- name: محمد عبد الله", "yaml", ["محمد عبد الله"]),
        ("# 担当\uff1a山田太郎\uff08大阪\uff09", "py", ["山田太郎"]),
        ("FROM scratch\nMAINTAINER Zzelma Zornedal", "dockerfile", ["Zzelma Zornedal"]),
        ("/* Autor: Zzelma Zornedal - dados */", "sql", ["Zzelma Zornedal"]),
        ("$x = ['prenom' => 'Yannick', 'nom' => 'Zornedal'];", "txt", ["Yannick", "Zornedal"]),
        (
            "INSERT INTO clientes (nome, cidade) VALUES ('Heidi O''Zornedal', 'Bonn');",
            "sql",
            ["Heidi O''Zornedal"],
        ),
        ("login,contact\nhz,Zzelma Zornedal\n", "csv", ["Zzelma Zornedal"]),
        (
            "Ben Jensen <b@quux.at> A. Zornedal <a@quux.at>",
            "mailmap",
            ["Ben Jensen", "A. Zornedal"],
        ),
    ],
)
def test_records_name_their_people(find: Find, text: str, suffix: str, names: list[str]) -> None:
    found = people(find(text, suffix))
    assert len(found) == len(names)
    assert all(name in value for name, value in zip(names, found, strict=True))


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("author = {The Quux Project and Contributors},", "bib"),
        ("dn: cn=Domain Admins,ou=groups,dc=quux,dc=at", "ldif"),
        ("dn: cn=Print Server,ou=people,dc=quux,dc=at", "ldif"),
        ('To: "Lastname, Givenname" <g@quux.at>', "txt"),
        ('<td class="name">Monthly Report</td>', "html"),
        ("  name { 'Default Layout' }", "rb"),
        ("#  译者\uff1a注意保持前导空格", "po"),
        ("INSERT INTO products (name, city) VALUES ('Zzelma Zornedal', 'Bonn');", "sql"),
        ("Cc: Vertrieb Ost <vertrieb@quux.at>", "txt"),
        ("Acked-by: Jenkins CI <ci@quux.at>", "txt"),
        ('<input placeholder="Emily Johnson">', "html"),
        ('new Customer("Test User", "Porto Alegre", 2000);', "java"),
        ('String lang = "Ada Pascal";', "java"),
        ("publisher = {Emily Johnson and Sons},", "bib"),
        ("<td>São José dos Campos</td>", "html"),
        ("// Copyright (c) Boutique Zornedal. All rights reserved.", "cs"),
    ],
)
def test_what_looks_like_a_record_of_a_person_is_left_alone(
    find: Find, text: str, suffix: str
) -> None:
    assert people(find(text, suffix)) == []


@pytest.mark.parametrize(
    ("text", "suffix", "name"),
    [
        ("# frag sonst Heidi, wenn es klemmt", "py", "Heidi"),
        ("// chiedere a Giuseppe", "js", "Giuseppe"),
        ("// zapytaj Ewelinę o szczegóły", "kt", "Ewelinę"),
        ("# FIXME Heidi: wrong for JPY", "py", "Heidi"),
        ("Hallo Zzelma,\nanbei die Liste.", "txt", "Zzelma"),
        ("// geprüft und gemessen von Heidi Zornedal", "c", "Heidi Zornedal"),
        ("# validado por Heidi Zornedal", "py", "Heidi Zornedal"),
        ("- Port to FreeBSD by Zzelma Zornedal.", "md", "Zzelma Zornedal"),
        ("- Import rewritten [P. Zornedal]", "md", "P. Zornedal"),
        (
            "Files: *\nCopyright: 2020, Ben Jensen\n  2021, Heidi Zornedal\n",
            "txt",
            "Heidi Zornedal",
        ),
        ('"Super!" — Heidi Zornedal, Quux AG', "txt", "Heidi Zornedal"),
        ("Primary contact is Heidi Zornedal (Bonn).", "md", "Heidi Zornedal"),
    ],
)
def test_remarks_name_colleagues_and_first_names_alone(
    find: Find, text: str, suffix: str, name: str
) -> None:
    assert name in people(find(text, suffix))


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("# ask Jenkins for the log", "py"),
        ("# FIXME Windows: wrong path", "py"),
        ('x = "Hello Heidi"', "py"),
        ("Hello World,\n", "txt"),
        ("# supporté par Visual Studio", "py"),
        ("- Ported by Visual Basic.", "md"),
        ("voir avec Docker", "txt"),
    ],
)
def test_tools_behind_the_same_words_are_left_alone(find: Find, text: str, suffix: str) -> None:
    assert people(find(text, suffix)) == []
