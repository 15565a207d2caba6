"""Permissive texts of which somebody struck out a right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]
MIT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
    ' and associated documentation files (the "Software"), to deal in the Software without'
    " restriction, including without limitation the rights to {rights} copies of the Software, and"
    " to permit persons to whom the Software is furnished to do so, subject to the following"
    " conditions:\n\nThe above copyright notice and this permission notice shall be included in all"
    ' copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT'
    " WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF"
    " MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE"
    " AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN"
    " AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE"
    " SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n"
)
ISC = (
    "Permission to {rights} this software for any purpose with or without fee is hereby granted,"
    " provided that the above copyright notice and this permission notice appear in all copies.\n\n"
    'THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS'
    " SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL"
    " THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY"
    " DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF"
    " CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE"
    " OR PERFORMANCE OF THIS SOFTWARE.\n"
)


@pytest.mark.parametrize(
    ("text", "rights"),
    [
        (MIT, "use, copy, modify, merge, publish, distribute, sublicense, and/or sell"),
        (MIT, "use, copy, modify, merge, publish, distribute, and/or sell"),
        (ISC, "use, copy, modify, and/or distribute"),
        (ISC, "use, copy, modify, and distribute"),
    ],
)
def test_whole_texts_are_permissive(scan: Scan, text: str, rights: str) -> None:
    assert scan(text.format(rights=rights).encode(), "license")["license_category"] == "permissive"


@pytest.mark.parametrize(
    ("text", "rights"),
    [
        (MIT, "use, copy, modify, merge, and publish internally"),
        (MIT, "use, copy, modify, merge, publish, distribute, and sublicense"),
        (MIT, "use, copy, merge, publish, distribute, sublicense, and/or sell"),
        (ISC, "use and copy"),
        (ISC, "use, copy, and/or distribute"),
    ],
)
def test_nobody_knows_a_text_without_a_right(scan: Scan, text: str, rights: str) -> None:
    row = scan(text.format(rights=rights).encode(), "license")
    assert row["license_category"] in {"unknown", "proprietary"}


def test_a_text_in_rich_text_format_is_read(scan: Scan) -> None:
    text = MIT.format(
        rights="use, copy, modify, merge, publish, distribute, sublicense, and/or sell"
    )
    rich = "{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\\f0 " + text.replace("\n", "\\par ") + "}"
    assert scan(rich.encode(), "rtf")["license_expression"] == "MIT"


def test_comments_of_basic_are_one_block(scan: Scan) -> None:
    text = ISC.format(rights="use, copy, modify, and/or distribute")
    block = "".join(f"' {line}".rstrip() + "\n" for line in text.replace(". ", ".\n").split("\n"))
    assert scan((block + "Sub X()\nEnd Sub\n").encode(), "vb")["license_expression"] == "ISC"
