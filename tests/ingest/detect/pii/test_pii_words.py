from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.pii.words import Cues, WordIndex


def test_only_a_whole_word_counts() -> None:
    text = b"Mira @mira mira_x (mira) mira@x {}"
    assert not WordIndex(text).has("mira", not_after=b"(")
    assert WordIndex(text).has("mira", not_after=b"")
    assert WordIndex(b"Mira; mira.").has("mira", not_after=b"(")


@given(st.text(alphabet="ab_-@(. é", max_size=40), st.sampled_from(["a", "ab", "aé", "b-a"]))
def test_the_first_questions_and_the_later_ones_have_the_same_answers(text: str, word: str) -> None:
    index = WordIndex(text.encode())
    first = index.has(word, not_after=b"(.")
    for _ in range(20):
        assert index.has(word, not_after=b"(.") is first


def test_a_cue_counts_in_any_case_and_where_asked_only_with_its_borders() -> None:
    cues = Cues("host", {"ip": r"\bips?\b"})
    assert cues.are_in("LOCALHOST")
    assert cues.are_in("the IPs")
    assert not cues.are_in("ship")
    assert not cues.are_in("")
