from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Query, QueryCursor

from ingest.detect import syntax
from ingest.detect.syntax import MAX_BYTES, Span, count_errors, language_spans, merge_spans

PYTHON = b'''# one
"""module"""
def f(x):
    """function"""
    y = "text" + f"a{x}b"  # two
    return y
class A:
    \'\'\'class\'\'\'
    z = "plain"
'''


def texts(data: bytes, spans: tuple[Span, ...]) -> list[bytes]:
    return [data[start:end] for start, end in spans]


def test_python_docstrings_are_apart_from_strings() -> None:
    spans = language_spans(PYTHON, "py")
    assert spans is not None
    assert texts(PYTHON, spans.comments) == [b"# one", b"# two"]
    assert texts(PYTHON, spans.docstrings) == [
        b'"""module"""',
        b'"""function"""',
        b"'''class'''",
    ]
    assert texts(PYTHON, spans.strings) == [b'"text"', b'f"a{x}b"', b'"plain"']


@pytest.mark.parametrize(
    ("suffix", "source", "comment", "string"),
    [
        ("js", b"// c\nx = 's';", b"// c", b"'s'"),
        ("ts", b"/* c */ let x: string = `s`;", b"/* c */", b"`s`"),
        ("tsx", b"// c\nlet x = 's';", b"// c", b"'s'"),
        ("java", b'// c\nclass A { String s = "s"; }', b"// c", b'"s"'),
        ("go", b"package a\n// c\nvar s = `s`", b"// c", b"`s`"),
        ("rs", b'// c\nfn f() { let s = r#"s"#; }', b"// c", b'r#"s"#'),
        ("c", b'/* c */ char *s = "s";', b"/* c */", b'"s"'),
        ("cpp", b'// c\nauto s = "s";', b"// c", b'"s"'),
        ("cs", b'// c\nclass A { string s = @"s"; }', b"// c", b'@"s"'),
        ("kt", b'// c\nval s = "s"', b"// c", b'"s"'),
        ("rb", b"# c\ns = 's'\n", b"# c", b"'s'"),
        ("php", b"<?php // c\n$s = 's';", b"// c", b"'s'"),
        ("sh", b"# c\ns='s'\n", b"# c", b"'s'"),
        ("yaml", b"# c\na: 's'\n", b"# c", b"'s'"),
        ("toml", b'# c\na = "s"\n', b"# c", b'"s"'),
        ("xml", b"<!-- c --><a b='s'/>", b"<!-- c -->", b"'s'"),
        ("tf", b'# c\na = "s"\n', b"# c", b'"s"'),
    ],
)
def test_comments_and_strings_are_found_in_each_language(
    suffix: str, source: bytes, comment: bytes, string: bytes
) -> None:
    spans = language_spans(source, suffix)
    assert spans is not None
    assert any(text.strip() == comment for text in texts(source, spans.comments))
    assert string in texts(source, spans.strings)


@pytest.mark.parametrize("grammar", sorted(syntax._GRAMMARS))
def test_every_grammar_is_in_the_wheel_and_takes_its_queries(grammar: str) -> None:
    suffix = syntax._GRAMMARS[grammar].split()[0]
    assert language_spans(b"", suffix) is not None
    assert count_errors(b"", suffix) is not None


def test_prose_is_natural_language_from_end_to_end() -> None:
    spans = language_spans(b"some words", "md")
    assert spans is not None
    assert spans.natural == ((0, 10),)
    assert language_spans(b"", "md") == syntax.Spans()


@pytest.mark.parametrize(
    ("data", "suffix"), [(b"x", "zzz"), (b"x", ""), (b"x" * (MAX_BYTES + 1), "py")]
)
def test_unknown_and_too_long_texts_have_no_spans(data: bytes, suffix: str) -> None:
    assert language_spans(data, suffix) is None
    assert count_errors(data, suffix) is None


def test_errors_are_counted_so_that_a_break_shows() -> None:
    assert count_errors(PYTHON, "py") == 0
    broken = count_errors(PYTHON.replace(b'"text"', b'"text'), "py")
    assert broken is not None
    assert broken > 0


@given(st.integers(0, len(PYTHON)), st.integers(1, 40), st.sampled_from(["py", "c", "js", "html"]))
def test_as_many_errors_are_counted_as_a_query_finds(start: int, size: int, suffix: str) -> None:
    data = PYTHON[:start] + PYTHON[start + size :]
    tree = syntax.parse_text(data, suffix)
    assert tree is not None
    query = Query(syntax._language(syntax._GRAMMAR_OF[suffix]), "(ERROR) @e (MISSING) @m")
    found = QueryCursor(query).captures(tree.root_node)
    assert count_errors(data, suffix) == sum(map(len, found.values()))


def test_broken_source_still_has_its_comments() -> None:
    spans = language_spans(b"def f(:\n  x = = 3  # c\n", "py")
    assert spans is not None
    assert spans.comments


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda p: (min(p), max(p)))))
def test_merged_spans_are_sorted_apart_and_cover_the_same_bytes(spans: list[Span]) -> None:
    merged = merge_spans(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(merged))
    assert {i for s in merged for i in range(*s)} == {i for s in spans for i in range(*s)}


@given(st.binary(max_size=200), st.sampled_from(["py", "js", "json", "md", "html"]))
def test_spans_lie_in_any_text(data: bytes, suffix: str) -> None:
    spans = language_spans(data, suffix)
    assert spans is not None
    for start, end in (*spans.natural, *spans.strings):
        assert 0 <= start < end <= len(data)
