"""From words to comment blocks."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.regions import MAX_REGION_BYTES, Shape, find_regions


def _regions(data: bytes, suffix: str) -> list[tuple[Shape, bytes]]:
    ends = [m.end() for m in re.finditer(b"license", data)]
    return [(r.shape, data[r.start : r.end]) for r in find_regions(data, ends, suffix)]


@pytest.mark.parametrize(
    ("suffix", "data", "shape", "text"),
    [
        ("py", b"x = 1\n# a\n# license\n# b\ny = 2\n", Shape.COMMENT, b"# a\n# license\n# b"),
        ("c", b"x;\n/* a\n   license\n   b */\ny;\n", Shape.COMMENT, b"/* a\n   license\n   b */"),
        ("py", b'def f():\n    """a\n\n    license\n    """\n', Shape.COMMENT,
         b'"""a\n\n    license\n    """'),
        ("py", b"a = 1\nlicense = 2\nb = 3\n", Shape.LINE, b"license = 2"),
        ("md", b"a\n\nlicense\n\nb\n", Shape.PROSE, b"a\n\nlicense\n\nb"),
        ("html", b"<p>\n<!-- a\nlicense\n-->\n</p>", Shape.COMMENT, b"<!-- a\nlicense\n-->"),
    ],
)  # fmt: skip
def test_a_word_stands_in_its_block(suffix: str, data: bytes, shape: Shape, text: bytes) -> None:
    assert _regions(data, suffix) == [(shape, text)]


def test_a_long_line_is_read_in_a_window() -> None:
    ((shape, text),) = _regions("é".encode() * 2000 + b" license " + b"x" * 4000, "js")

    assert shape is Shape.WINDOW
    assert len(text) < 1100
    text.decode("utf-8")


def test_code_after_a_closed_comment_is_a_line_of_code() -> None:
    data = b"/* a */\nint license = 1;\n/* b */\n"

    assert _regions(data, "c") == [(Shape.LINE, b"int license = 1;")]


def test_the_bytes_read_are_bounded() -> None:
    regions = find_regions(
        data := b"# license\nx\n" * 60_000, [m.end() for m in re.finditer(b"license", data)], "py"
    )

    assert sum(r.end - r.start for r in regions) <= MAX_REGION_BYTES


@given(
    st.lists(
        st.sampled_from([b"# license\n", b"x\n", b'"""', b"/*", b"*/", b"license"]), max_size=30
    ),
    st.sampled_from(["py", "md", "c"]),
)
def test_regions_are_disjoint_sorted_and_cover_every_word(pieces: list[bytes], suffix: str) -> None:
    data = b"".join(pieces)
    ends = [m.end() for m in re.finditer(b"license", data)]
    regions = find_regions(data, ends, suffix)

    assert all(a.end <= b.start for a, b in pairwise(regions))
    assert all(any(r.start <= end - 1 < r.end for r in regions) for end in ends)
