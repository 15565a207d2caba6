from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.confidential.terms import Terms, is_word
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category

Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the Blue Falcon rollout", "Blue Falcon"),
        ("blue-falcon", "blue-falcon"),
        ("BLUE_FALCON_URL", "BLUE_FALCON"),
        ("newBlueFalconClient", "BlueFalcon"),
        ("HTTPBlueFalcon", "BlueFalcon"),
        ("blueFalcon2", "blueFalcon"),
        ("import bluefalcon", "bluefalcon"),
        ("com.blue.falcon.api", "blue.falcon"),
        ("zephyr", "zephyr"),
        ("ZEPHYRClient", "ZEPHYR"),
        ("is_zephyr_on", "is_zephyr_on"[3:9]),
        ("v2Zephyr", "Zephyr"),
        ("zephyr's", "zephyr"),
        ("«zephyr»", "zephyr"),
        ("das Überfall-Modul", "Überfall"),
        ("ÜBERFALL", "ÜBERFALL"),
        ("u\u0308berfall", "u\u0308berfall"),
    ],
)
def test_a_codename_is_found_as_a_word_and_in_identifiers(
    text: str, found: str, find: Find
) -> None:
    assert find(text, Category.CODENAME) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "bluefalconry",
        "zephyrs",
        "myzephyr",
        "zephyrclient",
        "blue  falcon",
        "Blue Falkon",
        "éz" + "ephyr",
        "zephyré",
        "XZEPHYR",
        "blue/falcon",
    ],
)
def test_a_part_of_a_longer_word_is_not(text: str, find: Find) -> None:
    assert find(text, Category.CODENAME) == []


def test_customers_and_logins_have_their_own_categories(find: Find) -> None:
    text = "owner: jroe, m.koslow  # for Initech / acme_rockets"
    assert find(text, Category.EMPLOYEE_LOGIN) == ["jroe", "m.koslow"]
    assert find(text, Category.CUSTOMER) == ["Initech", "acme_rockets"]


def test_a_term_of_two_kinds_is_reported_as_both() -> None:
    terms = Terms(CompanyProfile(codenames=("Orion",), customers=("orion",)))
    assert {m.category for m in terms.matches(b"orion")} == {Category.CODENAME, Category.CUSTOMER}


def test_no_terms_find_nothing() -> None:
    assert list(Terms(CompanyProfile(codenames=("", "x"))).matches(b"x y")) == []


def test_a_long_list_is_searched_in_one_pass() -> None:
    names = tuple(f"client{n:05d}" for n in range(20_000))
    data = b" ".join(name.encode() for name in names[::1000])
    assert len(list(Terms(CompanyProfile(customers=names)).matches(data))) == 20


@given(st.text(max_size=6), st.text(max_size=6))
def test_a_word_between_white_space_is_always_a_word(left: str, right: str) -> None:
    before, after = f"{left} ".encode("utf-8", "ignore"), f" {right}".encode("utf-8", "ignore")
    data = before + b"term" + after
    assert is_word(data, len(before), len(before) + 4)


@given(st.sampled_from("abcxyzé"), st.sampled_from("abcxyzé"))
def test_a_word_grown_by_letters_of_its_case_is_none(left: str, right: str) -> None:
    assert not is_word(f"{left}term".encode(), len(left.encode()), len(left.encode()) + 4)
    assert not is_word(f"term{right}".encode(), 0, 4)
