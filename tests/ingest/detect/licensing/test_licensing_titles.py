"""Licenses by title, id and address."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.titles import TitleMatcher

TITLES = (
    ("ErlPL-1.1", "Erlang Public License v1.1"),
    ("AFL-2.0", "Academic Free License v2.0"),
    ("AFL-2.1", "Academic Free License v2.1"),
    ("GPL-2.0-only", "GNU General Public License v2.0 only"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"subject to the Erlang Public License, Version 1.1", {"ErlPL-1.1"}),
        (b"# under the Academic\n# Free License version 2.0", {"AFL-2.0"}),
        (b"the Academic Free License", {"AFL-2.1"}),
        (b"licensed under MS-RL", {"MS-RL"}),
        (b"released under the OSL-3.0", {"OSL-3.0"}),
        (b"licensed under [MIT](https://opensource.org/licenses/MIT)", {"MIT"}),
        (b"license: https://spdx.org/licenses/Zlib.html", {"Zlib"}),
        (b"the GNU General Public License", set()),
        (b"put it under fair conditions", set()),
    ],
)
def test_names_that_the_packages_know(
    algebra: LicenseAlgebra, text: bytes, expected: set[str]
) -> None:
    assert {n.spdx for n in TitleMatcher(algebra, TITLES).find(fold(text))} == expected
