"""The licensing family as a whole: the traps of license detection, and the laws of its rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.detect.detector import DetectorConfig, plain
from ingest.detect.licensing import build, ruleset_digest
from ingest.detect.licensing.algebra import RANKS
from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from ingest.domain.text import ScanText

Scan = Callable[..., Mapping[str, Any]]
GPL = b"""\
This program is free software; you can redistribute it and/or modify
it under the terms of the GNU General Public License as published by
the Free Software Foundation; either version 2 of the License, or
(at your option) any later version.
"""
TAG = b"SPDX-License-" + b"Identifier: "
BSD_STYLE = (
    b"# Copyright 2020 The Widget Authors. All rights reserved.\n"
    b"# Use of this source code is governed by a BSD-style\n"
    b"# license that can be found in the LICENSE file.\n"
)
RUST_STYLE = (
    b"# Licensed under the Apache License, Version 2.0 <LICENSE-APACHE or\n"
    b"# https://www.apache.org/licenses/LICENSE-2.0> or the MIT license\n"
    b"# <LICENSE-MIT or https://opensource.org/licenses/MIT>, at your\n"
    b"# option. This file may not be copied, modified, or distributed\n"
    b"# except according to those terms.\n"
)
TRI_LICENSE = (
    b"# The contents of this file are subject to the Mozilla Public License Version\n"
    b"# 1.1. Alternatively, the contents of this file may be used under the terms of\n"
    b"# either the GNU General Public License Version 2 or later, or the GNU Lesser\n"
    b"# General Public License Version 2.1 or later.\n"
)
BUNDLE = (
    b"# Dual licensed under the MIT or GPL Version 2 licenses. Includes Foo,\n"
    b"# released under the GNU GPL version 3.\n"
)
NO_TRAINING = b"The Software may not be used to train machine learning models.\n"


def c_comment(text: bytes) -> bytes:
    lines = b"".join(b" * " + line + b"\n" for line in text.splitlines())
    return b"/*\n" + lines + b" */\nint x;\n"


def verdict(row: Mapping[str, Any]) -> tuple[str | None, str]:
    return row["license_expression"], row["license_category"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"x = 1\n", (None, "none")),
        (b"def check(license):\n    return license.gpl\n", (None, "none")),
        (b"# " + TAG + b"MIT OR GPL-2.0\n", ("GPL-2.0-only OR MIT", "permissive")),
        (b"# " + TAG + b"MIT AND GPL-2.0+\n", ("GPL-2.0-or-later AND MIT", "copyleft")),
        (b"# " + TAG + b"No-Such-License\n", ("LicenseRef-No-Such-License", "unknown")),
        (b"# " + TAG + b"MIT\n\n# " + GPL.replace(b"\n", b"\n# "),
         ("GPL-2.0-or-later AND MIT", "copyleft")),
        (b"# Licensed under the MIT license.\n# Portions are licensed under the GNU LGPL v3.\n",
         ("LGPL-3.0-only AND MIT", "weak_copyleft")),
        (b"# Dual licensed under the MIT or GPL Version 2 licenses.\n",
         ("GPL-2.0-only OR MIT", "permissive")),
        (TRI_LICENSE, ("GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1", "weak_copyleft")),
        (RUST_STYLE, ("Apache-2.0 OR MIT", "permissive")),
        (BUNDLE, ("(GPL-2.0-only OR MIT) AND GPL-3.0-only", "copyleft")),
        (b"# Dual licensed under the MIT and GPL Version 2 licenses.\n",
         ("GPL-2.0-only OR MIT", "permissive")),
        (b"# Licensed under the MIT and GPL Version 2 licenses.\n",
         ("GPL-2.0-only AND MIT", "copyleft")),
        (b"# Copyright 2020 Widget Works GmbH. All rights reserved.\n",
         ("LicenseRef-shardgate-proprietary", "proprietary")),
        (BSD_STYLE, ("BSD-3-Clause", "permissive")),
        (b"# This file is licensed under the Frobnicator Public Terms, version 7.\n",
         ("LicenseRef-shardgate-unknown", "unknown")),
        (b"# Licensed under the terms found in the LICENSE file.\n", (None, "none")),
        (b"# This file is in the public domain.\n",
         ("LicenseRef-scancode-public-domain", "permissive")),
    ],
)  # fmt: skip
def test_short_notices(scan: Scan, text: bytes, expected: tuple[str | None, str]) -> None:
    assert verdict(scan(text)) == expected


def test_a_header_in_a_comment_is_read_through_its_marks(scan: Scan) -> None:
    row = scan(c_comment(GPL), "c")

    assert verdict(row) == ("GPL-2.0-or-later", "copyleft")
    assert not row["is_license_text"]


def test_whole_texts_are_license_texts(
    scan: Scan, mit: bytes, bsd: bytes, apache: bytes, lgpl: bytes
) -> None:
    for text, expected in (
        (mit, ("MIT", "permissive")),
        (bsd, ("BSD-3-Clause", "permissive")),
        (apache, ("Apache-2.0", "permissive")),
        (lgpl, ("LGPL-3.0-only", "weak_copyleft")),
    ):
        for suffix in ("license", "txt", ""):
            row = scan(text, suffix)
            assert verdict(row) == expected
            assert row["is_license_text"]
            assert row["notice_spans"] == [{"start": 0, "end": len(text)}]
            assert not row["has_restriction"]


def test_a_permissive_text_with_a_clause_against_training_is_restricted(
    scan: Scan, mit: bytes
) -> None:
    for row in (scan(mit + b"\n" + NO_TRAINING, "license"), scan(c_comment(mit + NO_TRAINING))):
        assert row["training_restricted"]
        assert row["has_restriction"]
        assert row["license_category"] == "proprietary"
        assert "MIT" in row["license_expression"]


@pytest.mark.parametrize(
    "clause",
    [
        b"Non-commercial use only.",
        b"This license does not grant the right to Sell the Software.",
        b"The Software shall be used for Good, not Evil.",
        b"For evaluation purposes only.",
        b"You may not redistribute modified versions.",
        b"Commercial use requires a separate agreement.",
        b"Military use is prohibited.",
    ],
)
def test_a_restrictive_clause_beside_a_permissive_text_is_seen(
    scan: Scan, mit: bytes, clause: bytes
) -> None:
    row = scan(mit + b"\n" + clause + b"\n", "license")

    assert row["has_restriction"]
    assert row["license_category"] == "proprietary"
    assert not row["training_restricted"]


def test_a_clause_between_copyright_and_text_is_seen(scan: Scan, mit: bytes) -> None:
    start = mit.index(b"Permission is hereby")
    text = b"Copyright 2020 Widget Works GmbH\n\nMay not be used by anybody.\n\n" + mit[start:]

    assert scan(text, "license")["has_restriction"]


def test_code_about_training_is_no_restriction(scan: Scan) -> None:
    row = scan(b"# we do not train the language model here\ndef train(model): ...\n")

    assert not row["training_restricted"]
    assert row["license_category"] == "none"


def test_a_license_file_nobody_knows_is_unknown(scan: Scan) -> None:
    assert verdict(scan(b"Do as my cat wants.\n", "license")) == (
        "LicenseRef-shardgate-unknown",
        "unknown",
    )


def test_a_license_file_that_points_at_others_says_nothing_itself(scan: Scan) -> None:
    row = scan(b"Either of the licenses found in LICENSE.ONE or LICENSE.TWO applies.\n", "license")

    assert verdict(row) == (None, "none")


def test_much_unknown_text_in_a_license_file_leaves_it_unknown(scan: Scan, mit: bytes) -> None:
    row = scan(mit + b"\nThe parties gathered under the old oak tree at noon. " * 100, "license")

    assert row["license_category"] == "unknown"
    assert "MIT" in row["license_expression"]


def test_a_list_of_licenses_is_mentions(scan: Scan) -> None:
    ids = "ISC Zlib GPL-2.0-only GPL-3.0-only MPL-2.0 BSD-2-Clause EPL-2.0 0BSD NCSA PSF-2.0 X11"
    body = b"".join(b"a = 1\n# " + TAG + i.encode() + b"\n" for i in ids.split())
    row = scan(b"# " + TAG + b"MIT\n\n" + b"x = 1\n" * 400 + body)

    assert verdict(row) == ("MIT", "permissive")
    assert {e["spdx"] for e in row["evidence"] if e["kind"] == "mention"} == set(ids.split())


def test_a_bundle_with_a_restricted_text_deep_inside_is_unknown(scan: Scan) -> None:
    ids = "ISC Zlib MPL-2.0 BSD-2-Clause BSD-3-Clause EPL-2.0 0BSD NCSA PSF-2.0 Ruby X11"
    body = b"".join(b"a = 1\n# " + TAG + i.encode() + b"\n" for i in ids.split())
    row = scan(b"x = 1\n" * 400 + body + c_comment(GPL), "js")

    assert row["license_category"] == "unknown"


def test_reuse_ignore_hides_tags_but_no_notice(scan: Scan) -> None:
    start, end = b"REUSE-Ignore" + b"Start", b"REUSE-Ignore" + b"End"
    hidden_tag = b"# " + start + b"\n# " + TAG + b"GPL-2.0-only\n# " + end + b"\n"
    hidden_notice = b"/* " + start + b"\n" + GPL + end + b" */\n"

    assert verdict(scan(hidden_tag + b"# " + TAG + b"MIT\n")) == ("MIT", "permissive")
    assert scan(hidden_notice, "c")["license_category"] == "copyleft"


def test_a_manifest_declares(scan: Scan) -> None:
    row = scan(b'{"name": "x", "license": "MIT"}', "package.json")

    assert verdict(row) == ("MIT", "permissive")
    assert row["is_manifest"]
    assert row["evidence"][0]["kind"] == "manifest"


def test_company_and_foreign_holders_are_told_apart(scan: Scan) -> None:
    own = scan(b"# Copyright (c) 2020-2024 ACME Rockets, Inc. All rights reserved.\n")
    other = scan(b"# Copyright (c) 2020 Widget Works GmbH and Jo Q. Sample\n")

    assert (own["has_company_holder"], own["has_foreign_holder"]) == (True, False)
    assert (other["has_company_holder"], other["has_foreign_holder"]) == (False, True)
    assert "Widget Works GmbH" in other["holders"]
    assert "Sample" not in repr(other)


def test_notice_spans_are_the_comment_and_nothing_of_the_code(scan: Scan) -> None:
    header = b"# Copyright 2020 Widget Works GmbH\n# Released under the MIT license."
    (span,) = scan(header + b"\n\nx = 1\n")["notice_spans"]

    assert (span["start"], span["end"]) == (0, len(header))


def test_evidence_names_line_and_span(scan: Scan) -> None:
    text = b"#!/bin/sh\n\n# " + TAG + b"MIT\n"
    (sign,) = scan(text, "sh")["evidence"]

    assert (sign["kind"], sign["spdx"], sign["line"]) == ("tag", "MIT", 3)
    assert text[sign["start"] : sign["end"]] == TAG + b"MIT"


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_license_word_beside_an_endless_line_is_read(scan: Scan, place: str) -> None:
    line, word = b"x" * 300_000, b"under the MIT license"
    data = line + b"\n" + word if place == "before" else word + b"\n" + line

    assert verdict(scan(data, "")) == ("MIT", "permissive")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.lists(
        st.sampled_from(["license", "©", "/*", "*/", '"""', "\n", "(c) 2020"]) | st.text()
    )
)
def test_no_text_makes_it_fail(scan: Scan, text: list[str]) -> None:
    data = " ".join(text).encode("utf-8", "ignore")

    assert scan(data, "")["license_category"] in RANKS
    assert scan(data, "license")["license_category"] in RANKS


