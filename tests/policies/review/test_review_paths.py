from __future__ import annotations

import pytest

from policies.review.paths import matches


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("*.md", "README.md", True),
        ("*.md", "docs/a.md", False),
        ("**/*.md", "docs/a.md", True),
        ("docs/", "docs/a/b.md", True),
        ("src/[ab].py", "src/a.py", True),
        ("src/[!ab].py", "src/a.py", False),
        ("a?c", "a/c", False),
        ("x**", "x\\xFFy", True),
    ],
)
def test_a_pattern_speaks_of_the_whole_path(pattern: str, path: str, *, is_meant: bool) -> None:
    assert matches(pattern, path) is is_meant
