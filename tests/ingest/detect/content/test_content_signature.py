"""Near-copies share bands, strangers do not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.content.signature import (
    BANDS,
    MIN_SHINGLES,
    PERMUTATIONS,
    SHINGLE_WORDS,
    Signature,
    sign,
    sign_all,
)
from ingest.detect.content.signature import _hash_bands as hash_bands
from ingest.detect.content.words import Joined

_GOLDEN_BANDS = [-1509620506018791953, 5903287598810821145]
_WORDS = [f"w{i:04d}" for i in range(1200)]


def _text(words: list[str]) -> bytes:
    return " ".join(words).encode()


def _shares_a_band(left: Signature, right: Signature) -> bool:
    return any(a == b for a, b in zip(left.bands, right.bands, strict=True))


def _estimate(left: bytes, right: bytes) -> float:
    """Return the Jaccard similarity that two signatures speak of."""
    same = np.frombuffer(left, dtype="<u4") == np.frombuffer(right, dtype="<u4")
    return float(np.count_nonzero(same)) / PERMUTATIONS


def _bands(minhash: bytes) -> list[int]:
    values = np.frombuffer(minhash, "<u4").reshape(1, PERMUTATIONS)
    return [int(bucket) for bucket in hash_bands(values)[0]]


def test_texts_of_similarity_nine_tenths_share_a_band() -> None:
    # Replacing 12 words far apart spoils 60 of 1196 shingles: J = 1136 / 1256 = 0.90.
    for shift in range(20):
        changed = [
            f"other{shift}x{i}" if i % 100 == 50 + shift else w for i, w in enumerate(_WORDS)
        ]
        left, right = sign(_text(_WORDS)), sign(_text(changed))

        assert _shares_a_band(left, right)
        assert left.minhash is not None
        assert right.minhash is not None
        assert abs(_estimate(left.minhash, right.minhash) - 0.90) < 0.12


def test_unrelated_texts_share_no_band() -> None:
    left = sign(_text(_WORDS))

    for seed in range(20):
        right = sign(_text([f"v{seed}-{i}" for i in range(1200)]))
        assert not _shares_a_band(left, right)


def test_the_order_of_words_matters_but_white_space_and_punctuation_do_not() -> None:
    text = _text(_WORDS)

    assert sign(text) == sign(text.replace(b" ", b" ;\n\t"))
    assert sign(text).minhash != sign(_text(_WORDS[::-1])).minhash


def test_a_short_text_has_no_signature() -> None:
    few = sign(_text(_WORDS[: MIN_SHINGLES + SHINGLE_WORDS - 2]))
    enough = sign(_text(_WORDS[: MIN_SHINGLES + SHINGLE_WORDS - 1]))

    assert (few.num_shingles, few.minhash, few.bands) == (MIN_SHINGLES - 1, None, [])
    assert enough.minhash is not None


def test_repeats_count_once() -> None:
    assert sign(_text(_WORDS[:5] * 100)).num_shingles == 5


@given(st.binary(max_size=400))
def test_signing_is_deterministic_and_well_formed(data: bytes) -> None:
    first, second = sign(data), sign(data)

    assert first == second
    if first.minhash is not None:
        assert len(first.minhash) == 4 * PERMUTATIONS
        assert first.bands == _bands(first.minhash)
        assert len(first.bands) == BANDS
        assert all(-(2**63) <= band < 2**63 for band in first.bands)


def test_equal_rows_in_different_bands_are_different_buckets() -> None:
    assert len(set(_bands(b"\0" * 4 * PERMUTATIONS))) == BANDS


def test_the_signature_of_a_known_text_never_changes() -> None:
    # Signatures of the lake outlive a process: a change here needs a new rules version.
    assert sign(_text(_WORDS)).bands[:2] == _GOLDEN_BANDS


@given(
    st.lists(st.sampled_from(["a b c d e f", "x", "", "é w " * 9, "a b c d e " * 7]), max_size=9)
)
def test_a_signature_does_not_depend_on_the_texts_it_is_made_with(texts: list[str]) -> None:
    contents = [text.encode() for text in texts] or [b""]
    assert sign_all(Joined.of(contents)) == [sign(content) for content in contents]


def test_small_texts_are_estimated_as_well_as_large_ones() -> None:
    # 3 of 38 words replaced, far apart: 15 of 34 shingles spoilt, J = 19 / 49.
    words = _WORDS[:38]
    errors = []
    for trial in range(40):
        old = [f"{trial}{word}" for word in words]
        new = [f"new{word}" if i in (8, 18, 28) else word for i, word in enumerate(old)]
        left, right = sign(_text(old)).minhash, sign(_text(new)).minhash
        assert left is not None
        assert right is not None
        errors.append(_estimate(left, right) - 19 / 49)
    assert abs(sum(errors) / len(errors)) < 0.03
