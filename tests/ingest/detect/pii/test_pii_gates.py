from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.detect.pii.acceptance import judge
from ingest.detect.pii.engine import MAX_WINDOW_BYTES
from ingest.detect.pii.gates import GATES
from ingest.detect.pii.people import _MARKS
from ingest.detect.pii.prefilter import Group
from ingest.detect.pii.scanner import PiiDetector
from ingest.detect.pii.windows import TARGET_WINDOW_BYTES, windows
from ingest.domain.finding import Category

AT = "@"
TEXTS = (
    f"x jane.roe{AT}kestrelworks.io y",
    f"tööhn{AT}müller.de",
    "jane [at] kestrelworks [dot] com",
    "<jane at kestrelworks.com>",
    "jane at kestrelworks dot com",
    "93.184.216.77",
    "x 2a00:1450:4001:81b::200e",
    "Copyright (c) 2012-2019, 2021 by Torvald Quendrel",
    "Copyright \u00a9 2012-present Torvald Quendrel",
    "\u00a9 Torvald Quendrel",
    "SPDX-FileCopyrightText: 2012 Torvald Quendrel",
    "(C) 2012 Torvald Quendrel",
    "@author Torvald Quendrel",
    ":author: Torvald Quendrel",
    "AUTHORS: Torvald Quendrel, Mira Ostrowny",
    '"author": "Torvald Quendrel"',
    "__author__ = 'Torvald Quendrel'",
    "author_name = 'Torvald Quendrel'",
    "<author>Torvald Quendrel</author>",
    "Signed-off-by: Torvald Quendrel",
    "written by Torvald Quendrel",
    "Contributed by: Torvald Quendrel",
    "Thanks to Torvald Quendrel",
    "credit goes to Torvald Quendrel",
    "courtesy of Torvald Quendrel",
    "* written by\n *  Torvald Quendrel",
    "written\r\nby Torvald Quendrel",
    "contributed to the docs by Torvald Quendrel",
    "Contributed to the x. by Torvald Quendrel",
    "thanks goes\n to Torvald Quendrel",
    "Thanks\n#  to\n#  Torvald Quendrel",
    "courtesy of\n//  Torvald Quendrel",
    "&copy; 2012 Torvald Quendrel",
    "Copyright |copy| 2012 Torvald Quendrel",
    "__author__ = u'Torvald Quendrel'",
    "TODO\n(\nTorvald Quendrel)",
    "TODO(Torvald Quendrel)",
    f"Torvald Quendrel <torvald{AT}kestrelworks.io>",
    f"Torvald Quendrel (torvald{AT}kestrelworks.io)",
    "Emily Johnson @ejohnson",
    "with Emily Johnson",
    "with Emily Q. Johnson.",
    "with Zoë Anderson",
    "TODO(mquendrel)",
    "FIXME [mquendrel]",
    "/home/mquendrel/",
    r"C:\\Users\\mquendrel",
    "thanks to @mquendrel",
    "(415) 867-" + "5309",
    "phone: 020 7183 " + "8750",
    "Tel. 0 30 " + "901820",
    "card 4539 1488 0343 " + "6467",
    "DE75512108001245126199",
)


@pytest.mark.parametrize("text", TEXTS)
def test_no_gate_loses_what_the_whole_text_would_give(text: str, detector: PiiDetector) -> None:
    data = b"# padding of plain words\n" * 400 + text.encode() + b"\n# and more of it" * 400
    wide = data[9900:10400]
    found = 0
    for category in {gate.category for gate in GATES}:
        expected = {
            hit
            for hit in detector._engine.find(wide, 0, len(wide), category)
            if judge(hit, wide, detector._exclusions).is_accepted
        }
        fired = detector._prefilter.candidates(wide).gates
        seen = {
            hit
            for start, end in windows(
                wide, [item for item in fired.items() if item[0].category is category]
            )
            for hit in detector._engine.find(wide, start, end, category)
        }
        assert expected <= seen
        found += len(expected)
    assert found


@pytest.mark.parametrize("mark", [pattern for _, pattern in _MARKS])
@settings(max_examples=25)
@given(data=st.data())
def test_a_gate_fires_behind_every_mark_that_a_recognizer_reads(
    mark: re.Pattern[str], data: st.DataObject, detector: PiiDetector
) -> None:
    ascii_text = st.characters(max_codepoint=127)
    before = data.draw(st.from_regex(mark, fullmatch=True, alphabet=ascii_text))
    assume(len(before) <= 80)  # years go on for ever
    fired = detector._prefilter.candidates(f"x {before}Torvald".encode()).gates
    assert any(gate.category is Category.PERSON for gate in fired), before


@pytest.mark.parametrize("style", ["INTERNATIONAL", "E164", "RFC3966"])
def test_the_phone_gate_knows_the_formats_of_all_regions(style: str, detector: PiiDetector) -> None:
    missed = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number(region)
        assert example
        number = phonenumbers.format_number(example, getattr(phonenumbers.PhoneNumberFormat, style))
        gates = detector._prefilter.candidates(f"to {number} x".encode()).gates
        if not any(gate.category is Category.PHONE_NUMBER for gate in gates):
            missed.append(region)
    assert len(missed) <= 5, missed


@pytest.mark.parametrize(
    "line",
    [
        "phone ph",
        "ph",
        "x a@b",
        "Emily (@ejohnson)",
        f"<jane{AT}",
        "x, @mquendrel",
        "call 020 7183 " + "8750",
        "ni 12 34 56 C",
        "RSSMRA85T10A562S",
        "GB82 WEST 1234",
    ],
)
def test_gates_of_single_lines_find_what_they_find_in_the_whole_text(
    line: str, detector: PiiDetector
) -> None:
    prefilter = detector._prefilter
    data = f"@param x\n{line}\n555 867 5309 00\r\nplain\n\n{line}".encode()
    by_line = prefilter.candidates(data).gates
    for group in (Group.AT, Group.NUMBERS):
        for number, ends in prefilter._funnels[group].hits(data).items():
            gate = GATES[number]
            kept = prefilter._narrowing.kept(gate.look, data, ends) if gate.look else ends
            assert by_line.get(gate, []) == kept, gate.expression


@given(st.lists(st.integers(0, 60_000), max_size=60).map(sorted))
def test_windows_are_short_and_hold_every_candidate_with_its_margins(ends: list[int]) -> None:
    data, gate = b"x" * 60_000, GATES[0]
    spans = list(windows(data, [(gate, ends)]))
    assert all(end - start <= TARGET_WINDOW_BYTES < MAX_WINDOW_BYTES for start, end in spans)
    for end in ends:
        wanted = max(0, end - gate.before), min(len(data), end + gate.after)
        assert any(start <= wanted[0] and wanted[1] <= stop for start, stop in spans)
