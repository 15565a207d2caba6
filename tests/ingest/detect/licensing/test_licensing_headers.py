"""What was found for the header of one file holds for the next that begins so, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.headers import Headers, lone_header
from ingest.detect.licensing.regions import Shape, find_regions

Scan = Callable[..., Mapping[str, Any]]

ROW = {"seen": True}
HEADER = b"/*\n * A license.\n */"


def _ends(data: bytes) -> list[int]:
    return [m.end() for m in re.finditer(b"license", data)]


def _kept(data: bytes, suffix: str = "c") -> Headers:
    headers = Headers()
    header = lone_header(data, find_regions(data, _ends(data), suffix), _ends(data))
    if header is not None:
        headers.keep(header, _ends(data), ROW)
    return headers


@pytest.mark.parametrize("rest", [b"\n", b"\nint x;\n", b"\n\n/* more */\n"])
def test_a_header_is_known_whatever_follows_it(rest: bytes) -> None:
    data = HEADER + rest

    assert _kept(HEADER + b"\nint y;\n").row_of(data, _ends(data)) == ROW


@pytest.mark.parametrize(
    "data",
    [
        HEADER,
        HEADER + b" x\n",
        HEADER + b"\n// and more\nint x;\n",
        HEADER + b"\nint license;\n",
        HEADER[:-3] + b" * more\n */\nint x;\n",
        b"\n" + HEADER + b"\nint x;\n",
        b"/*\n * A license!\n */\nint x;\n",
    ],
)
def test_another_comment_is_another(data: bytes) -> None:
    assert _kept(HEADER + b"\nint x;\n").row_of(data, _ends(data)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"int license;\n",
        b"x\n" + HEADER + b"\n",
        HEADER + b"\nint license;\n",
        b"# '''license\nx\n",
        b"# " + b"long " * 5000 + b"\n# license\n",
    ],
)
def test_what_is_no_header_or_stays_open_is_not_kept(data: bytes) -> None:
    assert _kept(data, "py").row_of(data, _ends(data)) is None


PIECES = st.lists(
    st.sampled_from(
        [b"# license\n", b"# a\n", b"x\n", b"\n", b'"""', b"/*", b"*/", b" * license\n", b"'''"]
    ),
    max_size=8,
).map(b"".join)


@given(first=PIECES, rest=PIECES, other=PIECES)
def test_a_file_whose_header_is_known_has_that_region_alone(
    first: bytes, rest: bytes, other: bytes
) -> None:
    data, known = first + rest, first + other
    if not _ends(data) or not _ends(known):
        return
    if _kept(known, "py").row_of(data, _ends(data)):
        (there,) = find_regions(known, _ends(known), "py")
        (here,) = find_regions(data, _ends(data), "py")
        assert here == there
        assert here.shape is Shape.COMMENT
        assert data[: here.end] == known[: here.end]


def _real_files() -> list[bytes]:
    """Return some hundred modules of installed packages, of which many begin alike."""
    root = Path(np.__file__).parents[1]
    packages = ("numpy", "hypothesis", "mypy", "pygments", "pip", "cryptography")
    paths = [path for name in packages for path in sorted((root / name).glob("**/*.py"))[:90]]
    return [path.read_bytes()[:20_000] for path in paths]


def test_a_row_does_not_depend_on_what_was_read_before(scan: Scan, other_scan: Scan) -> None:
    files = _real_files()
    files += [HEADER + b"\nint x;\n", HEADER + b"\n", b"# Do not distribute.\n\nx = 1\n"]
    files += [b"# MIT license\n\nx = 1\n", b"# MIT license\n# not for resale\n\nx = 1\n"]

    backwards = [other_scan(data) for data in reversed(files)]

    assert [scan(data) for data in files] == backwards[::-1]
