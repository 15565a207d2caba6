from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.detect.pii.cues import cue_hits
from ingest.detect.pii.scanner import PiiDetector

Find = Callable[..., list[tuple[str, str]]]


def people(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "PERSON"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        (
            (
                "| First Name | Last Name | Role |\n|:-----------|:---------|---|\n"
                "| Zzelma     | Quendrel | Chair |\n| Heidi | Zornedal | |\n\n| Peter | Voss | |\n"
            ),
            "md",
            ["Zzelma", "Quendrel", "Heidi", "Zornedal"],
        ),
        (
            "Vorname | Nachname\n--- | ---\nZzelma | Quendrel\n",
            "md",
            ["Zzelma", "Quendrel"],
        ),
        (
            (
                "+-------+----------------+\n| Team  | Contact        |\n"
                "+=======+================+\n"
                "| Parts | Heidi Zornedal |\n+-------+----------------+\n"
            ),
            "rst",
            ["Heidi Zornedal"],
        ),
        (
            "# | Reviewer | Date |\n# |----------|------|\n# | Zzelma Quendrel | today |\n",
            "py",
            ["Zzelma Quendrel"],
        ),
    ],
)
def test_the_head_of_a_drawn_table_says_what_its_columns_hold(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert people(find(text, suffix)) == names


@pytest.mark.parametrize(
    "text",
    [
        "| Option | Meaning |\n|---|---|\n| Quendrel | Zornedal |\n",
        "| First Name | Type |\n\n| Zzelma | String |\n",
        "First Name | Last Name\n\nZzelma | Quendrel\n",
        "|---|---|\n| Zzelma | Quendrel |\n",
        "| Name | Type |\n|------|------|\n| Zzelma Quendrel | String |\n",
    ],
)
def test_a_table_of_other_things_and_bars_without_a_ruler_hold_no_people(
    text: str, find: Find
) -> None:
    assert people(find(text, "md")) == []


def test_the_halves_of_a_row_are_one_name_elsewhere(find: Find) -> None:
    text = (
        "| First Name | Last Name |\n|---|---|\n| Thzanax | Quendrel |\n\n"
        "Thzanax Quendrel will lose the vote.\n"
    )
    assert people(find(text, "md")) == ["Thzanax", "Quendrel", "Thzanax Quendrel"]


@pytest.mark.parametrize(
    "text",
    [
        "| Handle | Meaning |\n|---|---|\n| stdin | input |\n| stdout | output |\n",
        "| Client | Version |\n|---|---|\n| redis.asyncio | 4 |\n| ruby | 2 |\n",
        "| Member | Description |\n|---|---|\n| self.name | of it |\n",
        "| Owner | Area |\n|---|---|\n| redis.asyncio | cache |\n",
        "| Name | UID |\n|---|---|\n| Main Dashboard | cIBgcSjkk |\n",
    ],
)
def test_logins_beside_nothing_of_people_are_words_of_software(text: str, find: Find) -> None:
    assert find(text, "md") == []


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("First name", "Zzelma"),
        ("Name", "Heidi Zornedal"),
        ("E-mail", ""),
        ("Work email address", ""),
        ("Phone", ""),
    ],
)
def test_logins_beside_names_mails_or_phones_are_read(head: str, cell: str, find: Find) -> None:
    text = f"| {head} | Handle |\n|---|---|\n| {cell} | zquendrel |\n"
    assert ("USERNAME", "zquendrel") in find(text, "md")


def test_an_owner_may_be_the_login_of_a_listed_name(find: Find) -> None:
    text = "| Owner | Area |\n|---|---|\n| hjohnson | parts |\n"
    assert find(text, "md") == [("USERNAME", "hjohnson")]


@pytest.mark.parametrize("ruler", ["---|---", "---+---"])
def test_no_row_is_read_for_more_than_one_ruler(ruler: str, detector: PiiDetector) -> None:
    data = f"Owner|x\n{ruler}\nHeidi Zornedal|y\n".encode() * 200
    cues = detector._prefilter.candidates(data).cues
    hits = [hit for hit in cue_hits(data, "md", cues, detector._names) if "column" in hit.rule]
    assert len(hits) == 200


def test_a_table_close_below_another_has_its_own_head(find: Find) -> None:
    text = (
        "Vorname | Ort\n--- | ---\nZzelma | Ulm\nHeidi | Bonn\n"
        "Ort | Nachname\n--- | ---\nUlm | Quendrel\n"
    )
    assert people(find(text, "md")) == ["Zzelma", "Heidi", "Quendrel"]


def test_lines_between_the_rows_of_a_grid_end_no_table(find: Find) -> None:
    line = "+------+----------+\n"
    rows = ("| Parts | Heidi Zornedal |\n", "| Sales | Emily Johnson |\n")
    text = f"{line}| Team | Contact |\n{line}{rows[0]}{line}{rows[1]}{line}"
    assert people(find(text, "rst")) == ["Heidi Zornedal", "Emily Johnson"]
