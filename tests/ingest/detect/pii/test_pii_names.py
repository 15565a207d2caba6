from __future__ import annotations

import pytest

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.names import NameJudge, read_name


@pytest.fixture(scope="module")
def judge() -> NameJudge:
    gazetteer = Gazetteer(first=frozenset({"mira", "zoë"}), last=frozenset({"ostrowny", "vald"}))
    return NameJudge(gazetteer=gazetteer, exclusions=Exclusions.load())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mira Ostrowny wrote", "Mira Ostrowny"),
        ("Mira Q. Ostrowny.", "Mira Q. Ostrowny"),
        ("M. Ostrowny", "M. Ostrowny"),
        ("Mira van der Vald x", "Mira van der Vald"),
        ("Mira O'Vald", "Mira O'Vald"),
        ("Mira McVald", "Mira McVald"),
        ("Zoë-Mira Öström", "Zoë-Mira Öström"),
        ("Mira Ostrowny\nNext Line", "Mira Ostrowny"),
    ],
)
def test_a_name_is_read_to_its_end(text: str, name: str) -> None:
    run = read_name(text, 0)
    assert run is not None
    assert text[run.start : run.end] == name


@pytest.mark.parametrize(
    "text",
    ["mira Ostrowny", "Mira", "Mira wrote", "Mira O.", "van Vald", "GitHub ostrowny", "", "1"],
)
def test_what_is_not_shaped_like_a_name_is_none(text: str) -> None:
    assert read_name(text, 0) is None


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("Torvald", "Quendrel"), ""),
        (("Quendrel", "Software", "Inc."), "organisation"),
        (("Kestrel", "Foundation"), "organisation"),
        (("All", "Rights"), "not_a_name"),
        (("QUENDREL", "TORVALD"), "not_a_name"),
        (("MIRA", "OSTROWNY"), ""),
    ],
)
def test_words_after_a_mark_name_a_person_unless_a_list_objects(
    words: tuple[str, ...], reason: str, judge: NameJudge
) -> None:
    assert judge.reason_against(words) == reason


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("then Mira Ostrowny and Zoë Vald came", ["Mira Ostrowny", "Zoë Vald"]),
        ("Mira Q. Ostrowny", ["Mira Q. Ostrowny"]),
        ("Mira Quendrel", ["Mira Quendrel"]),
        ("Mira Software", []),
        ("Mira QUENDREL", []),
        ("Mira Feb", []),
        ("Torvald Ostrowny", []),
        ("of Central Mira Ostrowny", []),
        ("By Mira Ostrowny", ["Mira Ostrowny"]),
    ],
)
def test_elsewhere_a_listed_first_name_must_lead_and_no_word_follow(
    text: str, names: list[str], judge: NameJudge
) -> None:
    assert [text[run.start : run.end] for run in judge.names_in(text)] == names


@pytest.mark.parametrize(
    "opener", ["Ask ", "1. Ask ", "x\n Tell ", "# Call ", "Done. Ping ", "call "]
)
def test_a_word_that_only_opens_a_sentence_hides_no_name(opener: str, judge: NameJudge) -> None:
    text = f"{opener}Mira Ostrowny about it"
    assert [run.words for run in judge.names_in(text)] == [("Mira", "Ostrowny")]
