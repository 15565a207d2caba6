from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ingest.detect.secrets.digest import ENGINE_FOLDER
from ingest.detect.secrets.kingfisher import Kingfisher
from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Category
from ingest.errors import ConfigurationError
from tests.support.rules import shared_rules

TOKEN = "gh" + "p_" + "a8Bd9Kq2Lm3N" * 3
PACK = """rules:
  - name: Invented
    id: custom.invented.1
    pattern: '\\b(inv_[a-z0-9]{16})\\b'
    confidence: medium
    min_entropy: 2.0
    examples: [inv_a1b2c3d4e5f6a7b8]
"""


@pytest.fixture(scope="module")
def engine() -> Kingfisher:
    return Kingfisher(shared_rules() / ENGINE_FOLDER)


def matches(engine: Kingfisher, data: bytes, suffix: str = "") -> list[Match]:
    (found,) = engine.matches_all([(data, suffix)], [[]])
    return found


def test_offsets_are_bytes_of_the_blob(engine: Kingfisher) -> None:
    data = f"\ufeff# é€😀\nx = {TOKEN}\n".encode()
    (match,) = matches(engine, data)
    assert data[match.start : match.end] == TOKEN.encode()
    assert match.category is Category.PROVIDER_TOKEN


def test_encoded_text_is_left_to_the_decoder(engine: Kingfisher) -> None:
    code = base64.b64encode(f"TOKEN={TOKEN}".encode())
    assert matches(engine, b"data: " + code + b"\n") == []


def test_a_password_in_an_address_is_the_span_not_the_address(engine: Kingfisher) -> None:
    data = b"db = 'postgres://bob:" + b"h8Kq2Lz9qW" + b"@db.acme.dev:5432/x'"
    spans = {data[m.start : m.end] for m in matches(engine, data)}
    assert not [span for span in spans if b"://" in span or b"@" in span]


def test_rules_for_one_kind_of_file_see_an_invented_name(engine: Kingfisher) -> None:
    data = b'resource "a" "b" {\n  password = "sup3rS3cr' + b'3tValue"\n}\n'
    assert [m.rule_id for m in matches(engine, data, "tf")] == ["betterleaks.hashicorp-tf-password"]
    assert matches(engine, data, "txt") == []


def test_each_place_of_a_token_is_reported(engine: Kingfisher) -> None:
    assert len(matches(engine, f"a {TOKEN}\nb {TOKEN}\n".encode())) == 2


def test_another_rule_pack_adds_its_rules(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text(PACK)
    (match,) = matches(
        Kingfisher(shared_rules() / ENGINE_FOLDER, [pack]), b"x = 'inv_q9w8e7r6t5y4u3i2'"
    )
    assert match.rule_id == "custom.invented.1"


def test_a_broken_rule_pack_is_refused(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text("rules: [{name: x, id: y, pattern: '('}]")
    with pytest.raises(ConfigurationError):
        Kingfisher(tmp_path / "c", [pack])
