"""The tables of names are whole."""

from __future__ import annotations

from ingest.detect.content.names import INTERPRETERS, NAMES, RENAMED, SHARED_NAMES, SUFFIXES
from ingest.domain.tree import KNOWN_NAMES


def test_every_known_file_name_has_a_language() -> None:
    missing = {name.decode() for name in KNOWN_NAMES} - NAMES.keys()

    assert missing == set()


def test_languages_have_spaces_and_keys_have_none() -> None:
    for table in (NAMES, SUFFIXES, INTERPRETERS):
        assert all("_" not in language for language in table.values())
        assert all(key == key.lower() and " " not in key for key in table)


def test_a_renamed_lexer_is_not_also_a_shared_name() -> None:
    assert RENAMED.keys().isdisjoint(SHARED_NAMES)