_PIECES = st.lists(
    st.sampled_from(
        [
            b"# " + TAG + b"MIT\n",
            b"# " + TAG + b"GPL-3.0-only\n",
            c_comment(GPL),
            b"# Copyright 2021 Jo Sample\n",
            "# ©2020 Käse Äpfel GmbH, Straße\n".encode(),
            b"# Released under the Apache License 2.0\n",
            b'"""License: BSD\n\nunder the MIT\n"""\n',
            b"Non-commercial use only under the license\n",
            b"x = 1\n",
            b"\n\n",
            b"y" * 1500 + b" license MIT " + b"z" * 1500 + b"\n",
        ]
    ),
    max_size=5,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(pieces=_PIECES, suffix=st.sampled_from(["py", "js", "md", "license", ""]))
def test_rows_fit_the_schema_and_spans_lie_inside(
    scan: Scan, pieces: list[bytes], suffix: str
) -> None:
    data = b"".join(pieces)
    row = scan(data, suffix)
    head = {"blob_id": "0" * 40, "suffix": suffix, "status": "completed", "reason": ""}
    table = pa.Table.from_pylist(
        [{**head, **{k: plain(v) for k, v in row.items()}}], schema=facts_schema(Family.LICENSING)
    )
    spans = [(s["start"], s["end"]) for s in row["notice_spans"]]

    assert table.num_rows == 1
    assert set(row) | set(head) == set(table.schema.names)
    assert all(0 <= e["start"] < e["end"] <= len(data) for e in row["evidence"])
    assert all(0 <= start < end <= len(data) for start, end in spans)
    assert spans == sorted(spans)
    assert all(a[1] < b[0] for a, b in pairwise(spans))
    assert row["license_category"] in RANKS
    assert (row["license_expression"] is None) == (row["license_category"] == "none")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(pieces=_PIECES)
def test_a_row_does_not_depend_on_what_was_scanned_before(
    scan: Scan, other_scan: Scan, pieces: list[bytes]
) -> None:
    data = b"".join(pieces)
    for piece in pieces:
        other_scan(piece)

    assert scan(data) == other_scan(data) == scan(data)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(pieces=_PIECES)
def test_adding_a_copyleft_header_never_loosens(scan: Scan, pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    before = scan(data, "js")["license_category"]
    after = scan(data + b"\n\nx = 1\n" + c_comment(GPL), "js")["license_category"]

    assert RANKS.index(after) >= min(RANKS.index(before), RANKS.index("copyleft"))
    assert RANKS.index(after) >= RANKS.index("copyleft")


@pytest.mark.parametrize(
    "text",
    [
        b"copyright " * 40_000,
        b"# copyright (c) 2020, 2021, " * 12_000,
        b"not train not model license " * 12_000,
        b"licensed under " * 20_000,
        b"under the the the or and MIT " * 10_000,
        b'"""' * 100_000 + b"license",
        b"/* license \n" * 30_000,
        b"gnu general public license version " * 9_000,
        b"(c)2020" + b" " * 300_000 + b"license",
        TAG * 10_000,
    ],
)
def test_hostile_text_costs_no_more_than_seconds(config: DetectorConfig, text: bytes) -> None:
    detector = build(config)
    started = time.process_time()
    for suffix in ("c", "license"):
        detector.scan(ScanText(blob_id="0" * 40, suffix=suffix, data=text))

    assert time.process_time() - started < 10


def test_the_detector_says_who_it_is(config: DetectorConfig) -> None:
    detector = build(config)

    assert detector.family is Family.LICENSING
    assert detector.ruleset_digest == ruleset_digest(config)
    assert {"licensing", "licenseclassifier", "license-expression"} <= detector.versions.keys()


def test_a_header_that_was_seen_before_says_what_it_said(scan: Scan, other_scan: Scan) -> None:
    first, second = c_comment(GPL), c_comment(GPL) + b"int y = 2;\n"
    row = dict(scan(first, "c"))
    expected = repr(other_scan(second, "c"))

    assert repr(scan(second, "c")) == expected
    row["evidence"].clear()
    row["holders"].append("nobody")
    assert repr(scan(second, "c")) == expected


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"# Released under the MIT license\nx = 1\n# " + TAG + b"GPL-2.0-only\n", "py"),
        (b"# Released under the MIT license\nx = 1\n# confidential and proprietary\n", "py"),
        (b"# Released under the MIT license\nversion = 1\nlicense = 'GPL-2.0-only'\n", "setup.py"),
        (b"# Released under the MIT license", "license"),
        (b"# " + TAG + b"MIT */ x\n", "c"),
        (b"/* " + TAG + b"MIT */ GPL\n", "c"),
        (b"/* " + TAG + b"MIT */\n", "c"),
    ],
)
def test_a_known_header_hides_nothing_else(
    scan: Scan, other_scan: Scan, data: bytes, suffix: str
) -> None:
    scan(b"# Released under the MIT license\nx = 1\n")
    scan(b"/* " + TAG + b"MIT */\nint x;\n", "c")

    assert repr(scan(data, suffix)) == repr(other_scan(data, suffix))
