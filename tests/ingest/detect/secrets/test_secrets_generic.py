"""The gate before the generic rules turns nothing away that they would report."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import kingfisher_sdk
import pytest

from ingest.detect.secrets.kingfisher import _SAMPLE, _is_generic, _rules, _scanner
from ingest.detect.secrets.lines import LineEngine
from tests.support.rules import shared_rules
from workers.rulepacks import rule_packs

PASSWORD = "Wm7" + "kQz!rT2x"
KEY = "q8Zr2Lk9" + "Xw4Tn6Vb1Yc3"
HOLDERS = (
    f'db_password = "{PASSWORD}"\nconnect(host)\n',
    f'client.login("bob", "{PASSWORD}")\n',
    f"app.passwd: {PASSWORD}\nlogin(user)\n",
    f'API_SECRET_KEY = "{KEY}"\n',
    f"access token => '{KEY}'\n",
    f"auth_token:\n  '{KEY}'\n",
    f"url = postgres://bob:{PASSWORD}@db.acme.dev:5432/x\n",
    f'ключ_api_key = "{KEY}"\n',
)
PLAIN = (
    "x = 1\n",
    "# the key to this is patience\n",
    "def f(a, b):\n    return a\n",
    "é€😀\n",
    "\r\n",
)


@pytest.fixture(scope="module")
def generic() -> kingfisher_sdk.Scanner:
    rules_dir = shared_rules()
    packs = [pack for pack in rule_packs(rules_dir) if _is_generic(pack)]
    if not packs:
        pytest.skip("the generic rules are not made for this platform")
    return _scanner(_rules(packs, rules_dir / "kingfisher", builtins=False))


def spans(scanner: kingfisher_sdk.Scanner, data: bytes, offset: int = 0) -> set[tuple[object, ...]]:
    return {
        (
            found.rule_id,
            found.confidence,
            offset + found.location["start_offset"],
            offset + found.location["end_offset"],
        )
        for found in scanner.scan(data)
    }


def test_the_line_that_warms_the_rules_gets_as_far_as_their_filters(
    generic: kingfisher_sdk.Scanner,
) -> None:
    assert [found.rule_id for found in generic.scan(_SAMPLE)] == ["custom.generic-api-key"]


def windows_of(line_engine: LineEngine, data: bytes) -> list[tuple[int, int]]:
    return line_engine.generic_windows(data, line_engine.hits(data))


def spans_behind(
    line_engine: LineEngine, scanner: kingfisher_sdk.Scanner, data: bytes
) -> set[tuple[object, ...]]:
    windows = windows_of(line_engine, data)
    return {span for start, end in windows for span in spans(scanner, data[start:end], start)}


@pytest.mark.parametrize("text", HOLDERS)
def test_a_text_with_what_the_rules_want_passes(line_engine: LineEngine, text: str) -> None:
    assert windows_of(line_engine, text.encode()) == [(0, len(text.encode()))]


@pytest.mark.parametrize(
    "text",
    [
        *PLAIN,
        "password required\n",
        "key = value_of_the_attribute\n",
        "token = 'aaaaaaaa1111aaaa'\n",
        "https://example.com:8080/path@2\n",
        "login(user, password)\n",
    ],
)
def test_a_text_without_it_does_not(line_engine: LineEngine, text: str) -> None:
    assert windows_of(line_engine, text.encode()) == []


def test_windows_hold_all_that_a_rule_reads_in_long_texts(
    line_engine: LineEngine, generic: kingfisher_sdk.Scanner
) -> None:
    source = random.Random(5)
    reported = 0
    for _ in range(4):
        lines = source.choices([*PLAIN, "filler " * 60 + "\n"], k=400)
        for place in source.sample(range(400), 6):
            lines[place] = source.choice(HOLDERS)
        data = "".join(lines).encode()
        expected = spans(generic, data)
        reported += len(expected)
        assert spans_behind(line_engine, generic, data) == expected
    assert reported > 4


def test_the_gate_loses_nothing_on_installed_packages(
    line_engine: LineEngine, generic: kingfisher_sdk.Scanner
) -> None:
    files = sorted(Path(sysconfig.get_paths()["purelib"]).rglob("*.py"))
    sample = random.Random(5).sample(files, min(60, len(files)))
    for path in sample:
        data = path.read_bytes()[:200_000]
        assert spans_behind(line_engine, generic, data) == spans(generic, data), path.name
