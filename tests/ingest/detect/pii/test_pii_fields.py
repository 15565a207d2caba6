from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.detect.pii.fields import FieldKind, kind_of

Find = Callable[..., list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("first_name", FieldKind.FIRST_NAME),
        ("firstName", FieldKind.FIRST_NAME),
        ("First Name", FieldKind.FIRST_NAME),
        ("user.last-name", FieldKind.LAST_NAME),
        ("FULL_NAME", FieldKind.FULL_NAME),
        ("customer", FieldKind.PARTY),
        ("Phone Number", FieldKind.PHONE),
        ("filename", None),
        ("classname", None),
        ("id", None),
    ],
)
def test_a_field_is_known_by_its_name_in_any_style(name: str, kind: FieldKind | None) -> None:
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    ("text", "suffix", "value"),
    [
        ('x = {"full_name": "Torvald Quendrel"}\n', "py", "Torvald Quendrel"),
        ("customer: Emily Quendrel\n", "yaml", "Emily Quendrel"),
        ('String owner = "Peter Quendrel";\n', "java", "Peter Quendrel"),
        ("app.contact_name=Torvald Quendrel\n", "properties", "Torvald Quendrel"),
        ("<surname>Johnson</surname>\n", "xml", "Johnson"),
        ('person = Person(first_name="Emily")\n', "py", "Emily"),
    ],
)
def test_a_field_for_names_needs_less_of_the_lists(
    text: str, suffix: str, value: str, find: Find
) -> None:
    assert ("PERSON", value) in find(text, suffix)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("name: Build Docker Image\n", "yaml"),
        ('{"customer": "Standard Plan"}\n', "json"),
        ('first_name = CharField(label="First Name")\n', "py"),
        ("lastName: String;\n", "ts"),
        ('full_name = f"{first} {last}"\n', "py"),
        ('owner = "Platform Team"\n', "toml"),
    ],
)
def test_what_a_field_holds_may_still_be_no_name(text: str, suffix: str, find: Find) -> None:
    assert [found for found in find(text, suffix) if found[0] == "PERSON"] == []
