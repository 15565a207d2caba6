"""Planted values follow from the key, are valid in form, and stand in their files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.canary.corpus import plant_files
from workers.canary.plants import Draw, PlantKind, choose_terms

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS)
def test_the_same_key_plants_the_same_and_names_and_paths_stand_once(key: bytes) -> None:
    draw = Draw(key)
    terms = choose_terms((), (), draw)
    plants = plant_files(draw, terms)
    assert plants == plant_files(Draw(key), terms)
    assert len({p.name for p in plants}) == len({(p.repository, p.path) for p in plants})
    for plant in plants:
        assert plant.needles
        assert not any(needle.decode() in plant.name for needle in plant.needles)


@given(KEYS, KEYS)
def test_another_installation_plants_other_values(one: bytes, other: bytes) -> None:
    terms = choose_terms((), (), Draw(one))
    needles = [
        {n for p in plant_files(Draw(key), terms) if p.kind == "secret" for n in p.needles}
        for key in (one, other)
    ]
    assert (one == other) or not needles[0] & needles[1]


@given(KEYS)
def test_numbers_carry_their_check_digits(key: bytes) -> None:
    draw = Draw(key)
    iban, card = draw.iban("x"), draw.card("x")
    moved = "".join(str(int(c, 36)) for c in iban[4:] + iban[:4])
    assert int(moved) % 97 == 1
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(card))]
    assert sum(d // 10 + d % 10 for d in doubled) % 10 == 0
    assert (len(iban), len(card)) == (22, 16)


@given(KEYS)
def test_a_value_in_the_open_stands_in_its_file(key: bytes) -> None:
    draw = Draw(key)
    for plant in plant_files(draw, choose_terms((), (), draw)):
        where = plant.data + plant.path
        assert any(needle in where for needle in plant.needles), plant.name


def test_terms_of_the_company_are_planted_where_they_count_inside_identifiers() -> None:
    draw = Draw(b"k" * 32)
    terms = choose_terms(("Kittiwake", "Xy"), ("Fernwicks", "Quellberg Logistik"), draw)
    assert (terms.codename, terms.customer, terms.are_configured) == (
        "Kittiwake",
        "Fernwicks",
        True,
    )
    for codenames, customers in (((), ("Fernwicks",)), (("Short",), ("Fernwicks",))):
        assert not choose_terms(codenames, customers, draw).are_configured


def test_no_plant_shows_its_value_when_it_is_printed() -> None:
    draw = Draw(b"k" * 32)
    for plant in plant_files(draw, choose_terms((), (), draw)):
        if plant.kind is not PlantKind.INTERNAL:
            assert not any(needle.decode() in repr(plant) for needle in plant.needles)
