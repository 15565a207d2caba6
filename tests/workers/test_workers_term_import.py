from __future__ import annotations

import base64

import pytest

from ingest.domain.company import Term, TermCase, TermKind
from ingest.errors import InputError
from workers.term_import import ImportFormat, read_terms

LDIF = """version: 1
# people
dn: uid=jroe,ou=people,dc=umbra,dc=example
objectClass: person
uid: jroe
cn: Jane Roe
description: a long line that goes
  on here

dn: cn=Max,dc=umbra,dc=example
sAMAccountName: max
mailNickname: m.power
uid:: {encoded}

dn: cn=PC-7,dc=umbra,dc=example
objectClass: computer
sAMAccountName: PC-7$
uid: pc7
""".format(encoded=base64.b64encode("jürgen".encode()).decode())


def _texts(text: str, kind: TermKind = TermKind.LOGINS, *attributes: str) -> list[str]:
    return [term.text for term in read_terms(text, kind, attributes=attributes)]


def test_a_directory_dump_gives_the_logins_of_people() -> None:
    assert _texts(LDIF) == ["jroe", "max", "m.power", "jürgen"]


def test_another_attribute_can_be_asked_for() -> None:
    assert _texts(LDIF, TermKind.LOGINS, "cn") == ["Jane Roe"]


def test_a_plain_list_has_one_term_a_line() -> None:
    text = "# ours\nInitech\n\n  Acme Rockets \nInitech\n"
    assert _texts(text, TermKind.CUSTOMERS) == ["Initech", "Acme Rockets"]


@pytest.mark.parametrize("text", ["id;customer\n1;Initech\n", 'id,"customer"\n1,"Initech"\n'])
def test_a_table_is_known_by_its_column(text: str) -> None:
    assert _texts(text, TermKind.CUSTOMERS) == ["Initech"]


def test_options_stand_in_columns_of_a_table() -> None:
    (term,) = read_terms("term,case,context\nApple,exact,needed\n", TermKind.CUSTOMERS)
    assert term == Term(kind=TermKind.CUSTOMERS, text="Apple", case=TermCase.EXACT, context=True)


def test_a_table_without_a_known_column_is_read_by_its_first() -> None:
    (term,) = read_terms("Initech,Berlin\n", TermKind.CUSTOMERS, ImportFormat.CSV)
    assert term.text == "Initech"


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("dn: x\nuid:: ***\n", ()),
        ("term,case\nzzq,odd\n", ()),
        ("term\nzzq\n", ("nothing",)),
    ],
)
def test_what_is_not_understood_is_refused_without_quoting_it(
    text: str, attributes: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        read_terms(text, TermKind.LOGINS, attributes=attributes)
    assert "zzq" not in str(caught.value)
