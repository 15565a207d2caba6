from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import ReleaseRefused
from release.domain.statement import Statement, make_statement
from release.pull import (
    check_copies,
    open_receipt,
    open_statement,
    sign_receipt,
    sign_statement,
)
from release.signing import generate_keys
from tests.strategies.grants import NOW, consumption, receipt, release_id_of, sha


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    generate_keys(folder / "private.pem", folder / "public.pem")
    return folder / "private.pem", folder / "public.pem"


@pytest.fixture
def statement() -> Statement:
    return make_statement(consumption(receipt(1), receipt(2)), NOW)


def test_signed_documents_are_read_by_their_key_only(
    keys: tuple[Path, Path], statement: Statement, tmp_path: Path
) -> None:
    private, public = keys
    assert open_receipt(sign_receipt(receipt(), private), public) == receipt()
    assert open_statement(sign_statement(statement, private), public) == statement
    generate_keys(tmp_path / "a", tmp_path / "b")
    with pytest.raises(ReleaseRefused, match="trusted key"):
        open_receipt(sign_receipt(receipt(), private), tmp_path / "b")
    with pytest.raises(ReleaseRefused, match="trusted key"):
        open_statement(sign_statement(statement, private), tmp_path / "b")


def test_the_same_receipt_is_the_same_file(keys: tuple[Path, Path]) -> None:
    assert sign_receipt(receipt(), keys[0]) == sign_receipt(receipt(), keys[0])


def test_a_statement_is_an_envelope_of_in_toto_in_one_line(
    keys: tuple[Path, Path], statement: Statement
) -> None:
    envelope = sign_statement(statement, keys[0])
    raw = json.loads(envelope)
    assert b"\n" not in envelope
    assert raw["payloadType"] == "application/vnd.in-toto+json"
    assert base64.b64decode(raw["payload"]) == statement.to_json()
    assert len(raw["signatures"]) == 1


def test_one_kind_of_document_does_not_pass_for_another(
    keys: tuple[Path, Path], statement: Statement
) -> None:
    private, public = keys
    with pytest.raises(ReleaseRefused):
        open_statement(sign_receipt(receipt(), private), public)
    with pytest.raises(ReleaseRefused):
        open_receipt(sign_statement(statement, private), public)


def _flip_payload(raw: dict[str, str]) -> None:
    data = bytearray(base64.b64decode(raw["payload"]))
    data[len(data) // 2] ^= 1
    raw["payload"] = base64.b64encode(bytes(data)).decode()


def _drop_signature(raw: dict[str, object]) -> None:
    raw["signatures"] = []


@pytest.mark.parametrize("damage", [_flip_payload, _drop_signature])
def test_a_document_that_was_changed_is_refused(
    keys: tuple[Path, Path], statement: Statement, damage: Callable[[dict[str, object]], None]
) -> None:
    raw = json.loads(sign_statement(statement, keys[0]))
    damage(raw)
    with pytest.raises(ReleaseRefused):
        open_statement(json.dumps(raw).encode(), keys[1])


def _copies(folder: Path) -> Statement:
    """Write two invented copies, and return a statement over them."""
    receipts = []
    for number in (1, 2):
        made = receipt(number)
        data = folder / release_id_of(number) / "data"
        data.mkdir(parents=True)
        shards = []
        for shard in made.shards:
            (data.parent / shard.path).write_text(shard.path)
            shards.append(shard.model_copy(update={"sha256": sha(shard.path)}))
        receipts.append(made.model_copy(update={"shards": tuple(shards)}))
    return make_statement(consumption(*receipts), NOW)


def test_copies_are_compared_with_a_statement_shard_by_shard(tmp_path: Path) -> None:
    assert check_copies(_copies(tmp_path), tmp_path) == 4


def _change(file: Path) -> None:
    file.write_text("other")


def _add(file: Path) -> None:
    file.with_name("shard-00009.parquet").touch()


def _link(file: Path) -> None:
    file.rename(file.parent.parent / "away")
    file.symlink_to(file.parent.parent / "away")


@pytest.mark.parametrize("damage", [_change, _add, _link, Path.unlink])
def test_copies_that_are_not_exactly_what_was_attested_are_refused(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    statement = _copies(tmp_path)
    damage(tmp_path / release_id_of(1) / "data" / "shard-00000.parquet")
    with pytest.raises(ReleaseRefused):
        check_copies(statement, tmp_path)
