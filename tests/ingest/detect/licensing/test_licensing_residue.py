"""What stands beside and inside permissive texts: duties, and what frees from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Scan = Callable[..., Mapping[str, Any]]
GRANT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this\n"
    'software and associated documentation files (the "Software"), to deal in the Software\n'
    "without restriction, including without limitation the rights to use, copy, modify, merge,\n"
    "publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons\n"
    "to whom the Software is furnished to do so, subject to the following conditions:\n\n"
    "The above copyright notice and this permission notice shall be included in all copies or\n"
    "substantial portions of the Software.\n\n"
)
DISCLAIMER = (
    'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED,\n'
    "INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR\n"
    "PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE\n"
    "FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR\n"
    "OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER\n"
    "DEALINGS IN THE SOFTWARE.\n"
)


@pytest.mark.parametrize(
    ("remark", "is_free"),
    [
        ("If you like this, a postcard to the author would be nice but is not required.", True),
        ("Donations are welcome but never required.", True),
        ("If you use this, an email telling me about it would be appreciated.", True),
        ("You must send the author a postcard.", False),
        ("A fee is not required for personal use.", False),
        ("Payment is not necessary unless you sell the Software.", False),
    ],
)
@pytest.mark.parametrize("is_inside", [True, False])
def test_a_wish_is_no_duty(scan: Scan, remark: str, *, is_free: bool, is_inside: bool) -> None:
    rest = f"{remark}\n\n{DISCLAIMER}" if is_inside else f"{DISCLAIMER}\n{remark}\n"

    found = scan(f"{GRANT}{rest}".encode(), "license")["license_category"]

    assert (found == "permissive") is is_free


def test_a_disclaimer_may_be_cut_short(scan: Scan) -> None:
    short = GRANT + 'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND.\n'

    assert scan(short.encode(), "license")["license_expression"] == "MIT"


def test_a_copyright_line_inside_a_text_is_no_term(scan: Scan) -> None:
    text = f"{GRANT}Portions Copyright (C) 2000-2010 Widget Works. All rights reserved.\n\n"

    assert scan(f"{text}{DISCLAIMER}".encode(), "license")["license_category"] == "permissive"


@pytest.mark.parametrize(
    "said",
    [
        "This file must not have include guards.",
        "That path may not be thread safe.",
        "The table is needed only if the pump has a valve.",
        "Automatically constructs the list of pumps.",
        "Callers shall not hold the lock.",
    ],
)
def test_code_goes_on_behind_its_license(scan: Scan, mit: bytes, said: str) -> None:
    text = b"".join(b"// " + line + b"\n" for line in mit.split(b"\n"))
    row = scan(text + f"//\n// {said}\n\nint pump;\n".encode(), "c")
    assert row["license_category"] == "permissive"


@pytest.mark.parametrize(
    "said",
    [
        "This file must not be used by competitors.",
        "You shall not sell it.",
        "The software may only be run beside the pump.",
        "Every product must display the pump logo on its first page.",
        "Distribution may only take place inside the port.",
        "Companies must purchase a license.",
    ],
)
def test_a_term_behind_a_license_in_code_still_counts(scan: Scan, mit: bytes, said: str) -> None:
    text = b"".join(b"// " + line + b"\n" for line in mit.split(b"\n"))
    row = scan(text + f"//\n// {said}\n\nint pump;\n".encode(), "c")
    assert row["license_category"] in {"proprietary", "unknown"}
