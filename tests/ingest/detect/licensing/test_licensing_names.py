"""License names in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.names import find_names, fold, phrase, read_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Released under the MIT license", ["MIT"]),
        ("under the MIT, BSD or GPL licenses", ["MIT", "BSD-3-Clause", "GPL-1.0-or-later"]),
        ("@license MIT", ["MIT"]),
        ("License: Apache 2.0", ["Apache-2.0"]),
        ("Apache License, Version 2.0", ["Apache-2.0"]),
        ("Apache License, Version 1.1", ["Apache-1.1"]),
        ("Mozilla Public\n# License, v. 2.0", ["MPL-2.0"]),
        ("version 2 of the GNU General Public License", ["GPL-2.0-only"]),
        ("GNU GPL, version 3 or later", ["GPL-3.0-or-later"]),
        ("GNU Lesser General Public License v2.1", ["LGPL-2.1-only"]),
        ("GNU Affero General Public License version 3", ["AGPL-3.0-only"]),
        ("licensed under GPLv2 or later", ["GPL-2.0-or-later"]),
        ("creativecommons.org/licenses/by-nc/4.0", ["CC-BY-NC-4.0"]),
        ("Creative Commons Attribution-ShareAlike", ["CC-BY-SA-4.0"]),
        ("proprietary and confidential", ["LicenseRef-shardgate-proprietary"]),
        ("the mit campus", []),
        ("gpl = license.get('gpl')", []),
        ("isc.read(mit)", []),
    ],
)
def test_names_in_a_notice(text: str, expected: list[str]) -> None:
    assert [name.spdx for name in find_names(fold(text.encode()))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BSD", "BSD-3-Clause"),
        ("GPL-2", "GPL-2.0-only"),
        ("GPLv3+", "GPL-3.0-or-later"),
        ("The Apache Software License, Version 2.0", "Apache-2.0"),
        ("License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("License :: Other/Proprietary License", "LicenseRef-shardgate-proprietary"),
        ("Something else", None),
    ],
)
def test_names_in_a_manifest(text: str, expected: str | None) -> None:
    named = read_name(text)

    assert (named.spdx if named else None) == expected


@given(st.binary(max_size=200))
def test_folding_keeps_every_offset(data: bytes) -> None:
    assert len(fold(data)) == len(data)


def test_a_space_in_a_class_is_one_character() -> None:
    assert phrase("a b~c[ -]d ?e") == r"a\s{1,60}b\s{0,60}c[\s-]d\s{0,60}e"
