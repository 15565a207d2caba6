"""Which bytes are notice."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.regions import Region, Shape
from ingest.detect.licensing.spans import MAX_WHOLE_BLOCK, notice_spans

DATA = b"first\n\nlicense words\nmore\n\nlast\n"
SIGN = (DATA.index(b"license"), DATA.index(b"license") + 7)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape.COMMENT, DATA),
        (Shape.PROSE, b"license words\nmore"),
        (Shape.WINDOW, b"license"),
        (Shape.LINE, b"license"),
    ],
)
def test_a_sign_is_widened_to_its_notice(shape: Shape, expected: bytes) -> None:
    region = Region(start=0, end=len(DATA), shape=shape)
    ((start, end),) = notice_spans(DATA, [region], [SIGN])

    assert DATA[start:end] == expected


def test_a_huge_comment_is_not_notice_as_a_whole() -> None:
    data = b"# x\n" * (MAX_WHOLE_BLOCK // 2) + b"#\n# license\n#\n" + b"# y\n" * MAX_WHOLE_BLOCK
    at = data.index(b"license")
    region = Region(start=0, end=len(data), shape=Shape.COMMENT)
    ((start, end),) = notice_spans(data, [region], [(at, at + 7)])

    assert data[start:end].strip(b"\n") == b"# license"


def test_touching_notices_are_one() -> None:
    region = Region(start=0, end=len(DATA), shape=Shape.COMMENT)

    assert notice_spans(DATA, [region], [SIGN, (0, 5)]) == [(0, len(DATA))]
    assert notice_spans(DATA, [region], []) == []
