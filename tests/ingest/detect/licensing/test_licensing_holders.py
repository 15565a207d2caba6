"""Copyright holders."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.holders import HolderReader
from ingest.domain.secret import HmacKey


@pytest.fixture(scope="module")
def reader(key: HmacKey) -> HolderReader:
    return HolderReader(key, ("Acme Rockets", "ARI"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Copyright (c) 2020-2024 Widget Works GmbH. All rights reserved.", ["Widget Works GmbH"]),
        ("© 2020 Widget Works, Inc.", ["Widget Works, Inc"]),
        ("Copyright The Widget Authors", ["The Widget Authors"]),
        ("(C) 1999, 2001 University of Nowhere", ["University of Nowhere"]),
        ("SPDX-FileCopyrightText: 2021 Widget Foundation", ["Widget Foundation"]),
        ("Copyright 2020 acme rockets, Inc. and Widget LLC", ["acme rockets", "Widget LLC"]),
        ("Copyright 2019 Widget Ltd <legal@widget.example>", ["Widget Ltd"]),
        ("Copyright [yyyy] [name of copyright owner]", []),
        ("Copyright (C) <year> <name of author>", []),
        ("the copyright holder may ask", []),
        ("Copyright notice follows", []),
        ("copyright law", []),
        ("f(c) 20", []),
        ("(c) Widget Works GmbH, 2015. Confidential", ["Widget Works GmbH"]),
        ("Copyright Widget Works Inc. 2001-2004. All rights reserved.", ["Widget Works Inc"]),
        ("(c) the terms of 2015 hold", []),
        ("call(c) Widget 2015", []),
        ("This code is the property of Acme Rockets, Inc.", ["Acme Rockets"]),
        ("Acme Rockets, Inc. proprietary and confidential", ["Acme Rockets"]),
        ("ARI's confidential information", ["ARI"]),
        ("Licensed to Acme Rockets by Widget. Confidential", []),
        ("MARI confidential", []),
        ("Copyright (c) Widget Works Inc. and affiliates.", ["Widget Works Inc"]),
        ("Copyright 2024 Widget Corp. Confidential. Do not share it.", ["Widget Corp"]),
    ],
)
def test_organisations_stand_in_clear(reader: HolderReader, line: str, expected: list[str]) -> None:
    assert [h.label for h in reader.find_holders(line.encode())] == expected


@pytest.mark.parametrize(
    "line",
    [
        "Copyright 2020 Jo Q. Sample",
        "Copyright 2020 Jo Q. Sample <jo@sample.example>",
        "Copyright (c) 2020 Jo Q. Sample (Widget Works)",
        "Copyright 2020 Jo Q. Sample, developed for the Widget Project team",
        "Copyright (c) Jo Q. Sample for the Widget Foundation",
        "Copyright 2020 Jo Q. Sample, Widget Works Inc.",
        "Copyright 2020 Widget LLC and Jo Q. Sample",
    ],
)
def test_a_person_is_never_in_clear(reader: HolderReader, line: str) -> None:
    labels = [h.label for h in reader.find_holders(line.encode())]

    assert any(label.startswith("person:") for label in labels)
    assert "Sample" not in repr(labels)


def test_the_same_person_has_the_same_digest_under_the_same_key(reader: HolderReader) -> None:
    (left,) = reader.find_holders(b"Copyright 2020 Jo Q. Sample")
    (right,) = reader.find_holders(b"(c) 1999 JO Q.  SAMPLE")
    (other,) = HolderReader(HmacKey(key_id="o", material=b"o" * 32), ()).find_holders(
        b"Copyright 2020 Jo Q. Sample"
    )

    assert left.label == right.label
    assert len(left.label) == len("person:") + 12
    assert other.label != left.label


def test_the_company_is_known_by_whole_words_in_any_case(reader: HolderReader) -> None:
    own = reader.find_holders(b"Copyright 2020 ACME ROCKETS Inc")
    other = reader.find_holders(b"Copyright 2020 Safari Group")

    assert [h.is_company for h in own] == [True]
    assert [h.is_company for h in other] == [False]


def test_without_names_nobody_is_the_company(key: HmacKey) -> None:
    (holder,) = HolderReader(key, ()).find_holders(b"Copyright 2020 Acme Rockets Inc")

    assert not holder.is_company


def test_authors_of_license_texts_are_marked(reader: HolderReader) -> None:
    (holder,) = reader.find_holders(b"Copyright (C) 2007 Free Software Foundation, Inc.")

    assert holder.is_text_author
