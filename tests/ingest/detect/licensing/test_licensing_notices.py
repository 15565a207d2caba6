"""Choices, references, and notices nobody can read."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import Evidence, Kind
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.notices import points_elsewhere, read_notices


@pytest.mark.parametrize(
    ("text", "is_choice"),
    [
        (b"Dual licensed under the MIT or GPL licenses", True),
        (b"Dual licensed under the MIT and GPL licenses", False),
        (b"Licensed under either of MIT or ISC", True),
        (b"Alternatively, this software may be used under the GPL", True),
        (b"or (at your option) any later version", False),
    ],
)
def test_a_choice_has_to_be_stated(
    algebra: LicenseAlgebra, text: bytes, *, is_choice: bool
) -> None:
    assert bool(read_notices(fold(text), (), algebra).choices) is is_choice


def test_names_inside_a_matched_text_belong_to_the_text(algebra: LicenseAlgebra) -> None:
    text = b"the GNU General Public License"
    whole = Evidence(start=0, end=len(text), kind=Kind.TEXT, spdx="MPL-2.0", score=1.0)

    assert read_notices(fold(text), (), algebra).named
    assert not read_notices(fold(text), (whole,), algebra).named


def test_a_statement_without_a_known_name_is_unread(algebra: LicenseAlgebra) -> None:
    unknown = b"This software is licensed under the Frobnicator license."
    known = b"This software is licensed under the MIT license."
    elsewhere = b"This software is licensed under the license found in the LICENSE file."

    assert read_notices(fold(unknown), (), algebra).unread
    assert not read_notices(fold(known), (), algebra).unread
    assert not read_notices(fold(elsewhere), (), algebra).unread


def test_references_to_a_license_file() -> None:
    assert points_elsewhere(fold(b"see the LICENSE file for details"))
    assert points_elsewhere(fold(b"found in COPYING"))
    assert not points_elsewhere(fold(b"a license of our own"))
