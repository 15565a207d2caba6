from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.confidential.pieces import (
    OVERLAP,
    WINDOW,
    HashTable,
    hash_pieces,
    windows,
)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("HTTPFalcon_url2", [0, 4, 11, 14]),
        ("blueFalcon", [0, 4]),
        ("  a b", [2, 4]),
        ("éa", [2]),
        ("42ab", [0, 2]),
        ("", []),
        ("...", []),
    ],
)
def test_a_text_is_cut_where_words_and_numbers_end(text: str, pieces: list[int]) -> None:
    found = hash_pieces(text.encode())
    starts = [s for s in found.starts.tolist() if text.encode()[s] < 0x80]
    assert starts == pieces


@given(st.from_regex(r"[a-z]{1,20}", fullmatch=True), st.text(max_size=5))
def test_a_word_has_one_hash_in_any_case_and_place(word: str, before: str) -> None:
    prefix = f"{before} ".encode("utf-8", "replace")
    plain, upper = hash_pieces(word.encode()), hash_pieces(prefix + word.upper().encode() + b".")
    assert plain.words[0] == upper.words[-1]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.lists(st.integers(0, 2**64 - 1)))
def test_a_table_passes_all_of_its_set(known: list[int], asked: list[int]) -> None:
    table = HashTable(np.array(known, dtype=np.uint64))
    places = table.places(np.array([*known, *asked], dtype=np.uint64)).tolist()
    assert set(range(len(known))) <= set(places)


def test_a_table_passes_few_words_of_others() -> None:
    known, others = (
        hash_pieces(
            " ".join(f"{stem}{chr(97 + n % 26)}{n:x}q" for n in range(5_000)).encode()
        ).words
        for stem in ("alpha", "beta")
    )
    assert HashTable(known).places(np.setdiff1d(others, known)).size < 20


@pytest.mark.parametrize("size", [0, 1, WINDOW, WINDOW + 1, WINDOW + OVERLAP, 3 * WINDOW])
def test_windows_cover_a_text_and_share_their_seams(size: int) -> None:
    data = bytes(n % 251 for n in range(size))
    parts = list(windows(data))
    assert all(data[offset : offset + len(part)] == part for offset, part in parts)
    ends = [offset + len(part) for offset, part in parts]
    assert ends[-1] == size
    assert all(end - nxt[0] >= OVERLAP for end, nxt in zip(ends, parts[1:], strict=False))
