from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.detect.pii.checksums import is_egn, is_isikukood, is_svnr

Find = Callable[..., list[tuple[str, str]]]


def completed(form: str, check: Callable[[str], bool]) -> str:
    """Return the form with its check digit put for the ``?``."""
    return next(v for d in range(10) if check(v := form.replace("?", str(d))))


SVNR = completed("482?130364", is_svnr)
EGN = completed("640813445?", is_egn)
ISIKUKOOD = completed("4640813274?", is_isikukood)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (f"svnr: {SVNR}", "AT_SVNR", SVNR),
        (f"<sv-nummer>{SVNR[:4]} {SVNR[4:]}</sv-nummer>", "AT_SVNR", f"{SVNR[:4]} {SVNR[4:]}"),
        (f'egn: "{EGN}"', "BG_EGN", EGN),
        (f"isikukood = {ISIKUKOOD}", "EE_ISIKUKOOD", ISIKUKOOD),
        (f"asmens kodas {ISIKUKOOD}", "LT_ASMENS_KODAS", ISIKUKOOD),
        ("pan: BFZPK7177K", "IN_PAN", "BFZPK7177K"),
        ('val kundePesel = "92071314764"', "PL_PESEL", "92071314764"),
        ('val memberSin = "130-692-544"', "CA_SIN", "130-692-544"),
        ('val sample = "92071314764"  // PESEL', "PL_PESEL", "92071314764"),
        ("x = 944117715 # a bsn", "NL_BSN", "944117715"),
    ],
)
def test_a_number_is_found_by_a_compound_or_a_comment(
    text: str, kind: str, value: str, find: Find
) -> None:
    assert (kind, value) in find(text, "txt")


@pytest.mark.parametrize(
    "text",
    [
        f"svnr: {SVNR[:3]}{(int(SVNR[3]) + 1) % 10}{SVNR[4:]}",
        f"sequence: {EGN}",
        'val compelSample = "92071314764"  // size',
        'val sample = "92071314765"  // PESEL',
        "using = 130692544",
        "serialVersionUID = 234123412346",
    ],
)
def test_a_wrong_digit_or_another_word_is_no_identity(text: str, find: Find) -> None:
    assert [kind for kind, _ in find(text) if kind != "PHONE_NUMBER"] == []


def phones(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PHONE_NUMBER"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("- Heidi Miller, 0676/7742 018", ["0676/7742 018"]),
        ("- Heidi Miller 01 43 58 53 27, office (02) 9374 4821",
         ["01 43 58 53 27", "(02) 9374 4821"]),
        ("- Oslo +47 22 41 58 26, Tokyo 03-3581-7724", ["+47 22 41 58 26", "03-3581-7724"]),
        ("- desk: 0049 89 / 2178 4451", ["0049 89 / 2178 4451"]),
    ],
)  # fmt: skip
def test_a_national_number_counts_beside_a_person_or_a_phone(
    text: str, numbers: list[str], find: Find
) -> None:
    assert phones(find(text, "md")) == numbers


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("- room 0676/7742 018", "md"),
        ("// Heidi Miller, 0676/7742 018", "c"),
        ("Copyright 1998-2004 Heidi Miller", "md"),
        ("Heidi Miller, 01.02.2003", "md"),
        ("Heidi Miller, 0123456789", "md"),
        ("dump 0049 8921 7844 5162", "md"),
    ],
)
def test_other_digits_are_no_phones(text: str, suffix: str, find: Find) -> None:
    assert phones(find(text, suffix)) == []


@pytest.mark.parametrize(
    ("text", "mails"),
    [
        ("wei.l@163.com", 1),
        ("x <li.w@126.com>", 1),
        ("zoe@189.cn", 1),
        ("Heidi <heidi.z@zornedal.rs>", 1),
        ("mailto:heidi@zornedal.sh", 1),
        ("xxx@163.com", 0),
        ("wei.l@123.com", 0),
        ("left-pad@1.3.0", 0),
        ("tool@2.0.dev", 0),
        ("python main@module.py", 0),
        ("use crate@lib.rs", 0),
    ],
)
def test_domains_of_digits_and_of_file_endings(text: str, mails: int, find: Find) -> None:
    assert [kind for kind, _ in find(text)].count("EMAIL_ADDRESS") == mails
