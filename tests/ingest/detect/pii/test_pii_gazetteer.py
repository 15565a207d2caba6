from __future__ import annotations

import pytest

from ingest.detect.pii.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load(frozenset({"will", "young"}))


def test_names_of_many_locales_are_known(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.first) > 15_000
    assert len(gazetteer.last) > 15_000


@pytest.mark.parametrize("name", ["Emily", "EMILY", "Anna-Lena", "Zoë"])
def test_a_first_name_is_known_in_any_case_and_in_parts(name: str, gazetteer: Gazetteer) -> None:
    assert gazetteer.is_first(name)


@pytest.mark.parametrize("word", ["Will", "Qzx", "", "-", "Al"])
def test_ordinary_words_and_short_ones_are_no_first_names(word: str, gazetteer: Gazetteer) -> None:
    assert not gazetteer.is_first(word)


def test_surnames_are_another_list(gazetteer: Gazetteer) -> None:
    assert gazetteer.is_last("Johnson-Heller")
    assert not gazetteer.is_last("Young")
