from __future__ import annotations

import re

import pytest

from policies.decision import Tier
from release.documents.notice import find_text, license_ids, license_texts
from tests.release.documents.conftest import Pair


def test_each_text_inside_stands_there_once_and_no_other(pair: Pair) -> None:
    notice = pair.read("NOTICE.txt")
    chapter = notice.partition("License texts")[2]
    assert re.findall(r"-{78}\n(\S+)\n-{78}", chapter) == ["BSD-3-Clause", "LicenseRef-Own", "MIT"]
    for license_id in ("BSD-3-Clause", "MIT"):
        assert notice.count(license_texts()[license_id]) == 1
    assert license_texts()["Apache-2.0"] not in notice
    assert "No published text belongs to this id" in notice


def test_files_are_counted_by_repository_under_the_name_that_rows_show(pair: Pair) -> None:
    shown = "open-name" if pair.second.manifest.tier is Tier.RELEASABLE else "secret-project"
    notice = pair.read("NOTICE.txt")
    assert f"\n{shown}: MIT, 1 file\n" in notice
    assert "\none: BSD-3-Clause OR LicenseRef-Own, 1 file\none: MIT, 2 files\n" in notice
    assert "\none: vendor/LICENSE\n" in notice


def test_holders_are_those_that_rows_show(pair: Pair) -> None:
    notice = pair.read("NOTICE.txt")
    assert "\n  Example Foundation (1 file)\n" in notice
    # A person is named where the license wants it, in the file itself.
    assert ("Ada Person" in notice) == (pair.second.manifest.tier is Tier.INTERNAL_ONLY)


def test_no_name_begins_a_line_of_its_own(pair: Pair) -> None:
    assert "\n# [l]" not in pair.read("NOTICE.txt")
    assert "\u202e" not in pair.read("NOTICE.txt")


@pytest.mark.parametrize(
    ("expressions", "ids"),
    [
        (["MIT"], ["MIT"]),
        (["MIT OR (Apache-2.0 AND BSD-2-Clause)"], ["Apache-2.0", "BSD-2-Clause", "MIT"]),
        (
            ["GPL-2.0-only WITH Classpath-exception-2.0"],
            ["Classpath-exception-2.0", "GPL-2.0-only"],
        ),
        (["NOASSERTION", "NONE"], []),
        (["LicenseRef-scancode-x11-adobe"], ["LicenseRef-scancode-x11-adobe"]),
    ],
)
def test_the_ids_of_an_expression(expressions: list[str], ids: list[str]) -> None:
    assert license_ids(expressions) == ids


def test_variants_of_a_gnu_license_share_a_text() -> None:
    texts = {find_text(f"GPL-2.0{end}") for end in ("", "-only", "-or-later", "+")}
    assert len(texts) == 1
    assert None not in texts
    assert find_text("GPL-2.0-with-something-else") is None
    assert find_text("No-Such-1.0") is None


@pytest.mark.parametrize(
    ("license_id", "words"),
    [
        ("MIT", "Permission is hereby granted, free of charge"),
        ("Apache-2.0", "Version 2.0, January 2004"),
        ("BSD-3-Clause", "Redistribution and use in source and binary forms"),
        ("MPL-2.0", "Mozilla Public License"),
        ("GPL-3.0", "Version 3, 29 June 2007"),
        ("LGPL-2.1", "Version 2.1, February 1999"),
        ("ISC", "Permission to use, copy, modify"),
        ("CC0-1.0", "CC0 1.0 Universal"),
    ],
)
def test_a_text_at_hand_is_that_license(license_id: str, words: str) -> None:
    assert words.lower() in " ".join(license_texts()[license_id].split()).lower()
