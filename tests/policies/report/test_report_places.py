from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.artefacts import TREE_FACTS
from ingest.domain.finding import Category
from policies.placeholders import PLACEHOLDERS
from policies.report import to_csv, to_html, to_json, to_jsonl, to_sarif, to_xlsx
from policies.report.places import (
    NOT_SCANNED,
    clean_paths,
    mask_path,
    show_paths,
    show_pattern,
)
from tests.policies.report.test_policies_report import finding, report_of
from tests.strategies.policies import Row, occurrence
from tests.support.workbook import texts_of


def tree(path: bytes, *spans: tuple[int, int, str]) -> Row:
    found = [
        finding("f", category) | {"start": start, "end": end, "line": 1}
        for start, end, category in spans
    ]
    place = {"repo_id": "r", "path": path}
    return place | {"status": "completed", "reason": "", "path_findings": found}


def trees(*rows: Row) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TREE_FACTS)


@pytest.mark.parametrize(
    ("path", "spans", "shown"),
    [
        (b"src/a.py", [], b"src/a.py"),
        (b"customers/globex/a.py", [(10, 16, "CUSTOMER")], b"customers/<CUSTOMER>/a.py"),
        (b"globex/globex.sql", [(0, 6, "CUSTOMER")], b"<CUSTOMER>/<CUSTOMER>.sql"),
        (b"k/abcdef", [(2, 6, "PASSWORD"), (4, 8, "PROVIDER_TOKEN")], b"k/<PASSWORD>"),
        ("u/Jürgen".encode(), [(2, 4, "PERSON")], b"u/<NAME>rgen"),
        (b"\x00\x80\x01\x80", [(1, 2, "CUSTOMER")], b"<CUSTOMER><CUSTOMER>"),
        (b"a@b.example/c@d.example", [(0, 11, "EMAIL_ADDRESS")], b"<EMAIL>/c@d.example"),
    ],
)
def test_a_value_in_a_path_stands_as_its_placeholder(
    path: bytes, spans: list[tuple[int, int, str]], shown: bytes
) -> None:
    assert mask_path(path, spans) == shown


@given(
    st.binary(min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.integers(1, 8)), max_size=4),
)
def test_no_value_is_left_in_a_shown_path(path: bytes, drawn: list[tuple[int, int]]) -> None:
    spans = [(a, min(a + n, len(path)), "CUSTOMER") for a, n in drawn if a < len(path)]
    shown = mask_path(path, spans)
    for piece in shown.split(PLACEHOLDERS[Category.CUSTOMER]):
        assert not any(path[start:end] in piece for start, end, _ in spans)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("", ""),
        ("src/*.py", "src/*.py"),
        ("src/lib/a.py", "src/lib/a.py"),
        ("src/lib/", "src/lib/"),
        ("**/*.py", "**/*.py"),
        ("src/**", "src/**"),
        ("customers/acme/**", "<PATTERN>/<PATTERN>/**"),
        ("src/acme/*.py", "src/<PATTERN>/*.py"),
        ("src/*/lib", "src/*/<PATTERN>"),
        ("src/li", "src/<PATTERN>"),
        ("src/acme*", "src/<PATTERN>"),
        ("src/*.acme", "src/<PATTERN>"),
        ("src/[la]cme/", "src/<PATTERN>/"),
        ("lib/a.py", "<PATTERN>/<PATTERN>"),
    ],
)
def test_a_pattern_shows_no_name_that_no_clean_path_has(pattern: str, shown: str) -> None:
    found = trees(
        tree(b"src/lib/a.py"),
        tree(b"customers/acme/x.go", (10, 14, "CUSTOMER")),
        tree(b"unscanned/x.acme") | {"path_findings": None},
        tree(b"twice/x.acme"),
        tree(b"twice/x.acme", (0, 5, "CUSTOMER")),
    )
    clean = clean_paths(found, {"r", "other"})
    assert clean == {"r": {"src/lib/a.py"}}
    assert show_pattern(pattern, clean["r"]) == shown


def test_a_path_that_was_not_scanned_is_not_shown_and_several_rows_are_all_heard() -> None:
    unscanned = tree(b"b") | {"path_findings": None}
    table = trees(tree(b"a/x"), tree(b"a/x", (0, 1, "CODENAME")), unscanned)
    shown = show_paths([("r", b"a/x"), ("r", b"b"), ("r", b"gone"), ("r", b"a/x")], table)
    assert shown == [b"<CODENAME>/x", NOT_SCANNED, NOT_SCANNED, b"<CODENAME>/x"]
    assert show_paths([], table) == []


def test_no_format_shows_the_value_that_a_path_gives_away() -> None:
    path = b"customers/globex/deal.py"
    row = occurrence("r", path, "1", path_finding_count=1)
    report = report_of([row], paths=[tree(path, (10, 16, "CUSTOMER"))])
    (group,) = [g for g in report.groups if g.rule_id == "PATH_FINDING"]
    assert group.examples[0].path == b"customers/<CUSTOMER>/deal.py"
    book = " ".join(texts_of(to_xlsx(report, [])))
    made = [to_html(report), to_json(report), to_jsonl(report), to_csv(report), to_sarif(report)]
    for text in (*made, book):
        assert "globex" not in text
        assert "CUSTOMER" in text
