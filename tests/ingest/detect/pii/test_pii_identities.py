from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("pesel: {}", "PL_PESEL|92071314764"),
        ('"bsn": "{}"', "NL_BSN|944117715"),
        ("nhs_number = {}", "UK_NHS|943 476 5870|no"),
        ("x = '{}'", "BR_CPF|529.982.247-25"),
        ("code {}", "IT_FISCAL_CODE|RSSMRA85T10A562S|no"),
        ("SIN {}", "CA_SIN|130-692-544"),
        ("aadhaar no {}", "IN_AADHAAR|2341 2341 2346"),
    ],
)
def test_a_number_is_found_with_its_word_or_by_its_form(
    text: str, category: str, find: Find
) -> None:
    kind, value, *excluded = category.split("|")
    assert ((kind, value) in find(text.format(value), "py")) is not bool(excluded)


@pytest.mark.parametrize(
    "text", ["size 92071314764", "id 944117715", "n = 2341 2341 2346", "total 130-692-544"]
)
def test_digits_without_a_word_are_no_identity(text: str, find: Find) -> None:
    assert [kind for kind, _ in find(text) if kind != "PHONE_NUMBER"] == []
