from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from workers.keys import load_keys


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
