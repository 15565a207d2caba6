from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.documents.charts import MAX_BARS, Bar, Section, draw_chart
from release.documents.plots import PLOT_FILES, draw_plots
from release.documents.totals import Left, Total, Totals
from tests.release.documents.conftest import HOSTILE, Pair

_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {_SVG + n for n in ("svg", "title", "desc", "style", "rect", "text", "g")}
_ATTRIBUTES = {
    "width", "height", "viewBox", "role", "aria-labelledby", "id", "class", "x", "y", "rx",
    "text-anchor", "unicode-bidi",
}  # fmt: skip


def _root(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)


def _texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in _root(svg).iter(f"{_SVG}text")]


@given(st.text(max_size=80))
def test_a_name_is_shown_and_never_becomes_markup(name: str) -> None:
    svg = draw_chart("Title", "note", [Section(bars=[Bar(name=name, value=1, shown="1 row")])])
    for element in _root(svg).iter():
        assert element.tag in _ELEMENTS
        assert set(element.attrib) <= _ATTRIBUTES
    assert len(list(_root(svg).iter(f"{_SVG}g"))) == 1


def test_a_chart_has_a_title_a_description_and_both_schemes() -> None:
    svg = draw_chart("Languages", "by bytes", [Section(bars=[])])
    root = _root(svg)
    assert root.attrib["role"] == "img"
    named = {root.find(f"{_SVG}title"), root.find(f"{_SVG}desc")}
    assert [e.attrib["id"] for e in named if e is not None]
    assert b"prefers-color-scheme: dark" in svg
    assert "none" in _texts(svg)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Python", "Python"),
        ("a" * 40, "a" * 16 + "…" + "a" * 11),
        ("漢" * 20, "漢" * 8 + "…" + "漢" * 5),
        ("a\u202eb", "a\\u{202e}b"),
        ("x" * 24 + "\u202e" + "y" * 9, "x" * 16 + "…" + "y" * 9),
        ("", ""),
    ],
)
def test_a_long_name_is_cut_where_its_room_ends(name: str, shown: str) -> None:
    svg = draw_chart("t", "n", [Section(bars=[Bar(name=name, value=1, shown="v")])])
    assert _texts(svg)[2] == shown


def test_bars_are_as_long_as_their_share_and_little_is_not_nothing() -> None:
    bars = [Bar(name=str(v), value=v, shown="") for v in (1000, 500, 1, 0)]
    root = _root(draw_chart("t", "n", [Section(bars=bars)]))
    widths = [int(r.attrib["width"]) for r in root.iter(f"{_SVG}rect") if r.get("class") == "bar"]
    assert widths[0] == 2 * widths[1]
    assert widths[2:] == [1, 0]


def _totals(names: list[str]) -> Totals:
    totals = tuple(Total(name=n, rows=1, bytes=10) for n in names)
    left = (Left(reason=HOSTILE, files=3),)
    return Totals(
        languages=totals,
        licenses=totals,
        license_types=totals,
        repositories=totals,
        reasons=totals,
        left_out=left,
        redactions=(),
    )


def test_what_has_no_bar_of_its_own_is_in_the_last_one() -> None:
    svg = draw_plots(_totals([f"name {n:02}" for n in range(40)]), "rel_x")["languages.svg"]
    assert f"{40 - MAX_BARS} others" in _texts(svg)
    assert "250 B, 25 rows" in _texts(svg)


def test_every_plot_is_the_same_again_and_well_formed(pair: Pair) -> None:
    for name in PLOT_FILES:
        assert _texts(pair.read(name).encode())
    plots = [draw_plots(_totals(["a", HOSTILE]), "rel_x") for _ in range(2)]
    assert plots[0] == plots[1]
    assert set(plots[0]) == set(PLOT_FILES)
    for svg in plots[0].values():
        assert b"<script" not in svg
        _root(svg)
