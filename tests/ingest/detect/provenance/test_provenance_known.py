"""The list of known content."""

from __future__ import annotations

import pytest

from ingest.detect.provenance.known import digest_known_content, read_known_content
from ingest.errors import ConfigurationError

A, B, C = "a" * 40, "b" * 64, "c" * 40


def test_ids_and_swhids_name_packages() -> None:
    text = f"# published\n\n{A} left-pad 1.3.0\n{B}\tzip\nswh:1:cnt:{C};origin=x  libc\n"
    assert read_known_content(text) == {A: "left-pad 1.3.0", B: "zip", C: "libc"}


@pytest.mark.parametrize("line", ["left-pad", A, f"{A[:39]} x", f"swh:1:rev:{A} x", f"{A}x y"])
def test_a_line_of_another_form_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(ConfigurationError, match="Line 2"):
        read_known_content(f"{A} x\n{line}\n")


def test_the_digest_is_of_the_contents() -> None:
    assert digest_known_content({A: "x", C: "y"}) == digest_known_content({C: "z", A: "x"})
    assert digest_known_content({A: "x"}) != digest_known_content({C: "x"})
