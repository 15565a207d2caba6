from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        (
            ".. [1] Zornedal, Z. A., & Quendrel, P. (2001). A method. Press.",
            "rst",
            ["Zornedal, Z. A.", "Quendrel, P."],
        ),
        (
            '# [Zor01] Z. A. Zornedal, P. Quendrel, "A method", 2001.',
            "py",
            ["Z. A. Zornedal", "P. Quendrel"],
        ),
        (
            '.. [3] Zornedal, Heidi, Emily Y. Quendrel, and Peter H. Voss. "A method." 2013.',
            "rst",
            ["Zornedal, Heidi", "Emily Y. Quendrel", "Peter H. Voss"],
        ),
        ("# [1] Zornedal J, Quendrel WW (2003).", "py", ["Zornedal J", "Quendrel WW"]),
        ("+ Martin KB, Williams TD (2014). A method.", "md", ["Martin KB", "Williams TD"]),
        ("After Z. Zornedal, 2020. A method", "md", ["Z. Zornedal"]),
        (
            '/* See Zornedal, A.V., and M. Quendrel, "Efficient Search" */',
            "c",
            ["Zornedal, A.V.", "M. Quendrel"],
        ),
        (
            " * [2] Emily Zornedal, Quuxil Vorrk and Peter Quendrel\n *     A method.",
            "java",
            ["Emily Zornedal", "Quuxil Vorrk", "Peter Quendrel"],
        ),
        (
            "# [4] Voss, A. V., C. Quendrel, N.\n#    Zornedal. A method",
            "py",
            ["Voss, A. V.", "C. Quendrel", "N.", "Zornedal"],
        ),
        ("#' KOROLENKO, V. S. (1960). A method.", "r", ["KOROLENKO, V. S."]),
    ],
)
def test_the_authors_of_what_is_cited_are_people(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("[1] Monte Carlo methods, 2001", "md"),
        ("[1] Binomial test, https://quux.at/wiki", "md"),
        ("[2] Boost Libraries, Release Notes (2010)", "md"),
        ("See Appendix B (2011) and Table A (2003).", "md"),
        ("World War II (1945), Vitamin D (2010), Series B, 1985.", "md"),
        ("A. Introduction (2010)", "md"),
        ("C. Section, 2012.", "md"),
        ("U. S. Congress (1970).", "md"),
        ('call(X.Y., "Some text")', "py"),
        ("[x] Build Server, 2012", "md"),
        ("in August 2012, and in May (2013)", "md"),
        ("Python 3.x (2008), Windows XP (2001)", "md"),
    ],
)
def test_what_stands_beside_a_year_or_a_number_is_no_author(
    text: str, suffix: str, find: Find
) -> None:
    assert people(find(text, suffix)) == []
