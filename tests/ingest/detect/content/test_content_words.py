"""Words are what a split would give, and different words have different hashes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.content.words import Joined, hash_words

_WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")
_TEXTS = st.lists(st.text(alphabet="aZ9_ .\n\té", max_size=40).map(str.encode), min_size=1)


@given(_TEXTS)
def test_each_text_has_the_words_that_a_split_gives_in_order(texts: list[bytes]) -> None:
    hashes, bounds = hash_words(Joined.of(texts))
    words = [_WORD.findall(text) for text in texts]
    assert [bounds[n + 1] - bounds[n] for n in range(len(texts))] == [len(w) for w in words]
    named = {word for text in words for word in text}
    pairs = set(zip([w for text in words for w in text], hashes.tolist(), strict=True))
    assert len(pairs) == len(named)


def test_words_that_differ_in_one_byte_anywhere_have_different_hashes() -> None:
    base = b"abcdefghijklmnopqrstuvwxyz" * 6
    words = [
        base[:size][:place] + b"0" + base[:size][place + 1 :]
        for size in (1, 7, 8, 9, 16, 17, 63, 64, 65, 150)
        for place in range(size)
    ]
    hashes, _ = hash_words(Joined.of([b" ".join(words)]))
    assert len(set(hashes.tolist())) == len(set(words)) == len(words)


@given(texts=_TEXTS, data=st.data())
def test_texts_without_their_heads_have_the_words_behind_them(
    texts: list[bytes], data: st.DataObject
) -> None:
    sizes = [data.draw(st.integers(0, len(text))) for text in texts]
    rest = [text[size:] for text, size in zip(texts, sizes, strict=True)]
    cut_hashes, cut_bounds = hash_words(Joined.of(texts).without_heads(sizes))
    hashes, bounds = hash_words(Joined.of(rest))

    assert cut_hashes.tolist() == hashes.tolist()
    assert cut_bounds.tolist() == bounds.tolist()
