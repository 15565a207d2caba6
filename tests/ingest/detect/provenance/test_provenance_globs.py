"""Path patterns of REUSE.toml and Debian copyright files."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.provenance.globs import Globs, debian_globs, reuse_globs

_LETTERS = st.sampled_from([b"a", b"b", b"/", b"*", b"**", b"."])
_PATHS = st.lists(st.sampled_from([b"a", b"b", b"/", b"."]), max_size=9).map(b"".join)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        (b"*.py", b"a.py", True),
        (b"*.py", b"src/a.py", False),
        (b"**/*.py", b"src/x/a.py", True),
        (b"**", b"a/b/c", True),
        (b"src/**", b"src/a", True),
        (b"src/**", b"source/a", False),
        (b"a?b", b"axb", False),
        (b"a?b", b"a?b", True),
        (b"a\\*b", b"a*b", True),
        (b"a\\*b", b"axb", False),
        (b"[ab].c", b"a.c", False),
        (b"*/*/*/x*", b"a/b/c/xyz", True),
        (b"*/*/*/x*", b"a/b/c/d/xyz", False),
    ],
)
def test_reuse_globs(pattern: bytes, path: bytes, *, expected: bool) -> None:
    assert (reuse_globs([[pattern]]).last(path) == 0) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        (b"*", b"a/b/c", True),
        (b"debian/*", b"debian/rules/x", True),
        (b"src/?.c", b"src/a.c", True),
        (b"src/?.c", b"src/ab.c", False),
        (b"./a", b"a", True),
        (b"*a*b*c*d*", b"xxaxxbxxcxxd", True),
        (b"*a*b*c*d*", b"xxaxxbxxdxxc", False),
    ],
)
def test_debian_globs(pattern: bytes, path: bytes, *, expected: bool) -> None:
    assert (debian_globs([[pattern]]).last(path) == 0) is expected


def test_no_pattern_matches_nothing() -> None:
    assert reuse_globs([]).last(b"") is None
    assert reuse_globs([[], [b""]]).last(b"") is None


@pytest.mark.parametrize("globs", [reuse_globs, debian_globs])
@pytest.mark.parametrize("patterns", [[b"a" * 1001], [b"a" * 1000] * 66])
def test_patterns_that_are_too_long_are_refused(
    globs: Callable[[list[list[bytes]]], Globs], patterns: list[bytes]
) -> None:
    with pytest.raises(ValueError, match="too long"):
        globs([patterns])


def test_of_several_groups_the_last_holds() -> None:
    globs = reuse_globs([[b"**"], [], [b"x", b"src/*"], [b"src/b"]])
    assert [globs.last(p) for p in (b"a", b"x", b"src/a", b"src/b", b"src/b/c")] == [0, 2, 2, 3, 0]


@given(st.lists(_LETTERS, min_size=1, max_size=9).map(b"".join), _PATHS)
def test_every_pattern_means_what_its_regular_expression_does(pattern: bytes, path: bytes) -> None:
    parts = re.findall(rb"\*\*+|\*|[^*]", pattern)
    stars = {b"*": b"[^/]*"}
    expression = b"".join(
        stars.get(p, b".*") if p.startswith(b"*") else re.escape(p) for p in parts
    )
    assert (reuse_globs([[pattern]]).last(path) == 0) == bool(
        re.fullmatch(expression, path, re.DOTALL)
    )


@pytest.mark.parametrize("pattern", [b"*a" * 200 + b"b", b"**a" * 300, b"**a**b"])
def test_any_pattern_takes_time_linear_in_the_path(pattern: bytes) -> None:
    # Where time grows with a power of the length, this does not end.
    globs = reuse_globs([[pattern]] * (60_000 // len(pattern)))
    assert globs.last(b"a" * 3000) is None or pattern == b"**a" * 300
