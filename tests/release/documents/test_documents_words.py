from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.documents.words import human_bytes, markdown, plural, signed, size_category


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**15, "5.0 PB"),
        (12_345 * 10**15, "12,345.0 PB"),
    ],
)
def test_sizes_are_decimal(size: int, words: str) -> None:
    assert human_bytes(size) == words


def test_counts_have_their_number() -> None:
    assert [plural(n, "row") for n in (0, 1, 1204)] == ["0 rows", "1 row", "1,204 rows"]
    assert plural(2, "repository") == "2 repositories"
    assert [signed(n) for n in (1204, -3, 0)] == ["+1,204", "-3", "0"]


@pytest.mark.parametrize(
    ("rows", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**13, "n>1T")],
)
def test_size_categories_are_the_hubs(rows: int, category: str) -> None:
    assert size_category(rows) == category


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Python", "Python"),
        ("C++", "C++"),
        ("C#", "C#"),
        ("team/service-1", "team/service-1"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("LIC_PERMISSIVE", "LIC_PERMISSIVE"),
        ("", "(empty)"),
        ("www.host.example", "`www.host.example`"),
        ("http://host", "`http://host`"),
        ("a|b", "`a\\|b`"),
        ("<b>", "`<b>`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("@someone", "`@someone`"),
        ("[x](y)", "`[x](y)`"),
        ("# head", "`# head`"),
        ("two\nlines", "`two\\u{a}lines`"),
    ],
)
def test_a_name_that_is_plain_stays_and_any_other_is_code(name: str, shown: str) -> None:
    assert markdown(name) == shown


@given(st.text(max_size=60))
def test_no_name_leaves_its_code_span(name: str) -> None:
    shown = markdown(name)
    assert "\n" not in shown
    if shown.startswith("`"):
        fence = shown[: len(shown) - len(shown.lstrip("`"))]
        inside = shown[len(fence) : -len(fence)]
        assert shown.endswith(fence)
        runs = [run for run in inside.replace("`", "` ").split(" ") if run]
        assert all(run.count("`") < max(2, len(fence)) for run in runs)
        assert not inside.startswith("`")
        assert not inside.endswith("`")
