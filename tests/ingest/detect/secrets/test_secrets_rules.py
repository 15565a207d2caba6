from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.detect.secrets.rules import PLUGIN_RULES, fold_case


def test_every_rule_has_its_own_name_and_an_expression() -> None:
    assert len({rule.rule_id for rule in PLUGIN_RULES}) == len(PLUGIN_RULES)
    assert all(rule.expressions for rule in PLUGIN_RULES)


@pytest.mark.parametrize("word", ["pa\u017f\u017f", "PASS", "s\u212aip", "sk\u0131p", "SK\u0130P"])
def test_folding_takes_the_letters_that_python_folds(word: str) -> None:
    ascii_word = "pass" if word.lower().startswith("p") else "skip"
    funnel = Funnel([Pattern(id=0, expression=fold_case(ascii_word.encode()), flags=CASELESS)])
    assert re.search(ascii_word, word, re.IGNORECASE)
    assert funnel.hits(word.encode())


@given(st.text(max_size=8))
def test_folding_is_never_narrower_than_python(text: str) -> None:
    funnel = Funnel([Pattern(id=0, expression=fold_case(b"kis"), flags=CASELESS)])
    if re.search("kis", text, re.IGNORECASE):
        assert funnel.hits(text.encode("utf-8", "ignore"))


def test_no_other_character_folds_to_an_ascii_letter() -> None:
    ascii_letters = re.compile("[a-z]", re.IGNORECASE)
    folded = {
        character
        for point in range(0x80, 0x110000)
        if not 0xD800 <= point < 0xE000 and ascii_letters.match(character := chr(point))
    }
    assert folded == {"\u0130", "\u0131", "\u017f", "\u212a"}
