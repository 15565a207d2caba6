from __future__ import annotations

import random
import uuid

import pytest

from ingest.detect.funnel import Funnel, Pattern
from ingest.detect.secrets.uuids import EXPRESSION, random_uuids
from ingest.domain.finding import Confidence

FUNNEL = Funnel([Pattern(id=0, expression=EXPRESSION)])
RANDOM = str(uuid.UUID(int=0x9F3A7C21D4E84B6FA1C25D7E8F901234, version=4))


def found(text: str, suffix: str = "json") -> list[str]:
    data = text.encode()
    ends = FUNNEL.hits(data).get(0, ())
    return [text[m.start : m.end] for m in random_uuids(data, ends, suffix)]


@pytest.mark.parametrize("text", [RANDOM, f'"{RANDOM}"', f"id={RANDOM.upper()},", f"- {RANDOM}\n"])
def test_a_random_uuid_is_found_alone(text: str) -> None:
    assert [value.lower() for value in found(text)] == [RANDOM]


@pytest.mark.parametrize(
    "text",
    [
        str(uuid.UUID(int=0x9F3A7C21D4E84B6FA1C25D7E8F901234, version=1)),
        "00000000-0000-4000-8000-000000000000",
        "11111111-2222-4333-8444-555555555555",
        f"x{RANDOM}",
        f"{RANDOM}-1",
        RANDOM[:-1],
    ],
)
def test_other_uuids_and_parts_of_names_are_not(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("head", "confidence"),
    [
        ('"api_key": "', Confidence.MEDIUM),
        ("CLIENT_SECRET=", Confidence.MEDIUM),
        ("upload-token: ", Confidence.MEDIUM),
        ('"id": "', Confidence.LOW),
        ("tokens ", Confidence.LOW),
    ],
)
def test_a_name_that_says_so_makes_one_more_certain(head: str, confidence: Confidence) -> None:
    data = f"{head}{RANDOM}".encode()
    (match,) = random_uuids(data, FUNNEL.hits(data)[0], "json")
    assert match.confidence is confidence


@pytest.mark.parametrize("suffix", ["sln", "csproj", "lock", "ipynb"])
def test_files_made_of_identifiers_are_left_out(suffix: str) -> None:
    assert found(RANDOM, suffix) == []


def test_a_text_with_hundreds_of_them_holds_identifiers() -> None:
    source = random.Random(7)
    many = [str(uuid.UUID(int=source.getrandbits(128), version=4)) for _ in range(300)]
    assert found("\n".join(many)) == []
    assert len(found("\n".join(many[:50]))) == 50
    assert len(found("\n".join(many[:50] * 6))) == 300
