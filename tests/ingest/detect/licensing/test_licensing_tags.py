"""SPDX tags."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.tags import find_tags, ignored_spans, normal_operators

TAG = b"SPDX-License-" + b"Identifier:"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"// " + TAG + b" MIT", "MIT"),
        (b"/* " + TAG + b" MIT */", "MIT"),
        (b"<!-- " + TAG + b" Apache-2.0 -->", "Apache-2.0"),
        (b'x = "' + TAG + b' MIT"', "MIT"),
        (b"# " + TAG + b" MIT, ISC", "ISC AND MIT"),
        (b"# " + TAG + b" GPL-2.0/MIT", "GPL-2.0-only AND MIT"),
        (b"# " + TAG + b" (MIT OR GPL-2.0+)", "GPL-2.0-or-later OR MIT"),
        (b"# " + TAG + b" MIT OR", "LicenseRef-shardgate-unknown"),
        (b"# " + TAG.lower() + b" MIT", "MIT"),
    ],
)
def test_the_value_is_read(algebra: LicenseAlgebra, line: bytes, expected: str) -> None:
    (sign,) = find_tags(line + b"\nint x;\n", algebra)

    assert sign.spdx == expected
    assert line[sign.start : sign.end].lower().startswith(TAG.lower())


@pytest.mark.parametrize("value", [b" <id>", b" {license}", b" %s", b" $ID", b" [id]", b""])
def test_placeholders_name_nothing(algebra: LicenseAlgebra, value: bytes) -> None:
    assert find_tags(TAG + value + b"\n", algebra) == []


def test_an_open_ignore_reaches_to_the_end() -> None:
    start = b"REUSE-Ignore" + b"Start"

    assert ignored_spans(b"a " + start + b" b") == [(2, len(start) + 4)]
    assert ignored_spans(b"nothing") == []


def test_a_slash_is_a_choice_only_where_the_format_says_so() -> None:
    assert normal_operators("MIT/ISC") == "MIT AND ISC"
    assert normal_operators("MIT/ISC", slash="OR") == "MIT OR ISC"
