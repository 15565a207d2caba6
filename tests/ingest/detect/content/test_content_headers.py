"""Comments at the top of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.content.headers import header_end
from ingest.detect.content.signature import sign

BODY = b"".join(b"int step_%d(int a) { return a + %d; }\n" % (n, n * n) for n in range(40))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"# License\n#\n\n# more\n",
        b"#!/bin/sh\n# License\n",
        b"/* License\n * more ** text\n */\n",
        b"// License\n// more\n\n",
        b"<!-- License -- more -->\n",
        b"<?php\n/* License */\n",
        b"(* License *)\n",
        b"-- License\n",
        b"\xef\xbb\xbf; License\r\n",
    ],
)
def test_the_text_behind_a_header_is_what_is_signed(header: bytes) -> None:
    assert (header + BODY)[header_end(header + BODY) :] == BODY
    assert sign(header + BODY) == sign(BODY)


@pytest.mark.parametrize(
    "data",
    [b"x = 1  # no header\n", b'"""Docs."""\n', b"#include <a.h>\n", b"/* open", b"<p>", b"("],
)
def test_what_is_no_comment_stays(data: bytes) -> None:
    assert header_end(data) == 0


def test_a_text_of_comments_alone_is_signed_as_a_whole() -> None:
    prose = b"".join(b"# word%d and word%d\n" % (n, n * 7) for n in range(40))
    assert header_end(prose) == len(prose)
    assert sign(prose).minhash is not None


@pytest.mark.parametrize(("opener", "closer"), [(b"/*", b"*/"), (b"<!--", b"-->"), (b"(*", b"*)")])
def test_a_block_comment_of_many_pages_is_no_header(opener: bytes, closer: bytes) -> None:
    assert header_end(opener + b"-" + b"*y" * 9000 + closer + b"x") > 18_000
    assert header_end(opener + b"*y" * 10_001 + closer + b"x") == 0
    assert header_end(b"\n" + opener + b"/" + closer[1:]) == 1


@given(st.binary(max_size=200))
def test_the_end_lies_inside_and_is_final(data: bytes) -> None:
    end = header_end(data)
    assert 0 <= end <= len(data)
    assert header_end(data[end:]) == 0 or not data[end:].strip()
