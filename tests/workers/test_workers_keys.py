from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from workers.keys import SIGNING, load_keys, set_signing_key_apart


def test_keys_are_made_once_and_stay(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "keys")
    second = load_keys(tmp_path / "keys")
    assert first.hmac.digest("k", b"v") == second.hmac.digest("k", b"v")
    assert first.public.read_bytes() == second.public.read_bytes()


def test_private_files_are_readable_by_the_owner_only(tmp_path: Path) -> None:
    keys = load_keys(tmp_path / "keys")
    for path in (keys.private, tmp_path / "keys" / "identity.key"):
        assert path.stat().st_mode & 0o077 == 0


def test_two_installations_have_different_identities(tmp_path: Path) -> None:
    a, b = load_keys(tmp_path / "a"), load_keys(tmp_path / "b")
    assert a.hmac.digest("k", b"v") != b.hmac.digest("k", b"v")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path)
    (tmp_path / "identity.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_keys(tmp_path)


def test_a_truncated_key_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path)
    (tmp_path / "identity.key").write_bytes(b"short")
    with pytest.raises(ConfigurationError, match="too short"):
        load_keys(tmp_path)


def test_a_service_without_the_signing_key_verifies_and_makes_no_other(tmp_path: Path) -> None:
    made = load_keys(tmp_path / "keys")
    public = made.public.read_bytes()
    made.private.unlink()
    found = load_keys(tmp_path / "keys")
    with pytest.raises(ConfigurationError, match="signing key is not here"):
        _ = found.private
    assert found.hmac == made.hmac
    assert found.public.read_bytes() == public
    assert not found.signing.exists()


def test_the_signing_key_moves_into_a_folder_of_its_own_once(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    before = load_keys(keys)
    data = before.private.read_bytes()
    assert not set_signing_key_apart(keys)
    (tmp_path / SIGNING).mkdir()
    assert load_keys(keys).private == before.private
    assert set_signing_key_apart(keys)
    assert not set_signing_key_apart(keys)
    after = load_keys(keys).private
    assert after.parent.name == SIGNING
    assert after.read_bytes() == data
    assert after.stat().st_mode & 0o077 == 0
    assert not (keys / after.name).exists()


def test_a_new_home_with_such_a_folder_has_it_there_from_the_first(tmp_path: Path) -> None:
    (tmp_path / SIGNING).mkdir()
    assert load_keys(tmp_path / "keys").private.parent.name == SIGNING
