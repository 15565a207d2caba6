"""Lists as files: exactly the filter, no formula, no more than may be seen, and audited."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from zipfile import ZipFile

import pytest

from policies.decision import Tier
from policies.report.escape import csv_cell
from policies.report.sheets import Cell, text_of
from store.asking import Query
from tests.support.seeded import ADA, DORA, HOSTILE, OWEN
from tests.web.pages.conftest import Reader, Site
from web.access import marked_routes
from workers.list_columns import EXPORTED, GROUPS
from workers.list_exports import ExportedList, ListFormat, export_list
from workers.reading import parse_url
from workers.reading.audit import list_entries
from workers.reading.sight import Sight

ALL = Sight(owners=None, repositories=None, asked_by="", tiers=frozenset(Tier), is_inside=True)
FILTERS = {
    "findings": "lane=security&path=**/*.py&rule!=jwt",
    "groups": "lane=security&q=harbor&sort=repository",
    "repositories": "repository=harbor-*&owner!=nobody",
    "reviews": "state=active&state=proposed",
    "waivers": "kind=waive&orphan=no",
    "releases": "tier=releasable",
    "operations": "kind=sync&state=done",
    "audit": "action=review.*&action=user.*",
}


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def walked(site: Site, listed: ExportedList[Any], query: Query) -> list[list[str]]:
    """Return the cells of all pages, two rows a page."""
    context, rows = site.context.anew(), list[list[str]]()
    query = replace(query, limit=2)
    while True:
        page = listed.page(context, query, ALL)
        rows += [[csv_cell(text_of(c)) for c in listed.cells(item)] for item in page.items]
        if page.next_cursor is None:
            return rows
        query = replace(query, cursor=page.next_cursor)


@pytest.mark.parametrize("listed", EXPORTED, ids=lambda listed: listed.noun)
def test_a_file_has_the_rows_of_all_pages_of_the_same_filter(
    site: Site, ada: Reader, listed: ExportedList[Any]
) -> None:
    for text in ("", FILTERS[listed.noun]):
        expected = walked(site, listed, parse_url(text, listed.fields))
        answer = ada.get(f"/exports/{listed.noun}.csv?{text}&cursor=&limit=1")
        assert answer.status_code == 200
        header, *rows = rows_of(answer.text)
        assert header == list(listed.columns)
        assert rows == expected
        assert rows
        assert all(len(row) == len(header) for row in rows)


def test_a_workbook_has_what_the_csv_has(ada: Reader) -> None:
    query = "lane=legal"
    rows = rows_of(ada.get(f"/exports/groups.csv?{query}").text)
    answer = ada.get(f"/exports/groups.xlsx?{query}")
    with ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(rows)
    assert all(row[0] in sheet for row in rows)
    assert "<f>" not in sheet
    assert "attachment" in answer.headers["content-disposition"]


def pick(cell: Cell, row: object) -> Cell:
    """Return a cell whatever the row is."""
    del row
    return cell


def test_no_cell_is_a_formula(site: Site, ada: Reader) -> None:
    formula = "=HYPERLINK(1)"
    cells: list[Cell] = [formula, "-1+1", "@a", "+1", "plain", 7]
    columns = {str(n): (8, partial(pick, cell)) for n, cell in enumerate(cells)}
    listed = replace(GROUPS, columns=columns)
    made = export_list(
        site.context.anew(), listed, Query(), ListFormat.CSV, actor=ada.name, sight=ALL
    )
    with made.file as file:
        first = rows_of(file.read().decode())[1]
    assert first == [f"'{formula}", "'-1+1", "'@a", "'+1", "plain", "7"]


def test_what_is_cut_says_so_in_its_last_line(ada: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows_of(ada.get("/exports/findings.csv").text)
    monkeypatch.setattr("workers.list_exports.MOST_ROWS", 3)
    cut = rows_of(ada.get("/exports/findings.csv").text)
    assert cut[:4] == whole[:4]
    assert cut[4:] == [["Cut after 3 rows: narrow the filter to take the rest."]]
    monkeypatch.setattr("workers.list_exports.MOST_ROWS", len(whole) - 1)
    assert rows_of(ada.get("/exports/findings.csv").text) == whole


def test_what_leaves_is_an_entry_of_the_chain(site: Site, ada: Reader) -> None:
    for form in ListFormat:
        taken = ada.get(f"/exports/findings.{form}?path=src/**&q=harbor")
        (entry,) = list_entries(site.context.anew(), Query(limit=1)).items
        assert (entry.actor, entry.action, entry.subject) == (ADA.name, "export", "findings")
        assert entry.detail["sha256"] == hashlib.sha256(taken.content).hexdigest()
        assert entry.detail["bytes"] == len(taken.content)
        assert entry.detail["filters"] == ["path", "q"]
        assert entry.detail["is_cut"] is False


def test_nothing_is_taken_that_is_not_understood(site: Site, ada: Reader) -> None:
    before = list_entries(site.context.anew(), Query(limit=1)).items
    assert ada.get("/exports/findings.csv?colour=red").status_code == 422
    assert ada.get("/exports/findings.pdf").status_code == 422
    assert list_entries(site.context.anew(), Query(limit=1)).items == before


def test_a_registrant_takes_rows_of_their_own_repositories_alone(site: Site) -> None:
    owen, own = site.reader(OWEN), "harbor-billing"

    def column(path: str, name: str) -> Sequence[str]:
        return [row[name] for row in csv.DictReader(io.StringIO(owen.get(path).text))]

    for noun in ("findings", "groups", "repositories"):
        assert set(column(f"/exports/{noun}.csv", "repository")) == {own}
        asked = f"/exports/{noun}.csv?repository={HOSTILE}"
        assert column(asked, "repository") == []
    assert set(column("/exports/reviews.csv", "asked_by")) <= {OWEN.name}
    for noun in ("waivers", "releases", "operations", "audit"):
        assert owen.get(f"/exports/{noun}.csv").status_code == 404
    dora = site.reader(DORA)
    refused = {noun: dora.get(f"/exports/{noun}.csv").status_code for noun in FILTERS}
    assert refused == dict.fromkeys(FILTERS, 404) | {"releases": 403}


def test_every_list_has_its_file(site: Site) -> None:
    paths = {route.path for route in marked_routes(site.app)}
    assert {f"/exports/{listed.noun}.{{form}}" for listed in EXPORTED} <= paths
    assert {f"/{noun}" for noun in FILTERS if noun != "groups"} <= paths
