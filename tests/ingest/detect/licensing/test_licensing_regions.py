"""From words to comment blocks."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.regions import MAX_REGION_BYTES, PROSE_BYTES, Shape, find_regions


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


@given(
    st.lists(
        st.sampled_from(
            [b"# license\n", b"x\n", b"\n", b'"""', b"'''", b"/*", b"*/", b"(*", b"*)", b"license"]
        ),
        max_size=40,
    ),
    st.sampled_from(["py", "md", "c"]),
)
def test_the_words_before_one_do_not_change_its_block(pieces: list[bytes], suffix: str) -> None:
    data = b"".join(pieces)
    ends = [m.end() for m in re.finditer(b"license", data)]
    last = 0
    for region in find_regions(data, ends, suffix):
        end = next(end for end in ends if region.start < end <= region.end)
        (alone,) = find_regions(data, [end], suffix)
        assert (alone.end, alone.shape) == (region.end, region.shape)
        assert max(alone.start, last) == region.start
        last = region.end


@given(
    lines=st.lists(st.sampled_from([b"", b"word", b"word " * 60]), max_size=200),
    place=st.integers(0, 200),
)
def test_prose_is_read_in_whole_lines_around_a_word(lines: list[bytes], place: int) -> None:
    data = b"\n".join([*lines[:place], b"license", *lines[place:]])
    position = data.index(b"license")
    (region,) = find_regions(data, [position + 7], "md")

    assert region.start == 0 or data[region.start - 1 : region.start] == b"\n"
    assert region.end == len(data) or data[region.end : region.end + 1] == b"\n"
    before = [region.start, data.rfind(b"\n", 0, max(0, region.start - 1)) + 1]
    after = [region.end, (data.find(b"\n", region.end + 1) + 1 or len(data) + 1) - 1]
    # One line more would reach too far.
    assert region.start == 0 or position - before[1] > PROSE_BYTES >= position - before[0]
    assert after[0] - position - 7 <= PROSE_BYTES
    assert region.end >= len(data) - 1 or after[1] - position - 7 >= PROSE_BYTES
