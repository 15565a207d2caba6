from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pyarrow as pa
import pytest

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.evaluate import decide
from policies.report import to_xlsx
from policies.report.occurrences import list_occurrences
from policies.report.said import Said, Step
from tests.policies.report.test_policies_report import (
    HOSTILE,
    POLICY,
    finding,
    hostile_report,
    report_of,
    tree_facts,
)
from tests.strategies.policies import as_dossier, occurrence
from tests.strategies.reviews import NOW, waiver
from tests.support.workbook import sheets_of


def decided(rows: list[dict[str, object]]) -> pa.Table:
    content = facts_schema(Family.CONTENT).empty_table()
    return decide(as_dossier(rows), POLICY, content=content, input_digest="i")


def said() -> Said:
    step = Step(version=1, action="propose", actor="ada", at=NOW, comment="=1+1")
    return Said.of(waiver("GENERATED", "1"), [step], POLICY, NOW)


def test_a_workbook_has_its_sheets_with_frozen_headers_and_filters() -> None:
    rows = [occurrence("r1", HOSTILE, "1"), occurrence("r1", b"=b.py", "2", is_minified=True)]
    report = hostile_report()
    data = to_xlsx(report, list_occurrences(decided(rows), tree_facts(rows, [])))
    sheets = sheets_of(data)
    assert list(sheets) == ["Summary", "About", "Groups", "Files", "Decisions"]
    assert [row[1] for row in sheets["Files"][1:]] == [
        '<script>alert(1)</script>"\\xff\\u{202e}=\\u{a}.py',
        "=b.py",
    ]
    assert len(sheets["Groups"]) == len(report.groups) + 1
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        for name in names:
            xml = archive.read(name).decode()
            assert 'state="frozen"' in xml
            assert "<autoFilter" in xml


def test_no_cell_is_a_formula_or_a_link() -> None:
    rows = [
        occurrence("=r", b"=cmd()", "1", consent_valid=False, repo_license_expression="@SUM(1)"),
        occurrence("=r", b"http://evil.example/x", "2", strong_secret_count=1, secret_count=1),
    ]
    report = report_of(rows, {"2": [finding("-f", "PRIVATE_KEY", preview="+1**")]})
    told = replace(report, said=(said(),))
    data = to_xlsx(told, list_occurrences(decided(rows), tree_facts(rows, [])))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")}
    sheets = [xml for name, xml in parts.items() if "worksheets/" in name]
    assert not any("<f>" in xml or "<hyperlink" in xml for xml in sheets)
    assert "hyperlink" not in "".join(n for n in parts)
    assert ["=cmd()" in str(row) for row in sheets_of(data)["Files"]] == [False, True, False]
    (line,) = sheets_of(data)["Decisions"][1:]
    assert line[0] == "rvw_w"
    assert "=1+1" in line[-1]


def test_the_same_inputs_give_the_same_bytes_and_no_moment_of_the_clock() -> None:
    first = to_xlsx(hostile_report(), [])
    assert to_xlsx(hostile_report(), []) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert "1980-01-01T00:00:00Z" in archive.read("docProps/core.xml").decode()
    dated = to_xlsx(replace(hostile_report(), data_at=NOW), [])
    with zipfile.ZipFile(io.BytesIO(dated)) as archive:
        assert "2030-01-01T12:00:00Z" in archive.read("docProps/core.xml").decode()


def test_rows_that_do_not_fit_one_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.report.sheets.MAX_ROWS", 2)
    rows = [occurrence("r", b"f%d" % n, "1") for n in range(5)]
    data = to_xlsx(report_of(rows), list_occurrences(decided(rows), tree_facts(rows, [])))
    sheets = sheets_of(data)
    files = [row[1] for title in sheets if title.startswith("Files") for row in sheets[title][1:]]
    assert files == ["f0", "f1", "f2", "f3", "f4"]
    assert "Files 3" in sheets
