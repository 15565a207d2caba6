"""Choices, references, and notices nobody can read."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import Evidence, Kind
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.notices import Notices, read_notices
from ingest.detect.licensing.references import points_elsewhere
from ingest.detect.licensing.texts import Texts
from ingest.detect.licensing.titles import TitleMatcher


def _read(text: bytes, algebra: LicenseAlgebra, *known: Evidence) -> Notices:
    titles = TitleMatcher(algebra, [("ErlPL-1.1", "Erlang Public License v1.1")])
    return read_notices(fold(text), Texts(found=known), algebra, titles)


@pytest.mark.parametrize(
    ("text", "is_choice"),
    [
        (b"Dual licensed under the MIT or GPL licenses", True),
        (b"Dual licensed under the MIT and GPL licenses", True),
        (b"Licensed under the MIT and GPL licenses", False),
        (b"Licensed under the Apache License 2.0 or the MIT license", True),
        (b"released under the MIT license. Bundles code under the GPL", False),
        (b"Licensed under either of MIT or ISC", True),
        (b"Alternatively, this software may be used under the GPL", True),
        (b"or (at your option) any later version", False),
    ],
)
def test_a_choice_has_to_be_stated(
    algebra: LicenseAlgebra, text: bytes, *, is_choice: bool
) -> None:
    assert bool(_read(text, algebra).choices) is is_choice


def test_names_inside_a_matched_text_belong_to_the_text(algebra: LicenseAlgebra) -> None:
    text = b"the GNU General Public License"
    whole = Evidence(start=0, end=len(text), kind=Kind.TEXT, spdx="MPL-2.0", score=1.0)

    assert _read(text, algebra).named
    assert not _read(text, algebra, whole).named


def test_a_statement_without_a_known_name_is_unread(algebra: LicenseAlgebra) -> None:
    unknown = b"This software is licensed under the Frobnicator license."
    known = b"This software is licensed under the MIT license."
    elsewhere = b"This software is licensed under the license found in the LICENSE file."

    assert _read(unknown, algebra).unread
    assert not _read(known, algebra).unread
    assert [sign.kind for sign in _read(elsewhere, algebra).unread] == [Kind.REFERENCE]


def test_references_to_a_license_file() -> None:
    assert points_elsewhere(fold(b"see the LICENSE file for details"))
    assert points_elsewhere(fold(b"found in COPYING"))
    assert not points_elsewhere(fold(b"a license of our own"))


@pytest.mark.parametrize(
    "text",
    [
        b"This is not the GNU General Public License.",
        b"The license is compatible with the GNU GPL version 2.",
        b"Formerly under the GNU GPL version 2.",
        b"Unlike the GPL v2, it asks for nothing.",
    ],
)
def test_a_license_that_is_only_compared_with_is_a_mention(
    algebra: LicenseAlgebra, text: bytes
) -> None:
    assert {sign.kind for sign in _read(text, algebra).named} == {Kind.MENTION}


def test_an_exception_from_a_ban_is_no_mention(algebra: LicenseAlgebra) -> None:
    text = b"It is not to be copied except under the terms of the GNU General Public License."

    assert {sign.kind for sign in _read(text, algebra).named} == {Kind.NOTICE}


@pytest.mark.parametrize(
    "text",
    [
        b"licensed under a restricted modification of the MIT license",
        b"licensed under the MIT license with restrictions on publishing",
        b"a modified MIT license",
    ],
)
def test_a_changed_permissive_name_is_in_doubt(algebra: LicenseAlgebra, text: bytes) -> None:
    assert _read(text, algebra).unread
    assert not _read(b"licensed under the modified BSD license", algebra).unread
