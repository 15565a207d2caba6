from __future__ import annotations

import pytest

from ingest.detect.secrets.placeholders import (
    is_alphabet,
    is_filler,
    is_named_word,
    is_no_value,
    is_placeholder,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{name}", True),
        ("<name>", True),
        ("${NAME}", True),
        ("{{ name }}", True),
        ("xxxxxxxx", True),
        ("****", True),
        ("", True),
        ("%s", True),
        ("%(password)s", True),
        ("$NAME", False),
        ("changeme", False),
        ("example", False),
        ("<half", False),
        ("a%sb", False),
        ("hunter" + "2", False),
    ],
)
def test_only_templates_masks_and_directives_are_placeholders(
    value: str, *, expected: bool
) -> None:
    assert is_placeholder(value) is expected


def test_a_filler_ends_in_one_repeated_character() -> None:
    assert is_filler(b"tok_" + b"x" * 20)
    assert not is_filler(b"tok_" + b"x" * 11 + b"y")
    assert not is_filler(b"xxxx")


def test_a_table_of_letters_is_an_alphabet_and_a_key_is_not() -> None:
    assert is_alphabet("ABCDEFGHJKLMNPRSTUVWXYZ")
    assert is_alphabet("0123456789abcdefghijklmnopqrstuvwxyz")
    assert is_alphabet("0123456789abcdefABCDEFxoXO_")
    assert not is_alphabet("0123f5689abcd")
    assert not is_alphabet("a8Bd9Kq2Lm3NzX7qR5tYu8Wv")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("nil {", True),
        ("range accounts {", True),
        ("function", True),
        ("inherit", True),
        ("yes", True),
        ("41", True),
        ("ro", True),
        ("4711", False),
        ("functional", False),
        ("ranger8", False),
        ("yes!", False),
    ],
)
def test_keywords_flags_and_counts_are_no_values(value: str, *, expected: bool) -> None:
    assert is_no_value(value) is expected


def test_the_word_for_a_secret_is_a_named_word() -> None:
    assert is_named_word(b"PassWord")
    assert not is_named_word(b"password1")
