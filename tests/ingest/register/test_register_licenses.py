from __future__ import annotations

import pytest

from ingest.errors import RegistrationRefused
from ingest.register.licenses import check_license


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mit", "MIT"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("LicenseRef-Example-Internal", "LicenseRef-Example-Internal"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", None),
        ("(MIT AND LicenseRef-Own) OR BSD-3-Clause", None),
    ],
)
def test_spdx_expressions_and_own_licenses_are_taken(text: str, expected: str | None) -> None:
    assert check_license(text) == (expected or text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "MIT AND",
        "(MIT",
        "MIT/Apache-2.0",
        "proprietary",
        "NOASSERTION",
        "NONE",
        "licenseref-lower",
        "LicenseRef-two words",
        "MIT\nApache-2.0",
        "MIT WITH Apache-2.0",
        "Classpath-exception-2.0",
        "(" * 300 + "MIT" + ")" * 300,
        "MIT OR " * 100 + "MIT",
        "AND OR WITH",
    ],
)
def test_malformed_and_unknown_licenses_are_refused(text: str) -> None:
    with pytest.raises(RegistrationRefused):
        check_license(text)


def test_nested_parentheses_are_harmless_within_the_length_bound() -> None:
    assert check_license("(" * 200 + "MIT" + ")" * 200) == "MIT"
