from __future__ import annotations

import pytest

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.names import NameJudge
from ingest.detect.pii.people import ListedPersonRecognizer, MarkedPersonRecognizer

NAME = "Torvald Quendrel"


@pytest.fixture(scope="module")
def judge() -> NameJudge:
    gazetteer = Gazetteer(first=frozenset({"mira"}), last=frozenset({"ostrowny"}))
    return NameJudge(gazetteer=gazetteer, exclusions=Exclusions.load())


@pytest.mark.parametrize(
    "template",
    [
        "Copyright {}",
        "Copyright (c) 2012-2019, 2021 by {}. All rights reserved.",
        "(C) 2012 {}",
        "\u00a9 2012\u20132019 {}",
        "SPDX-FileCopyrightText: 2012 {}",
        "@author {}",
        ":author: {}",
        "Author(s): {}"[0:6] + "s: {}",
        '"author": "{}"',
        "__author__ = '{}'",
        "author_name={!r}",
        "<author>{}</author>",
        "Maintainer: {} <x@y>",
        "Written by {}.",
        "contributed by: {}",
        "Signed-off-by: {} <x@y>",
        "Thanks to {} for it",
        "TODO({}): mend",
        "see {} <torvald@kestrel>",
        "see {} (torvald@kestrelworks.io)",
    ],
)
def test_a_mark_of_authorship_lets_an_unlisted_name_through(
    template: str, judge: NameJudge
) -> None:
    text = template.format(NAME)
    results = MarkedPersonRecognizer(judge).analyze(text, ["PERSON"])
    assert [text[r.start : r.end] for r in results] == [NAME]


def test_a_list_of_authors_is_read_to_its_end(judge: NameJudge) -> None:
    text = f"Authors: {NAME} <a@b>, Zelma Voss (x) and Mira Ostrowny"
    results = MarkedPersonRecognizer(judge).analyze(text, ["PERSON"])
    assert [text[r.start : r.end] for r in results] == [NAME, "Zelma Voss", "Mira Ostrowny"]


@pytest.mark.parametrize(
    "text",
    [
        "Copyright 2012 Kestrel Software Foundation",
        "Copyright (c) 2012 The Kestrel Authors",
        "copyright notice and this permission",
        "author = get_author()",
        "by Value Type",
        "Emily Johnson",
        "Central Kestrel (Myanmar)",
        "# use the Kestrel Wing @torque(1)",
    ],
)
def test_organisations_and_unmarked_names_are_not_marked_people(
    text: str, judge: NameJudge
) -> None:
    assert MarkedPersonRecognizer(judge).analyze(text, ["PERSON"]) == []


def test_listed_names_need_no_mark(judge: NameJudge) -> None:
    text = "we met Mira Ostrowny there"
    (result,) = ListedPersonRecognizer(judge).analyze(text, ["PERSON"])
    assert text[result.start : result.end] == "Mira Ostrowny"
