from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import InputError, ReleaseRefused
from shardgate_client import load
from shardgate_client.loading import Server
from shardgate_client.place import rank_of_process
from tests.shardgate_client.conftest import Copy


def test_the_rows_of_a_folder_are_loaded_by_a_key(whole: Copy) -> None:
    rows = load(str(whole.folder), public_key=str(whole.public), columns=["id"])
    assert [row["id"] for row in rows] == list(whole.ids)
    assert rows.manifest == whole.built.manifest


def test_another_tier_and_another_key_are_refused(whole: Copy, recalled: Copy) -> None:
    with pytest.raises(ReleaseRefused, match="asked for"):
        load(whole.folder, public_key=whole.public, tier="internal-only")
    with pytest.raises(ReleaseRefused, match="trusted key"):
        load(whole.folder, public_key=recalled.public)


def test_a_server_needs_a_folder_to_put_copies_in(whole: Copy) -> None:
    server = Server(url="https://127.0.0.1:1", token="sgt_x")
    assert "sgt_x" not in repr(server)
    with pytest.raises(InputError, match="folder"):
        load("main", public_key=whole.public, server=server)


def test_a_rank_is_what_was_given_or_what_the_launcher_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert rank_of_process(None, None) == (0, 1)
    monkeypatch.setenv("RANK", "2")
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert rank_of_process(None, None) == (2, 4)
    assert rank_of_process(1, 3) == (1, 3)
    monkeypatch.setenv("WORLD_SIZE", "many")
    with pytest.raises(InputError, match="numbers"):
        rank_of_process(None, None)


@pytest.mark.parametrize(("rank", "world_size"), [(0, None), (None, 2), (2, 2), (-1, 2)])
def test_half_a_rank_and_one_too_high_are_refused(rank: int | None, world_size: int | None) -> None:
    with pytest.raises(InputError):
        rank_of_process(rank, world_size)


def test_a_key_that_cannot_be_read_is_the_callers_to_mend(whole: Copy, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="key"):
        load(whole.folder, public_key=tmp_path / "none.pem")
