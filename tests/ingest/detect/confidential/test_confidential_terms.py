from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.confidential.edges import is_plural, is_word
from ingest.detect.confidential.matches import fold_matches
from ingest.detect.confidential.spelling import spellings_of
from ingest.detect.confidential.terms import Terms
from ingest.domain.company import CompanyProfile, Term, TermCase, TermKind, TermPlace
from ingest.domain.finding import Category
from ingest.errors import ConfigurationError

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
        ("both zephyrs", "zephyr"),
        ("ZEPHYRS_MAX", "ZEPHYR"),
        ("two ZEPHYRs", "ZEPHYR"),
        ('"a\\nzephyr"', "zephyr"),
        ('"\\tbluefalcon"', "bluefalcon"),
        ("BLUE_FALCONs", "BLUE_FALCON"),
        ("blue  falcon", "blue  falcon"),
        ("# the blue\n    # falcon", "blue\n    # falcon"),
        ("two_blue_falcons", "blue_falcon"),
        ("BLUEFALCON", "BLUEFALCON"),
        ("uberfall_count", "uberfall"),
        ("ueberfallCount", "ueberfall"),
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
        "zephyrss",
        "myzephyr",
        "zephyrclient",
        "Blue Falkon",
        "blue = falcon",
        "blue\n\nfalcon",
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


def _found(text: str, *terms: Term) -> list[str]:
    data = text.encode()
    found = Terms(CompanyProfile(terms=terms)).matches(data)
    return [data[m.start : m.end].decode() for m in fold_matches(found)]


CUSTOMERS, LOGINS = TermKind.CUSTOMERS, TermKind.LOGINS


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        (Term(kind=CUSTOMERS, text="SAP"), "SAP sap SAPClient sap_url SAP's", ["SAP", "SAP"]),
        (Term(kind=CUSTOMERS, text="Apple"), "Apple apple applePie Apple2", ["Apple"]),
        (Term(kind=CUSTOMERS, text="apple"), "apple pie\ncustomer: apple", ["apple"]),
        (Term(kind=CUSTOMERS, text="Fernwick GmbH"), "FernwickClient", ["Fernwick"]),
        (Term(kind=CUSTOMERS, text="Apple Inc"), "an applePie", []),
        (Term(kind=CUSTOMERS, text="Müller & Söhne"), "Müller & Söhne", ["Müller & Söhne"]),
        (Term(kind=LOGINS, text="max"), "max(x); owner: max; TODO(max)", ["max", "max"]),
        (Term(kind=LOGINS, text="jroe"), "jroe JROE jroe2 jroe_x", ["jroe", "JROE"]),
        (Term(kind=LOGINS, text="art"), "/home/art/x art", ["art"]),
        (Term(kind=CUSTOMERS, text="Orion", case=TermCase.EXACT), "Orion orion", ["Orion"]),
        (Term(kind=CUSTOMERS, text="Orion", place=TermPlace.WORD), "Orion orionUrl", ["Orion"]),
        (Term(kind=CUSTOMERS, text="sap", case=TermCase.ANY, context=False), "SAP", ["SAP"]),
        (Term(kind=LOGINS, text="jroe", context=True), "jroe; by jroe", ["jroe"]),
        (Term(kind=TermKind.CODENAMES, text="falcon"), "falconUrl falconer", ["falcon"]),
        (Term(kind=TermKind.CODENAMES, text="Cat"), "scatter concat Cat cats", ["Cat"]),
    ],
)
def test_short_and_ordinary_terms_are_read_with_care(
    term: Term, text: str, found: list[str]
) -> None:
    assert _found(text, term) == found


STYLES = (
    "{0} {1}",
    "{0}_{1}",
    "{0}-{1}",
    "{0}{1}",
    "{0}.{1}",
    "my_{0}_{1}_x",
    "x-{0}-{1}2",
)


@given(
    st.tuples(*[st.from_regex(r"[a-z]{4,9}", fullmatch=True)] * 2),
    st.sampled_from(STYLES),
    st.sampled_from([str.lower, str.upper, str.title]),
)
def test_every_style_of_writing_two_words_is_found(
    words: tuple[str, str], style: str, case: Callable[[str], str]
) -> None:
    text = style.format(*map(case, words))
    found = _found(f"a = {text};", Term(kind=TermKind.CODENAMES, text=" ".join(words)))
    assert [re.sub("[ _.-]", "", value.lower()) for value in found] == ["".join(words)]


PARTS = (
    "blue",
    "Falcon",
    "FALCON",
    "falcons",
    "s",
    "_",
    "-",
    " ",
    "2",
    "x",
    "Url",
    "é",
    "\n# ",
    "\\n",
)


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=9).map("".join))
def test_hashing_loses_nothing_that_looking_everywhere_finds(text: str) -> None:
    term = Term(kind=TermKind.CODENAMES, text="Blue Falcon")
    (spelling,) = spellings_of(term)
    data = text.encode()
    expected = {
        match.span()
        for start in range(len(data))
        if (match := spelling.pattern.match(data, start))
        and (is_word(data, *match.span()) or is_plural(data, *match.span()))
    }
    found = {(m.start, m.end) for m in Terms(CompanyProfile(terms=(term,))).matches(data)}
    assert found == expected


def test_a_kept_index_gives_the_same_matches_and_is_private(tmp_path: Path) -> None:
    company = CompanyProfile(customers=("Fernwick", "Quellberg Logistik"), logins=("jroe",))
    data = b"quellberg_logistik fernwick jroe"
    first, second = (list(Terms(company, tmp_path, name="x").matches(data)) for _ in range(2))
    assert first == second
    assert len(first) == 3
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_bytes(b"torn")
    assert list(Terms(company, tmp_path, name="x").matches(data)) == first


def test_terms_at_the_seams_of_a_long_text_are_found_once() -> None:
    size = 2 * 64 * 1024
    for place in range(64 * 1024 - 520, 64 * 1024 + 10, 37):
        text = ("x" * (place - 1) + " blueFalcon ").ljust(size, "y")
        term = Term(kind=TermKind.CODENAMES, text="Blue Falcon")
        assert _found(text, term) == ["blueFalcon"], place


def test_a_term_that_is_too_long_is_refused_without_naming_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Terms(CompanyProfile(codenames=("q" * 300,)))
    assert "qqq" not in str(caught.value)


@given(st.text(max_size=6), st.text(max_size=6))
def test_a_word_between_white_space_is_always_a_word(left: str, right: str) -> None:
    before, after = f"{left} ".encode("utf-8", "ignore"), f" {right}".encode("utf-8", "ignore")
    data = before + b"term" + after
    assert is_word(data, len(before), len(before) + 4)


@given(st.sampled_from("abcxyzé"), st.sampled_from("abcxyzé"))
def test_a_word_grown_by_letters_of_its_case_is_none(left: str, right: str) -> None:
    assert not is_word(f"{left}term".encode(), len(left.encode()), len(left.encode()) + 4)
    assert not is_word(f"term{right}".encode(), 0, 4)
