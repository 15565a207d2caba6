"""A forecast is exact over everything, and otherwise keeps to what was seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.preview.forecast import Guess, Seen, extrapolate
from workers.preview.owners import read_owners


def groups(*files: int) -> list[Seen]:
    return [Seen(files=n, where=b"f%d" % i) for i, n in enumerate(files)]


def test_everything_seen_is_no_guess() -> None:
    assert extrapolate(groups(1, 1, 5), 1.0) == Guess(items=3, least=3, most=3)
    assert extrapolate([], 1.0) == Guess(items=0, least=0, most=0)


def test_what_is_in_one_file_grows_with_what_was_not_seen_and_what_is_everywhere_does_not() -> None:
    assert extrapolate(groups(*[1] * 10), 0.1).items == 100
    assert extrapolate(groups(*[9] * 10), 0.1).items == 10
    mixed = extrapolate(groups(1, 1, 1, 2, 2, 9), 0.1).items
    assert 6 < mixed < 20


def test_a_cluster_says_less_than_the_same_number_apart() -> None:
    together = [Seen(files=1, where=b"AUTHORS")] * 20
    assert extrapolate(together, 0.5).items == extrapolate(groups(*[1] * 20), 0.5).items
    assert extrapolate(together, 0.5).most > extrapolate(groups(*[1] * 20), 0.5).most


@given(st.lists(st.integers(1, 50), max_size=30), st.floats(0.001, 1.0))
def test_a_guess_lies_between_its_bounds_and_holds_what_was_seen(
    files: list[int], share: float
) -> None:
    guess = extrapolate(groups(*files), share)
    assert len(files) == guess.least <= guess.items <= guess.most


def test_owners_are_read_as_hosts_read_them() -> None:
    text = b"""
# comment @nobody
*       @acme/core   # all
/docs/  @acme/docs @jane
[Build][2] @acme/build
/ci/
^[Optional] @acme/core
a.txt   mail@example.invalid
"""
    found = {owner.name: owner.rules for owner in read_owners(text)}
    assert found == {"@acme/core": 2, "@acme/docs": 1, "@jane": 1, "@acme/build": 1}
    assert read_owners(b"\xff\xfe * x") == []
