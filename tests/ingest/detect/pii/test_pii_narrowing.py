from __future__ import annotations

import pytest

from ingest.detect.pii.narrowing import Look, Narrowing
from ingest.detect.pii.scanner import PiiDetector


@pytest.fixture(scope="module")
def narrowing(detector: PiiDetector) -> Narrowing:
    return Narrowing(detector._names.gazetteer, detector._exclusions)


def is_kept(narrowing: Narrowing, look: Look, before: str, after: str) -> bool:
    """Ask a look about the end of a match, which stands between the two texts."""
    data = (before + after).encode()
    return bool(narrowing.kept(look, data, [len(before.encode())]))


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("(Zoë A", True),
        ("EMILY J", True),
        ("'Emily J", True),
        ("Emily de la F", True),
        ("Emily,de la F", True),
        ("Emily\nde la F", False),
        ("Emily de la von den F", False),
        ("emily J", False),
        ("Table A", False),
        ("Emily thinks T", False),
    ],
)
def test_a_capital_counts_only_after_a_listed_name(
    narrowing: Narrowing, before: str, *, kept: bool
) -> None:
    assert is_kept(narrowing, Look.NAME_BEFORE, before, "nderson") is kept


@pytest.mark.parametrize(
    ("login", "kept"),
    [
        ("mquendrel ", True),
        ("m-quendrel,", True),
        ("param x", False),
        ("Override", False),
        ("ab", False),
        ("a-", False),
    ],
)
def test_tags_and_short_words_are_no_logins(
    narrowing: Narrowing, login: str, *, kept: bool
) -> None:
    assert is_kept(narrowing, Look.LOGIN_AFTER, f"by @{login[0]}", login[1:]) is kept


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("\uff1a山田太郎,", True),
        ("山田 太郎,", True),
        ("山田\u3000太郎,", True),
        ("は、山田太郎。", True),
        ("「山田太郎", True),
        ("保存された,", False),
        ("保存 された,", False),
        ("。,", False),
    ],
)
def test_a_run_without_capitals_counts_only_as_a_listed_name(
    narrowing: Narrowing, before: str, *, kept: bool
) -> None:
    assert is_kept(narrowing, Look.CASELESS_NAME, before, "") is kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("Torvald Quendrel", True),
        ("Torvald van der Quendrel", True),
        ("T. Quendrel", True),
        ("Zoë", True),
        ("Smith-Jones'", True),
        ("Quendrel", False),
        ("Quendrel is here", False),
        ("String)", False),
    ],
)
def test_a_value_counts_as_two_capitalised_words_or_a_listed_one(
    narrowing: Narrowing, value: str, *, kept: bool
) -> None:
    assert is_kept(narrowing, Look.FIELD_VALUE, f"name: {value[0]}", value[1:]) is kept


@pytest.mark.parametrize(
    ("text", "asked"),
    [("@param x\n@return y", False), ("@param x, thanks @jquux-b", True), ("a @ b, @x", False)],
)
def test_mentions_are_asked_for_where_one_is_no_tag(
    narrowing: Narrowing, text: str, *, asked: bool
) -> None:
    assert bool(narrowing.login_ends(text.encode())) is asked
