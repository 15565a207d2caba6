from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.secrets.nearby import REACH_BYTES, entropy, values_near

VALUE = "9f8Kq2Lz7" + "aQw3Rt5Yu8"
FAR = " " * REACH_BYTES


def values(text: str, word: str = "token") -> list[str]:
    data = text.encode()
    ends = [n + len(word) for n in range(len(data)) if data.startswith(word.encode(), n)]
    return [data[m.start : m.end].decode() for m in values_near(data, ends)]


@pytest.mark.parametrize(
    "text",
    [
        "token={}",
        "token: {}",
        "the token is {} today",
        "--token {} --x",
        "?token={}&a=1",
        '"token":"{}"',
        "token\t{}",
        "/token/{}?x",
        "token-{}",
        '<i class="tokens">{}</i>',
    ],
)
def test_a_random_value_near_a_word_is_found(text: str) -> None:
    assert values(text.format(VALUE)) == [VALUE]


@pytest.mark.parametrize(
    "text",
    [
        f"{VALUE} token",
        f"token{FAR} {VALUE}",
        f"token\n{VALUE}",
        "token = averylongfunctionname",
        "token = " + "a1" * 12,
        f"token = {VALUE[:15]}",
        f"token sha256:{VALUE}",
        f"token = {VALUE}(1)",
        f"token{VALUE}",
        f"token+{VALUE}",
        f'<i class="token number">{VALUE}</i>',
        "token = Ed25519PrivateKey22x",
    ],
)
def test_a_near_miss_is_not_found(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(("rest", "count"), [(", Cookie'), ('x-by'", 0), (", bearer", 1)])
def test_a_header_in_a_list_of_headers_names_no_value(rest: str, count: int) -> None:
    text = f"Accept, Authorization{rest}, {VALUE}".encode()
    assert len(list(values_near(text, [text.index(rest.encode())]))) == count


def test_several_values_near_one_word_are_all_found_once() -> None:
    other = VALUE[::-1]
    assert values(f"token {VALUE} token {other}") == [VALUE, other]


@given(st.binary(min_size=1, max_size=64))
def test_entropy_is_between_none_and_the_logarithm_of_the_length(value: bytes) -> None:
    assert entropy(value) + 1e-9 >= 0
    assert 2 ** entropy(value) <= len(value) * (1 + 1e-9)
    assert entropy(value * 2) == pytest.approx(entropy(value))
