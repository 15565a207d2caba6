"""The comment that a file opens with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing.head_refusals import find_head_refusals


@pytest.mark.parametrize(
    ("opening", "refused"),
    [
        (b"#!/bin/sh\n# Only for clients of Orla.\n", True),
        (b"/*\n * This program may only be used by Orla.\n */\n", True),
        (b"# Commercial use: none. No copying.\n", True),
        (b"# Licensed exclusively to plant 7.\n", True),
        (b"# No copying of the buffer takes place.\n", False),
        (b"# This program may only be used once.\n", False),
        (b"# This file may only be used and copied under the terms of its license.\n", False),
        (b"# Developed by employees of an agency.\n", False),
        (b"x = 1\n# Only for clients of Orla.\n", False),
        (b"#include <a.h>\n", False),
    ],
)
def test_only_the_opening_comment_of_a_work_refuses(opening: bytes, refused: bool) -> None:  # noqa: FBT001
    assert bool(find_head_refusals(opening)) is refused


@given(st.binary(max_size=300))
def test_spans_lie_in_the_file(data: bytes) -> None:
    for sign in find_head_refusals(b"# Licensed exclusively to plant 7. " + data):
        assert 0 <= sign.start < sign.end <= len(data) + 40
